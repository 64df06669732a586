import type { MemoryStatus, ModelStatus } from '../models/model-manager.ts';
import type { AudioEncoder, AudioFormat } from '../pipeline/audio-encode/create-audio-encoder.ts';
import type {
  AnswerEvent,
  ChatInput,
  PlannedRoute,
  ReadTextInput,
  ReadTextResult,
  SpeakEvent,
  SpeakInput,
  TranscribeEvent,
  TranscribeInput,
} from '../pipeline/request.ts';
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';

/** A name under which requests can be made: the hub, a model or an alias. */
export interface ListedModel {
  readonly id: string;
  readonly ownedBy: string;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  readonly task: string;
  /** The weights that answer under this name; null when the name is those weights. */
  readonly backing: string | null;
  /** The slot's state: `unloaded`, `loading`, `ready` … */
  readonly state: string;
  readonly input: readonly ('text' | 'image' | 'audio')[];
  readonly languages: readonly string[];
  readonly voices: readonly string[];
  /** SPDX id, or a sentence. */
  readonly licence: string;
}

/** What operators see of the server. */
export interface ServerStatus {
  /** `starting` until the models to preload are loaded, though requests are taken then too; `draining` takes no new ones. */
  readonly state: 'starting' | 'ready' | 'draining';
  readonly models: readonly ModelStatus[];
  readonly memory: MemoryStatus;
}

/** Bounds of what a request may bring. */
export interface RequestLimits {
  readonly bodyBytes: number;
  /** Width times height of one picture. */
  readonly imagePixels: number;
  readonly imagesPerRequest: number;
}

/** Everything that `http` needs of the layers below. */
export interface AppDeps {
  /** Decides and runs; failures are thrown, before or between events. */
  answer(input: ChatInput, signal: AbortSignal): AsyncIterable<AnswerEvent>;
  transcribe(input: TranscribeInput, signal: AbortSignal): AsyncIterable<TranscribeEvent>;
  speak(input: SpeakInput, signal: AbortSignal): AsyncIterable<SpeakEvent>;
  readText(input: ReadTextInput, signal: AbortSignal): Promise<ReadTextResult>;
  /** The plan for a request, not run. */
  decide(input: ChatInput): PlannedRoute | Promise<PlannedRoute>;
  /** From memory; never waits. */
  models(): readonly ListedModel[];
  /** From memory; never waits. */
  status(): ServerStatus;
  /** Throws `model_not_found`. */
  unload(id: string): Promise<void>;
  /** Throws `unsupported_value` for a format whose encoder does not exist. */
  createAudioEncoder(format: AudioFormat): Promise<AudioEncoder>;
  /** Fetches media that a request names by address; refuses private addresses, big and slow answers. */
  fetchMedia(url: string, signal: AbortSignal): Promise<Uint8Array>;
  readonly limits: RequestLimits;
  readonly log: Log;
  readonly clock: Clock;
  readonly version: string;
}
