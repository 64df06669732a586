import { z } from 'zod';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CreateEngine, EmbedEvent, EmbedRequest, Engine, EngineOptions } from '../engine.ts';
import { STEP_WINDOWS } from './embed-context.ts';
import { EmbedSteps } from './embed-steps.ts';
import { EmbedModel } from './embed-model.ts';
import { EmbedQueue } from './embed-queue.ts';
import { LlamaEmbedSettings } from './settings.ts';
import { windowTexts } from './window-texts.ts';

/** Loads an encoder with llama.cpp and turns texts into vectors, those of several requests in one step. */
export const createEngine: CreateEngine<'embed'> = async (options) => {
  const settings = parseSettings(options);
  const model = EmbedModel.load(ggufPath(options));
  let steps: EmbedSteps | null = null;
  try {
    const windowTokens = Math.min(settings.windowTokens, model.trainedTokens);
    steps = new EmbedSteps(model, { tokens: windowTokens, threads: options.threads });
    steps.warmUp();
    return new LlamaEmbedEngine(model, steps, { ...settings, windowTokens });
  } catch (error) {
    steps?.free();
    model.free();
    throw error;
  }
};

function parseSettings({ modelId, settings }: EngineOptions): LlamaEmbedSettings {
  const parsed = LlamaEmbedSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new Error(`the settings of the model ${modelId} are wrong: ${z.prettifyError(parsed.error)}`);
}

function ggufPath({ files }: EngineOptions): string {
  const name = Object.keys(files).find((key) => key.endsWith('.gguf'));
  const path = name === undefined ? undefined : files[name];
  if (path === undefined) throw new Error('the embedding engine needs a file whose name ends in .gguf');
  return path;
}

class LlamaEmbedEngine implements Engine<'embed'> {
  readonly #model: EmbedModel;
  readonly #steps: EmbedSteps;
  readonly #settings: LlamaEmbedSettings;
  readonly #queue: EmbedQueue;
  #closed = false;

  constructor(model: EmbedModel, steps: EmbedSteps, settings: LlamaEmbedSettings) {
    this.#model = model;
    this.#steps = steps;
    this.#settings = settings;
    this.#queue = new EmbedQueue({
      evaluate: (windows) => steps.evaluate(windows),
      dimensions: model.dimensions,
      stepTokens: Math.min(settings.stepTokens, settings.windowTokens),
      stepWindows: STEP_WINDOWS,
      pause: () => nextTurn(),
    });
  }

  async *run(request: EmbedRequest, signal: AbortSignal): AsyncGenerator<EmbedEvent> {
    signal.throwIfAborted();
    const { windowTokens, overlapTokens, requestTokens, queryPrefix, documentPrefix } = this.#settings;
    const windows = windowTexts(request.texts, {
      tokenize: (text) => this.#model.tokenize(text),
      begin: this.#model.begin,
      end: this.#model.end,
      windowTokens,
      overlapTokens,
      requestTokens,
      prefixes: [queryPrefix, documentPrefix],
    });
    yield* this.#queue.run(windows, signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.close(new Error('the model is being stopped'));
    this.#steps.free();
    this.#model.free();
  }
}
