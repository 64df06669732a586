/**
 * What an engine does for each task, in plain data that can cross a process boundary unchanged
 * (structured clone). Engines know nothing of OpenAI's shapes.
 */
import type { DeviceId } from '../shared/footprint.ts';

/** What a model can be asked to do. */
export type Task = 'chat' | 'ocr' | 'asr' | 'tts';

/** A piece of a turn; pictures are encoded PNG, JPEG or WebP. */
export type ContentPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly mediaType: string };

/** One turn of a conversation. Only models whose `input` names pictures are given parts; text models get a string. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly ContentPart[];
}

/** How the next token is chosen; OpenAI's parameters plus llama.cpp's usual ones. */
export interface Sampling {
  /** 0 means greedy. */
  readonly temperature: number;
  readonly topP: number;
  /** 0 turns it off. */
  readonly topK: number;
  /** 0 turns it off. */
  readonly minP: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  /** 1 turns it off. */
  readonly repeatPenalty: number;
  /** The same seed, request and weights give the same text, as far as rounding in different batches allows. Null draws one. */
  readonly seed: number | null;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly sampling: Sampling;
  /** Most tokens to write; null means up to the end of the context. */
  readonly maxTokens: number | null;
  /** The answer ends before any of these strings, which may be cut over several tokens. */
  readonly stop: readonly string[];
  /** Only requests of one scope (a tenant) share what is cached of prompts; null or absent: the common scope. */
  readonly cacheScope?: string | null;
}

export type ChatEvent =
  /** The prompt was evaluated; `cachedTokens` of it came from an earlier request. Once: first, or just before `finish` where an engine tells it late. */
  | { readonly kind: 'prompt'; readonly promptTokens: number; readonly cachedTokens: number }
  /** More of what the model thinks before it answers, from engines that split it from the answer. */
  | { readonly kind: 'reasoning-delta'; readonly text: string }
  /** More text; always whole Unicode characters. */
  | { readonly kind: 'text-delta'; readonly text: string }
  | { readonly kind: 'finish'; readonly reason: 'stop' | 'length'; readonly completionTokens: number };

export interface OcrRequest {
  /** An encoded PNG, JPEG or WebP picture. */
  readonly image: Uint8Array;
}

/** A point in pixels, from the picture's top left, after its EXIF orientation was applied. */
export type Point = readonly [x: number, y: number];

export interface OcrLine {
  readonly text: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Top left, top right, bottom right, bottom left of the line as it is read. */
  readonly box: readonly [Point, Point, Point, Point];
}

/** One event per picture. */
export interface OcrEvent {
  readonly kind: 'ocr-result';
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise by which the page had to be turned to be read. */
  readonly rotation: 0 | 180;
  /** In reading order. */
  readonly lines: readonly OcrLine[];
}

export interface AsrRequest {
  /** An encoded audio file: wav, mp3, ogg, opus, m4a, flac, webm, aiff. */
  readonly audio: Uint8Array;
  /** ISO 639-1 code of the spoken language; null detects it. */
  readonly language: string | null;
  /** `translate` writes English whatever was spoken. */
  readonly mode: 'transcribe' | 'translate';
}

export type AsrEvent =
  /** Always first: the file was decoded. */
  | { readonly kind: 'audio'; readonly durationSeconds: number }
  | {
      readonly kind: 'segment';
      /** With its own leading space where the script uses one: joined without a separator, segments are the whole text. */
      readonly text: string;
      readonly startSeconds: number;
      readonly endSeconds: number;
      readonly language: string;
    }
  /** Always last. `language` is that of most of the speech; null where none was heard. */
  | { readonly kind: 'finish'; readonly language: string | null };

export interface TtsRequest {
  /** One clause or sentence in one language; a single run of the model speaks it. */
  readonly text: string;
  /** A voice name that the model declares. */
  readonly voice: string;
  /** 1 is the voice's own pace; 0.25 to 4. */
  readonly speed: number;
}

/** Mono samples from -1 to 1. A request yields one or several, in order. */
export interface TtsEvent {
  readonly kind: 'audio-chunk';
  readonly sampleRate: number;
  readonly samples: Float32Array;
}

/** Request and event of each task. */
export interface TaskTypes {
  chat: { request: ChatRequest; event: ChatEvent };
  ocr: { request: OcrRequest; event: OcrEvent };
  asr: { request: AsrRequest; event: AsrEvent };
  tts: { request: TtsRequest; event: TtsEvent };
}

/** A loaded model. Several requests may run at once; the engine batches or queues them itself. */
export interface Engine<T extends Task> {
  /**
   * Runs one request. Ending the iteration early or aborting `signal` stops the work soon (chat: within one token;
   * speech: before the next clause or window). Throws GatewayError for input it cannot take; an aborted signal
   * makes it throw the signal's reason.
   */
  run(request: TaskTypes[T]['request'], signal: AbortSignal): AsyncIterable<TaskTypes[T]['event']>;
  /** Releases everything; requests that still run fail. */
  close(): Promise<void>;
}

/** What an engine is given to load a model. */
export interface EngineOptions {
  readonly modelId: string;
  /** Absolute paths by the logical names the catalogue uses. */
  readonly files: Readonly<Record<string, string>>;
  /** The model's settings for this engine, as the catalogue and the configuration merge them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** CPU threads the model may keep busy. */
  readonly threads: number;
  /** The GPUs it is given; empty: the CPU. */
  readonly gpus: readonly Exclude<DeviceId, 'ram'>[];
  /** An existing folder of the model's own for what it wants to find again after a restart; at most `bytes` may lie there. Null: nowhere. */
  readonly state: { readonly folder: string; readonly bytes: number } | null;
}

/** What the module `engines/<name>/engine.ts` exports as `createEngine`; it runs in the model's own process. */
export type CreateEngine<T extends Task> = (options: EngineOptions) => Promise<Engine<T>>;

/** The words of a turn, without its pictures. */
export function contentText(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content;
  return content.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n');
}
