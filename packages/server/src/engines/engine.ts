/**
 * What an engine does for each task, in plain data that can cross a process boundary unchanged
 * (structured clone). Engines know nothing of OpenAI's shapes.
 */
import type { DeviceId } from '../shared/footprint.ts';

/** What a model can be asked to do. */
export type Task = 'chat' | 'ocr' | 'asr' | 'tts' | 'embed' | 'vad';

/** A piece of a turn; pictures are encoded PNG, JPEG or WebP. */
export type ContentPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly mediaType: string };

/** What the model asked its caller to run. */
export interface ToolCall {
  /** Unguessable and unique within the conversation. */
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly arguments: string;
}

/** One turn of a conversation. Only models whose `input` names pictures are given parts; text models get a string. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly ContentPart[];
  /** Of an assistant's turn: what it asked to be run. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool's turn: the call that it answers. */
  readonly toolCallId?: string;
  /** Of an assistant's turn: what it thought before; templates decide whether the model sees it again. */
  readonly reasoning?: string;
}

/** A JSON Schema (draft 2020-12), as a caller sent it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A function that the model may ask its caller to run. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string | null;
  /** Of its arguments: always an object. */
  readonly parameters: JsonSchema;
  /** Whether the arguments must follow the schema exactly. */
  readonly strict: boolean;
}

/** The functions that an answer may call. At least one. */
export interface ToolUse {
  readonly definitions: readonly ToolDefinition[];
  /** `auto`: the model decides; `required`: at least one call; a name: exactly that function. */
  readonly choice: 'auto' | 'required' | { readonly name: string };
  /** Whether one answer may hold several calls. */
  readonly parallel: boolean;
}

/** The form that the engine holds an answer to, token by token. */
export type AnswerFormat =
  | { readonly kind: 'text' }
  /** Any JSON object. */
  | { readonly kind: 'json-object' }
  | { readonly kind: 'json-schema'; readonly schema: JsonSchema }
  /** A grammar in llama.cpp's notation (GBNF), whose rule `root` is the whole answer. */
  | { readonly kind: 'grammar'; readonly gbnf: string };

/** What the model thought of one place in its answer. */
export interface TokenLogprob {
  /** The token's text; bytes that are no whole character show as U+FFFD. */
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Natural logarithm of its probability before temperature, penalties and cuts. */
  readonly logprob: number;
  /** The likeliest tokens at this place, best first, as many as were asked for. */
  readonly top: readonly { readonly text: string; readonly bytes: Uint8Array; readonly logprob: number }[];
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
  /** Added to the logits of these tokens of the model's own vocabulary; -100 and 100 forbid and force. Absent: none. */
  readonly logitBias?: readonly (readonly [token: number, bias: number])[];
}

export interface ChatRequest {
  /** Empty where `prompt` stands instead. */
  readonly messages: readonly ChatMessage[];
  /** Text or tokens that the model continues as they are, without a template. Absent: the messages. */
  readonly prompt?: string | readonly number[];
  /** With a `prompt` of text: what follows the answer, which fills the gap between the two. An engine that can't throws `unsupported_value`. */
  readonly suffix?: string;
  /** Text with which the answer begins already, without being an event: the model goes on after it. Absent: nothing. */
  readonly prefill?: string;
  /** Absent: none. An engine that can't call functions throws `unsupported_value`. */
  readonly tools?: ToolUse;
  /** Absent: text. With `tools`, an answer that is no call follows it. */
  readonly format?: AnswerFormat;
  /** How many alternatives to tell with each token (0: the token's own alone); absent: nothing is told. */
  readonly logprobs?: number;
  /** Variables for the model's chat template, such as `enable_thinking`. Absent: none. */
  readonly templateOptions?: Readonly<Record<string, boolean | string | number>>;
  readonly sampling: Sampling;
  /** Most tokens to write; null means up to the end of the context. */
  readonly maxTokens: number | null;
  /** Where the context has less room than `maxTokens`, the answer gets that room instead of being refused. */
  readonly fitsContext?: boolean;
  /** Nothing is written, and where the engine can help it nothing evaluated: `prompt` and `finish` alone are told. */
  readonly countOnly?: boolean;
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
  /** More text; always whole Unicode characters. `logprobs`, where asked for: the tokens it is made of; text may be empty where only tokens are told. */
  | { readonly kind: 'text-delta'; readonly text: string; readonly logprobs?: readonly TokenLogprob[] }
  /** A call begins; its arguments follow. `index` counts the calls of the answer from 0. */
  | { readonly kind: 'tool-call'; readonly index: number; readonly id: string; readonly name: string }
  /** More of a call's arguments: together they are JSON text. */
  | { readonly kind: 'tool-call-delta'; readonly index: number; readonly text: string }
  | {
      readonly kind: 'finish';
      readonly reason: FinishReason;
      readonly completionTokens: number;
      /** Of these, tokens of reasoning; absent: none, or not told. */
      readonly reasoningTokens?: number;
      /** The string of `stop` that ended it; absent: none, or not told. */
      readonly stopped?: string;
    };

/** Why an answer ended: it was complete, its token limit was reached, or it asks for functions to be run. */
export type FinishReason = 'stop' | 'length' | 'tool-calls';

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
  /** Whether to tell when each word was said; a model that cannot throws `unsupported_value`. Absent: no. */
  readonly words?: boolean;
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
      /** Its words without the marks around them, where they were asked for. */
      readonly words?: readonly { readonly text: string; readonly startSeconds: number; readonly endSeconds: number }[];
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

export interface EmbedRequest {
  /** Texts as the model is to see them, prefixes of its card included. Each may be longer than the model's window. */
  readonly texts: readonly string[];
}

/** One event per text, in order. */
export interface EmbedEvent {
  readonly kind: 'embedding';
  /** Of length 1. */
  readonly vector: Float32Array;
  /** Tokens that were evaluated for it. */
  readonly tokens: number;
}

/** More of a stream of sound. The detector keeps nothing of streams: what it must remember travels with their requests. */
export interface VadRequest {
  /** Mono, 16,000 a second, from -1 to 1; a multiple of 512 samples. */
  readonly samples: Float32Array;
  /** As the last event of this stream gave it; null at its beginning. */
  readonly memory: Float32Array | null;
}

/** One event per request. */
export interface VadEvent {
  readonly kind: 'speech-scores';
  /** How likely it is that somebody speaks, 0 to 1, for each 512 samples (32 ms). */
  readonly scores: Float32Array;
  readonly memory: Float32Array;
}

/** Request and event of each task. */
export interface TaskTypes {
  chat: { request: ChatRequest; event: ChatEvent };
  ocr: { request: OcrRequest; event: OcrEvent };
  asr: { request: AsrRequest; event: AsrEvent };
  tts: { request: TtsRequest; event: TtsEvent };
  embed: { request: EmbedRequest; event: EmbedEvent };
  vad: { request: VadRequest; event: VadEvent };
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
