import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent, ChatRequest, CreateEngine, Engine, EngineOptions } from '../engine.ts';
import { calibrate, type CalibrationProbe } from './calibrate.ts';
import { prefillPieces } from './chat-template.ts';
import { LlamaContext, type ThreadChoice } from './context.ts';
import { type AnswerConstraint, refusedConstraint, toConstraint } from './grammar/answer-constraint.ts';
import { AnswerGuide } from './grammar/answer-guide.ts';
import { PreparedGrammars } from './grammar/prepared-grammars.ts';
import { LlamaModel } from './model.ts';
import { Pace } from './pace.ts';
import { type ParkedState, ParkedStates } from './parked-states.ts';
import { PACKAGE_VERSION } from './platform-package.ts';
import { readThreads, writeThreads } from './remembered-threads.ts';
import { findStates, saveStates } from './saved-states.ts';
import { type Answer, Scheduler } from './scheduler.ts';
import { LlamaCppSettings, poolTokensOf } from './settings.ts';
import { TokenSampler } from './token-sampler.ts';
import { toolConstraint } from './tools/tool-constraint.ts';
import { toolEvents } from './tools/tool-events.ts';

/** The settings checked and completed; throws a sentence that names what is wrong. */
export function parseSettings(options: Pick<EngineOptions, 'modelId' | 'settings'>): LlamaCppSettings {
  const parsed = LlamaCppSettings.safeParse(options.settings);
  if (parsed.success) return parsed.data;
  throw new Error(`the settings of the model ${options.modelId} are wrong: ${z.prettifyError(parsed.error)}`);
}

/** The GGUF file among the model's files; of a split one the first part. */
export function ggufPath(files: EngineOptions['files']): string {
  const name = Object.keys(files)
    .filter((key) => key.endsWith('.gguf'))
    .sort()[0];
  const path = name === undefined ? undefined : files[name];
  if (path === undefined) throw new Error('the embedded chat engine needs a file whose name ends in .gguf');
  return path;
}

/** Most tokens the answer may have. Throws `context_length_exceeded` with both counts when they don't fit; nothing is cut. */
export function answerLimit(promptTokens: number, maxTokens: number | null, contextTokens: number): number {
  const room = contextTokens - promptTokens;
  if (room >= Math.max(1, maxTokens ?? 1)) return maxTokens ?? room;
  const asked = maxTokens === null ? 'at least one for the answer' : `${maxTokens} for the answer`;
  throw new GatewayError(
    'context_length_exceeded',
    `this model holds ${contextTokens} tokens; the messages have ${promptTokens} and ${asked} ${maxTokens === null ? 'is needed' : 'were asked for'}. Shorten the messages or lower max_tokens.`,
    { param: 'messages' },
  );
}

/** Loads a GGUF model with llama.cpp and answers several requests at a time with it. */
export const createEngine: CreateEngine<'chat'> = async (options) => {
  const settings = parseSettings(options);
  const path = ggufPath(options.files);
  const model = LlamaModel.load({
    path,
    gpuLayers: usesGpu(options) ? settings.gpuLayers : 0,
    rearrange: settings.rearrange,
    mmap: settings.mmap,
    chatTemplate: settings.chatTemplate,
    toolPrompt: settings.toolPrompt,
    gpu: options.gpus.length > 0,
  });
  let context: LlamaContext | null = null;
  try {
    context = new LlamaContext(model, settings, options.threads);
    const memory = options.state === null ? null : await openMemory(options.state, path, settings);
    await settleThreads(context, settings, {
      most: options.threads,
      memory: options.gpus.length === 0 ? memory : null,
    });
    context.warmUp();
    return new LlamaCppEngine({ model, context, settings, memory });
  } catch (error) {
    context?.free();
    model.free();
    throw error;
  }
};

/** On a Mac the GPU's memory is the machine's own: it is used without being handed out. */
function usesGpu({ gpus }: EngineOptions): boolean {
  return gpus.length > 0 || (process.platform === 'darwin' && process.arch === 'arm64');
}

/** What the engine finds again after a restart. */
interface Memory {
  readonly folder: string;
  readonly bytes: number;
  /** Names weights, library and settings: what was saved under another one is of no use. */
  readonly identity: string;
}

