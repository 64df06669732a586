/**
 * What `http` hands to the pipeline and what comes back, in our own terms. Nothing here knows OpenAI's shapes;
 * the engines' types pass through so that `http` need not import them.
 */
import type {
  AnswerFormat,
  AsrEvent,
  FinishReason,
  OcrEvent,
  Sampling,
  TokenLogprob,
  ToolCall,
  ToolUse,
  TtsEvent,
} from '../engines/engine.ts';

export type {
  AnswerFormat,
  AsrEvent,
  FinishReason,
  JsonSchema,
  Sampling,
  TokenLogprob,
  ToolCall,
  ToolDefinition,
  ToolUse,
} from '../engines/engine.ts';

/** The picture formats that are taken, told apart by their first bytes. */
export type ImageMediaType = 'image/png' | 'image/jpeg' | 'image/webp';

/** A piece of a message. Pictures were checked (format, pixels) but not decoded; audio is any encoded file. */
export type InputPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly mediaType: ImageMediaType }
  | { readonly kind: 'audio'; readonly bytes: Uint8Array };

/** One turn of a conversation; its parts stand in the caller's order. */
export interface InputMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly InputPart[];
  /** Of an assistant's turn: what it asked to be run. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool's turn: the call that it answers. */
  readonly toolCallId?: string;
  /** Of an assistant's turn: what it thought. */
  readonly reasoning?: string;
}

/** How a model is to think before it answers. */
export interface Thinking {
  /** Null: as the model does by itself. */
  readonly enabled: boolean | null;
  /** Most tokens of thinking; null: what the model's settings say. */
  readonly budgetTokens: number | null;
}

/** How an answer is spoken beside being written. */
export interface AnswerVoice {
  /** A name of OpenAI's or of an installed voice. */
  readonly voice: string;
  /** 0.25 to 4. */
  readonly speed: number;
}

/** A chat request in our own terms. */
export interface ChatInput {
  /** The completion's id (`chatcmpl-…`); the request's own id is the log's affair. */
  readonly id: string;
  /** As asked: the hub's name, `auto`, an alias or a model's id. */
  readonly model: string;
  /** At least one, but where `prompt` stands instead. */
  readonly messages: readonly InputMessage[];
  /** Text or tokens that the model continues as they are; null: the messages. */
  readonly prompt: string | readonly number[] | null;
  /** With a `prompt` of text: what follows the answer, which fills the gap. Absent: nothing. */
  readonly suffix?: string;
  /** With which the answer begins already; it is not told again. Empty: nothing. */
  readonly prefill: string;
  /** Answers to the same question, told apart by `choice` in the events. */
  readonly choices: number;
  /** Null: none. */
  readonly tools: ToolUse | null;
  readonly format: AnswerFormat;
  /** Alternatives told with each token; null: none, and not the token's own probability either. */
  readonly logprobs: number | null;
  /** Null: the answer is not spoken. */
  readonly speech: AnswerVoice | null;
  /** Only what the caller set. */
  readonly sampling: Partial<Sampling>;
  readonly maxTokens: number | null;
  /** Where the context has less room than `maxTokens`, the answer gets that room instead of being refused. */
  readonly fitsContext?: boolean;
  /** Only the tokens of the prompt are counted; no answer is written. */
  readonly countOnly?: boolean;
  readonly stop: readonly string[];
  readonly thinking: Thinking;
  /** Whether reasoning is split from the answer and returned beside it. */
  readonly returnReasoning: boolean;
  /** Variables for the model's chat template, beside what `thinking` says. Absent: none. */
  readonly templateOptions?: Readonly<Record<string, boolean | string | number>>;
  /** Whether the caller wants to see the plan (`concert.trace`). */
  readonly trace: boolean;
}

/** What one step of a plan took; times in milliseconds from the start of the request. */
export interface StepTrace {
  readonly step: 'ocr' | 'asr' | 'chat' | 'tts' | 'embed';
  readonly model: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly detail?: string;
}

