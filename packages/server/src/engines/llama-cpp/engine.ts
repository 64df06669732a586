import { z } from 'zod';
import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent, ChatRequest, CreateEngine, Engine, EngineOptions } from '../engine.ts';
import { LlamaContext } from './context.ts';
import { LlamaModel } from './model.ts';
import { type Answer, Scheduler } from './scheduler.ts';
import { LlamaCppSettings, poolTokensOf } from './settings.ts';
import { TokenSampler } from './token-sampler.ts';

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
  const model = LlamaModel.load({
    path: ggufPath(options.files),
    gpuLayers: settings.gpuLayers,
    mmap: settings.mmap,
    chatTemplate: settings.chatTemplate,
  });
  try {
    return new LlamaCppEngine(model, settings, options.threads);
  } catch (error) {
    model.free();
    throw error;
  }
};

class LlamaCppEngine implements Engine<'chat'> {
  readonly #model: LlamaModel;
  readonly #context: LlamaContext;
  readonly #scheduler: Scheduler;
  readonly #settings: LlamaCppSettings;
  readonly #contextTokens: number;
  #closed = false;

  constructor(model: LlamaModel, settings: LlamaCppSettings, threads: number) {
    this.#model = model;
    this.#settings = settings;
    this.#contextTokens = Math.min(settings.maxSequenceTokens, model.trainedTokens);
    this.#context = new LlamaContext(model, settings, threads);
    this.#scheduler = new Scheduler({
      context: this.#context,
      vocabulary: model,
      maxSequences: settings.maxSequences,
      poolTokens: poolTokensOf(settings),
      batchTokens: settings.batchTokens,
      reuse: { canCut: model.keepsPrefixes, canShare: model.keepsPrefixes },
    });
    this.#context.warmUp();
  }

  async *run(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    signal.throwIfAborted();
    const answer = this.#submit(request);
    const abort = (): void => answer.cancel(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      yield* answer.events;
    } finally {
      signal.removeEventListener('abort', abort);
      answer.cancel(new Error('nobody reads this answer any more'));
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#scheduler.close();
    this.#context.free();
    this.#model.free();
  }

  #submit(request: ChatRequest): Answer {
    const prompt = this.#model.tokenizePrompt(this.#model.template.render(request.messages));
    if (prompt.length === 0) throw new GatewayError('invalid_request', 'the messages are empty', { param: 'messages' });
    const maxTokens = answerLimit(prompt.length, request.maxTokens, this.#contextTokens);
    const chooser = new TokenSampler(this.#context, request.sampling, prompt, this.#settings.repeatWindow);
    return this.#scheduler.submit({ prompt, maxTokens, stops: request.stop, chooser });
  }
}