async function openMemory(
  state: NonNullable<EngineOptions['state']>,
  path: string,
  settings: LlamaCppSettings,
): Promise<Memory> {
  const { size, mtimeMs } = await stat(path);
  const parts = [PACKAGE_VERSION, basename(path), size, mtimeMs, settings.kvType, settings.gpuLayers, process.arch];
  return { ...state, identity: createHash('sha256').update(JSON.stringify(parts)).digest('hex') };
}

/** Chooses the threads: as remembered, else as measured; all that are allowed where nothing can be remembered or a GPU computes. */
async function settleThreads(
  context: LlamaContext,
  settings: LlamaCppSettings,
  { most, memory }: { readonly most: number; readonly memory: Memory | null },
): Promise<void> {
  const all = { threads: most, batchThreads: most, poll: 0 };
  if (most === 1 || !settings.calibrate || memory === null) {
    context.useThreads(all);
    return;
  }
  const cpu = cpus()[0]?.model ?? 'unknown';
  const key = JSON.stringify([cpu, most, memory.identity]);
  const remembered = await readThreads(memory.folder, key);
  if (remembered !== null) {
    context.useThreads(remembered);
    process.stderr.write(
      `threads: ${remembered.threads} for one answer, ${remembered.batchThreads} for several, as measured before\n`,
    );
    return;
  }
  const { choice, busy, reason } = calibrate(new ContextProbe(context), most);
  context.useThreads(choice);
  process.stderr.write(`threads: ${reason}\n`);
  if (!busy) await writeThreads(memory.folder, key, choice);
}

/** Evaluates tokens in one sequence and forgets them. */
class ContextProbe implements CalibrationProbe {
  readonly #context: LlamaContext;

  constructor(context: LlamaContext) {
    this.#context = context;
  }

  use(choice: ThreadChoice): void {
    this.#context.useThreads(choice);
  }

  step(rows: number): void {
    this.#context.begin();
    for (let position = 0; position < rows; position++) this.#context.add(0, position, 0, position === rows - 1);
    this.#context.decode();
    this.#context.clear();
  }

  now(): { wallMs: number; cpuMs: number } {
    const { user, system } = process.cpuUsage();
    return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
  }
}

interface EngineParts {
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly settings: LlamaCppSettings;
  readonly memory: Memory | null;
}

/** Saving conversations at the end may take so long: the process is killed soon after it was asked to stop. */
const SAVE_WITHIN_MS = 1000;

class LlamaCppEngine implements Engine<'chat'> {
  readonly #model: LlamaModel;
  readonly #context: LlamaContext;
  readonly #scheduler: Scheduler;
  readonly #settings: LlamaCppSettings;
  readonly #memory: Memory | null;
  readonly #pace: Pace;
  readonly #contextTokens: number;
  readonly #grammars: PreparedGrammars;
  #closed = false;