/** The plan that was run and why. */
export interface PlanTrace {
  readonly route: string;
  readonly reason: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly steps: readonly StepTrace[];
}

/** The plan that would be run, from `decide` alone. */
export interface PlannedRoute {
  readonly route: string;
  readonly reason: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly steps: readonly string[];
}

/** What an answer consists of, in order; `finish` is last, failures are thrown. */
export type AnswerEvent =
  /** The weights that answer, for the header `x-concert-model`. Comes before any delta. */
  | { readonly kind: 'start'; readonly model: string }
  | { readonly kind: 'step-started'; readonly step: string; readonly model: string }
  | { readonly kind: 'step-finished'; readonly trace: StepTrace }
  | { readonly kind: 'reasoning-delta'; readonly choice: number; readonly text: string }
  | {
      readonly kind: 'text-delta';
      readonly choice: number;
      readonly text: string;
      readonly logprobs?: readonly TokenLogprob[];
    }
  /** A call begins; `index` counts the calls of its choice from 0. */
  | {
      readonly kind: 'tool-call';
      readonly choice: number;
      readonly index: number;
      readonly id: string;
      readonly name: string;
    }
  /** More of a call's arguments (JSON text). */
  | { readonly kind: 'tool-call-delta'; readonly choice: number; readonly index: number; readonly text: string }
  /** Sound of the answer: mono samples from -1 to 1. `transcript`: the words that begin to sound with it, else empty. */
  | {
      readonly kind: 'speech-delta';
      readonly choice: number;
      readonly transcript: string;
      readonly sampleRate: number;
      readonly samples: Float32Array;
    }
  /** One choice is complete. */
  | {
      readonly kind: 'choice-finished';
      readonly choice: number;
      readonly reason: FinishReason;
      /** The string of `stop` that ended it; absent: none, or not told. */
      readonly stopped?: string;
    }
  /** All choices are; tokens are those of all together, the prompt's counted once. */
  | {
      readonly kind: 'finish';
      readonly promptTokens: number;
      readonly completionTokens: number;
      /** Of `completionTokens`, those of reasoning that was told apart. */
      readonly reasoningTokens: number;
      readonly cachedTokens: number;
      readonly plan: PlanTrace;
    };

/** Speech to be written down. */
export interface TranscribeInput {
  readonly model: string;
  /** An encoded audio file. */
  readonly audio: Uint8Array;
  /** ISO 639-1; null detects it. */
  readonly language: string | null;
  readonly mode: 'transcribe' | 'translate';
  /** Whether each word's times are wanted; absent: no. */
  readonly words?: boolean;
}

/** Text to be spoken. */
export interface SpeakInput {
  readonly model: string;
  readonly text: string;
  readonly voice: string;
  /** 0.25 to 4. */
  readonly speed: number;
}

/** A picture to be read. */
export interface ReadTextInput {
  readonly model: string;
  readonly image: Uint8Array;
}

/** Texts to be turned into vectors. */
export interface EmbedInput {
  readonly model: string;
  /** At least one; none is empty. */
  readonly texts: readonly string[];
  /** What they are in a search; null: the caller does not tell, or compares texts of one kind. */
  readonly purpose: 'query' | 'document' | null;
  /** Numbers of each vector; null: as many as the model gives. */
  readonly dimensions: number | null;
}

/** The vectors in the texts' order, each of length 1, and by which weights. */
export interface EmbedResult {
  readonly model: string;
  readonly vectors: readonly Float32Array[];
  /** Tokens that were evaluated, of all texts together. */
  readonly tokens: number;
}

/** Names the weights that answer, once they are known; optional, and before anything else. */
interface ModelStarted {
  readonly kind: 'start';
  readonly model: string;
}

export type TranscribeEvent = ModelStarted | AsrEvent;
export type SpeakEvent = ModelStarted | TtsEvent;

/** What was read, and by which weights. */
export interface ReadTextResult {
  readonly model: string;
  readonly result: OcrEvent;
}
