/**
 * What `http` hands to the pipeline and what comes back, in our own terms. Nothing here knows OpenAI's shapes;
 * the engines' types pass through so that `http` need not import them.
 */
import type { AsrEvent, OcrEvent, Sampling, TtsEvent } from '../engines/engine.ts';

export type { AsrEvent, Sampling } from '../engines/engine.ts';

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
}

/** A chat request in our own terms. */
export interface ChatInput {
  /** The completion's id (`chatcmpl-…`); the request's own id is the log's affair. */
  readonly id: string;
  /** As asked: the hub's name, `auto`, an alias or a model's id. */
  readonly model: string;
  /** At least one. */
  readonly messages: readonly InputMessage[];
  /** Only what the caller set. */
  readonly sampling: Partial<Sampling>;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly enableThinking: boolean;
  /** Whether reasoning is split from the answer and returned beside it. */
  readonly returnReasoning: boolean;
  /** Whether the caller wants to see the plan (`concert.trace`). */
  readonly trace: boolean;
}

/** What one step of a plan took; times in milliseconds from the start of the request. */
export interface StepTrace {
  readonly step: 'ocr' | 'asr' | 'chat' | 'tts';
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
  | { readonly kind: 'reasoning-delta'; readonly text: string }
  | { readonly kind: 'text-delta'; readonly text: string }
  | {
      readonly kind: 'finish';
      readonly reason: 'stop' | 'length';
      readonly promptTokens: number;
      readonly completionTokens: number;
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
