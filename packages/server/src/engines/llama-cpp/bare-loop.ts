/**
 * The least that must be done to write several answers with llama.cpp: what benchmarks compare the server with.
 */
import type { ChatMessage } from '../engine.ts';
import { LlamaContext } from './context.ts';
import { LlamaModel } from './model.ts';
import { LlamaCppSettings } from './settings.ts';
import { largest } from './token-sampler.ts';

export interface BareLoopOptions {
  /** Absolute path of a GGUF file. */
  readonly path: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly threads: number;
}

/** What one run took. */
export interface BareLoopResult {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Milliseconds on the clock: of the prompts, and of all tokens after the first of each stream. */
  readonly promptMs: number;
  readonly decodeMs: number;
  /** CPU seconds of the process, both parts together. */
  readonly cpuSeconds: number;
  /** CPU seconds of `decodeMs` alone: what an engine that found the prompts in its cache compares with. */
  readonly decodeCpuSeconds: number;
}

/** A loaded model without scheduler, sampler chains, events or processes around it. */
export interface BareLoop {
  /** Writes one greedy answer for each conversation, all at once, each of at most `maxTokens` tokens; blocks the thread. */
  run(conversations: readonly (readonly ChatMessage[])[], maxTokens: number): BareLoopResult;
  close(): void;
}

interface Stream {
  readonly sequence: number;
  readonly prompt: Int32Array;
  position: number;
  token: number;
  written: number;
}

/** Loads a model for `run`; the caller closes it. */
export function openBareLoop(options: BareLoopOptions): BareLoop {
  const settings = LlamaCppSettings.parse(options.settings);
  const model = LlamaModel.load({
    path: options.path,
    gpuLayers: 0,
    gpu: false,
    rearrange: settings.rearrange,
    mmap: settings.mmap,
    chatTemplate: settings.chatTemplate,
  });
  const context = new LlamaContext(model, settings, options.threads);
  context.useThreads({ threads: options.threads, batchThreads: options.threads, poll: 0 });
  context.warmUp();
  return {
    run: (conversations, maxTokens) => {
      if (conversations.length > settings.maxSequences) throw new Error('there are more conversations than sequences');
      const streams = conversations.map((messages, sequence): Stream => {
        const prompt = model.tokenizePrompt(model.template.render(messages));
        return { sequence, prompt, position: 0, token: 0, written: 0 };
      });
      return measure(context, model, streams, { batchTokens: settings.batchTokens, maxTokens });
    },
    close: () => {
      context.free();
      model.free();
    },
  };
}

function measure(
  context: LlamaContext,
  model: LlamaModel,
  streams: readonly Stream[],
  limits: { readonly batchTokens: number; readonly maxTokens: number },
): BareLoopResult {
  context.clear();
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (const stream of streams) evaluatePrompt(context, stream, limits.batchTokens);
  const decodeStart = performance.now();
  const decodeCpu = process.cpuUsage();
  let writing = streams.filter((stream) => goesOn(stream, model, limits.maxTokens));
  while (writing.length > 0) {
    context.begin();
    const outputs = writing.map((stream) => context.add(stream.token, stream.position++, stream.sequence, true));
    decode(context);
    for (const [index, stream] of writing.entries()) {
      stream.token = largest(context.logits(outputs[index] as number));
      stream.written++;
    }
    writing = writing.filter((stream) => goesOn(stream, model, limits.maxTokens));
  }
  const end = performance.now();
  const used = process.cpuUsage(cpu);
  const decoding = process.cpuUsage(decodeCpu);
  return {
    promptTokens: streams.reduce((sum, { prompt }) => sum + prompt.length, 0),
    completionTokens: streams.reduce((sum, { written }) => sum + written, 0),
    promptMs: decodeStart - start,
    decodeMs: end - decodeStart,
    cpuSeconds: (used.user + used.system) / 1e6,
    decodeCpuSeconds: (decoding.user + decoding.system) / 1e6,
  };
}

function evaluatePrompt(context: LlamaContext, stream: Stream, batchTokens: number): void {
  const { prompt, sequence } = stream;
  let output = 0;
  while (stream.position < prompt.length) {
    context.begin();
    const end = Math.min(prompt.length, stream.position + batchTokens);
    for (; stream.position < end; stream.position++) {
      output = context.add(
        prompt[stream.position] as number,
        stream.position,
        sequence,
        stream.position === prompt.length - 1,
      );
    }
    decode(context);
  }
  stream.token = largest(context.logits(output));
  stream.written = 1;
}

function goesOn(stream: Stream, model: LlamaModel, maxTokens: number): boolean {
  return stream.written < maxTokens && !model.endsAnswer(stream.token);
}

function decode(context: LlamaContext): void {
  const result = context.decode();
  if (result !== 'ok') throw new Error(`llama.cpp could not evaluate the batch: ${result}`);
}
