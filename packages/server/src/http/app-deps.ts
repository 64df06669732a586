import type { LifecycleFeed } from '../models/lifecycle/lifecycle-feed.ts';
import type { MemoryStatus, ModelStatus } from '../models/model-manager.ts';
import type { AudioEncoder, AudioEncoderOptions, AudioFormat } from '../pipeline/audio-encode/create-audio-encoder.ts';
import type { LeaseWatch, RequestDemand } from '../pipeline/lease-models.ts';
import type { ResponseStore } from '../pipeline/response-store.ts';
import type {
  AnswerEvent,
  ChatInput,
  EmbedInput,
  EmbedResult,
  PlannedRoute,
  ReadTextInput,
  ReadTextResult,
  SpeakEvent,
  SpeakInput,
  TranscribeEvent,
  TranscribeInput,
} from '../pipeline/request.ts';
import type { ListedVoice } from '../route/list-voices.ts';
import type { VoiceModels, VoicePlan } from '../pipeline/turn-detection/voice-models.ts';
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import type { Metrics } from '../shared/metrics.ts';

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

/** Whom operators' addresses are served to: this machine's own programs, or everybody who can reach the server. */
export type AdminFrom = 'loopback' | 'any';

/** What a request asks of the models it uses, and who is told of its way to them. */
export interface RequestRun extends LeaseWatch {
  readonly demand: RequestDemand;
}

/** A conversation by voice, as its client set it. */
export interface VoiceWanted {
  readonly model: string;
  /** Null: what is heard is not told, but written down all the same. */
  readonly transcription: { readonly model: string } | null;
  readonly purpose: 'realtime' | 'transcription';
  readonly speaks: boolean;
  readonly voice: string;
}

/** Everything that `http` needs of the layers below. */
export interface AppDeps {
  /** Decides and runs; failures are thrown, before or between events. */
  answer(input: ChatInput, signal: AbortSignal, run: RequestRun): AsyncIterable<AnswerEvent>;
  transcribe(input: TranscribeInput, signal: AbortSignal, run: RequestRun): AsyncIterable<TranscribeEvent>;
  speak(input: SpeakInput, signal: AbortSignal, run: RequestRun): AsyncIterable<SpeakEvent>;
  embed(input: EmbedInput, signal: AbortSignal, run: RequestRun): Promise<EmbedResult>;
  readText(input: ReadTextInput, signal: AbortSignal, run: RequestRun): Promise<ReadTextResult>;
  /** The plan for a request, not run. */
  decide(input: ChatInput): PlannedRoute | Promise<PlannedRoute>;
  /** The models of a conversation by voice. Throws `model_not_found`, and `unsupported_value` for a voice or a model that cannot do it. */
  planVoice(wanted: VoiceWanted): VoicePlan;
  /** Opens them for as long as the conversation lasts. */
  openVoice(plan: VoicePlan, signal: AbortSignal, run: RequestRun): VoiceModels;
  /** From memory; never waits. */
  models(): readonly ListedModel[];
  /** From memory; never waits. */
  voices(): readonly ListedVoice[];
  /** From memory; never waits. */
  status(): ServerStatus;
  /** Resolves once the model is in memory; throws `model_not_found` and what keeps it from loading. */
  load(id: string, signal: AbortSignal): Promise<void>;
  /** Throws `model_not_found`. */
  unload(id: string): Promise<void>;
  /** Throws `model_not_found`. */
  setPinned(id: string, pinned: boolean): void;
  /** Throws `model_not_found`; null keeps the model. */
  setKeepAlive(id: string, keepAliveMs: number | null): void;
  /** What happens to models. */
  readonly feed: Pick<LifecycleFeed, 'follow' | 'loadsOf'>;
  readonly metrics: Metrics;
  readonly adminFrom: AdminFrom;
  /** Origins of web pages of other sites that may open a conversation by voice. */
  readonly origins: readonly string[];
  /** Throws `unsupported_value` for a format whose encoder does not exist. */
  createAudioEncoder(format: AudioFormat, options?: AudioEncoderOptions): Promise<AudioEncoder>;
  /** Fetches media that a request names by address; refuses private addresses, big and slow answers. */
  fetchMedia(url: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Null: no responses are kept. */
  readonly responses: ResponseStore | null;
  readonly limits: RequestLimits;
  readonly log: Log;
  readonly clock: Clock;
  readonly version: string;
}