  constructor({ model, context, settings, memory }: EngineParts) {
    this.#model = model;
    this.#settings = settings;
    this.#context = context;
    this.#memory = memory;
    this.#contextTokens = Math.min(settings.maxSequenceTokens, model.trainedTokens);
    this.#grammars = new PreparedGrammars(model);
    this.#pace = new Pace(settings.interruption);
    const parked = new ParkedStates(settings.parkedBytes);
    if (memory !== null) for (const state of savedBefore(memory)) parked.add(state);
    const reuses = model.keepsPrefixes;
    this.#scheduler = new Scheduler({
      context,
      vocabulary: model,
      maxSequences: settings.maxSequences,
      poolTokens: poolTokensOf(settings),
      batchTokens: settings.batchTokens,
      onePool: settings.kvUnified,
      reuse: { canCut: reuses, canShare: reuses, neighbours: !settings.kvUnified && settings.parkedBytes > 0 },
      pace: this.#pace,
      parked,
      speculate: settings.speculation === 'auto',
      now: () => performance.now(),
    });
  }

  async *run(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    signal.throwIfAborted();
    if (request.countOnly === true) {
      yield { kind: 'prompt', promptTokens: this.#promptOf(request).length, cachedTokens: 0 };
      yield { kind: 'finish', reason: 'length', completionTokens: 0 };
      return;
    }
    const answer = this.#submit(request);
    const abort = (): void => answer.cancel(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      yield* request.tools === undefined ? answer.events : toolEvents(answer.events, request.tools, true);
    } finally {
      signal.removeEventListener('abort', abort);
      answer.cancel(new Error('nobody reads this answer any more'));
    }
  }

  /** Saves the conversations that are cached, where the model has a folder for that, and frees everything. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#scheduler.close();
    try {
      this.#save();
    } finally {
      this.#context.free();
      this.#model.free();
    }
  }

  #save(): void {
    const memory = this.#memory;
    if (memory === null) return;
    const { promptTokenMs } = this.#pace;
    try {
      saveStates(this.#scheduler.parkAll(), {
        ...memory,
        promptMs: (tokens) => (promptTokenMs === null ? null : tokens * promptTokenMs),
        now: () => performance.now(),
        withinMs: SAVE_WITHIN_MS,
      });
    } catch (error) {
      process.stderr.write(
        `the cached conversations could not be saved, they will be computed again: ${String(error)}\n`,
      );
    }
  }

  #submit(request: ChatRequest): Answer {
    const prompt = this.#promptOf(request);
    if (prompt.length === 0) throw new GatewayError('invalid_request', 'the messages are empty', { param: 'messages' });
    const maxTokens = answerLimit(prompt.length, this.#tokensWanted(request, prompt), this.#contextTokens);
    checkBias(request, this.#model);
    const { tools, format } = request;
    const constraint = tools === undefined ? toConstraint(format) : toolConstraint(tools, format);
    const chooser = new TokenSampler({
      context: this.#context,
      sampling: request.sampling,
      prompt,
      repeatWindow: this.#settings.repeatWindow,
      guide: constraint === null ? null : this.#guide(constraint, request, maxTokens),
      logprobs: request.logprobs ?? null,
    });
    return this.#scheduler.submit({
      prompt,
      maxTokens,
      stops: request.stop,
      chooser,
      scope: scopeKey(request.cacheScope),
    });
  }

  /** Null where the answer is to take the room that there is. */
  #tokensWanted({ maxTokens, fitsContext }: ChatRequest, prompt: Int32Array): number | null {
    const fits = maxTokens === null || maxTokens <= this.#contextTokens - prompt.length;
    return fits || fitsContext !== true ? maxTokens : null;
  }

  #promptOf({ prompt, suffix, messages, prefill = '', tools, templateOptions = {} }: ChatRequest): Int32Array {
    if (suffix !== undefined) return this.#model.gapPrompt(prompt ?? '', suffix);
    if (prompt !== undefined) return this.#model.rawPrompt(prompt);
    const options = { tools: tools?.definitions ?? [], variables: templateOptions };
    const pieces = this.#model.template.render(messages, options);
    return this.#model.tokenizePrompt([...pieces, ...prefillPieces(prefill)]);
  }

  #guide(constraint: AnswerConstraint, { tools, format }: ChatRequest, maxTokens: number): AnswerGuide {
    const { gbnf, trigger = '' } = constraint;
    try {
      return new AnswerGuide({ grammar: this.#grammars.prepare(gbnf), vocabulary: this.#model, trigger, maxTokens });
    } catch (error) {
      if (tools === undefined && format?.kind === 'grammar') throw error;
      throw refusedConstraint(error, tools === undefined ? 'response_format' : 'tools');
    }
  }
}

/** Throws `invalid_request` when a bias is for a token that the vocabulary lacks. */
function checkBias({ sampling }: ChatRequest, model: LlamaModel): void {
  const wrong = sampling.logitBias?.find(([token]) => !model.hasToken(token))?.[0];
  if (wrong === undefined) return;
  throw new GatewayError(
    'invalid_request',
    `logit_bias names ${wrong}, which is no token of this model; they go from 0 to ${model.vocabSize - 1}`,
    { param: 'logit_bias' },
  );
}

/** What was saved at the last unload; where the folder can't be read, the model still loads. */
function savedBefore({ folder, identity }: Memory): readonly ParkedState[] {
  try {
    return findStates(folder, identity);
  } catch (error) {
    process.stderr.write(`the saved conversations could not be read, they will be computed again: ${String(error)}\n`);
    return [];
  }
}

/** A scope's name as it is kept with cached conversations, in memory and on disk. */
function scopeKey(scope: string | null | undefined): string {
  return scope === null || scope === undefined ? '' : createHash('sha256').update(scope).digest('hex');
}
