import type { Engine, Task } from '../engines/engine.ts';
import type { LoadProgress } from '../engines/engine-process.ts';
import type { DeviceId, Footprint } from '../shared/footprint.ts';
import type { Voice } from './catalogue/catalogue-schema.ts';
import type { LifecycleEvent } from './lifecycle/lifecycle-event.ts';

/** A model as this server runs it: the catalogue's entry with the configuration's settings. */
export interface ModelSpec {
  readonly id: string;
  readonly task: Task;
  /** The folder under `engines/`. */
  readonly engine: string;
  readonly title: string;
  readonly licence: string;
  readonly input: readonly ('text' | 'image' | 'audio')[];
  readonly languages: readonly string[];
  readonly voices: readonly Voice[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly threads: number;
  /** Numbers of the GPUs that it may lie on; absent: all. */
  readonly gpus?: readonly number[];
  /** Unloads after so many milliseconds without users; null keeps it. */
  readonly idleMs: number | null;
  /** Bytes of the files that the engine loads. */
  readonly fileBytes: number;
  /** Requests that it may have at once, running or waiting; absent: as many as any model. */
  readonly queueLimit?: number;
}

/** The right to use a loaded model: it stays in memory until the lease is disposed of. */
export interface Lease<T extends Task> extends Disposable {
  readonly model: ModelSpec;
  readonly engine: Engine<T>;
}

/** Where a model stands. */
export type SlotState =
  | { readonly kind: 'unloaded' }
  | { readonly kind: 'loading'; readonly sinceMs: number; readonly progress: LoadProgress | null }
  | { readonly kind: 'ready'; readonly users: number; readonly pid: number }
  /** Its process lives but gave most of its memory back. */
  | { readonly kind: 'sleeping'; readonly pid: number }
  | { readonly kind: 'waking'; readonly pid: number }
  | { readonly kind: 'unloading' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAtMs: number };

/** What operators see of a model. */
export interface ModelStatus {
  readonly model: ModelSpec;
  readonly state: SlotState;
  /** Requests that wait for it. */
  readonly waiters: number;
  /** Requests that it serves at once. */
  readonly concurrency: number;
  /** Bytes counted against the budgets: estimated before it was ever measured; none when unloaded. */
  readonly reserved: Footprint;
  /** Bytes the process holds now; null when there is none, or the system does not tell. */
  readonly measured: Footprint | null;
  /** Bytes that the next load is expected to take. */
  readonly expected: Footprint;
  readonly lastUsedMs: number | null;
  /** How long the last load took; null before the first. */
  readonly loadMs: number | null;
  /** An operator keeps it in memory: it is never unloaded but when asked. */
  readonly pinned: boolean;
  /** Unloads after so many milliseconds without users, as the last request or an operator set it; null keeps it. */
  readonly keepAliveMs: number | null;
  /** When it is unloaded if nobody uses it before; null: not by time. */
  readonly expiresMs: number | null;
  /** Whether it runs with a smaller context, because the memory for its own was not to be had. */
  readonly shrunk: boolean;
}

/** One device's memory. */
export interface DeviceMemory {
  readonly id: DeviceId;
  /** `RAM`, or the GPU's name. */
  readonly name: string;
  readonly budgetBytes: number;
  readonly reservedBytes: number;
  /** What the models' processes really hold, as last measured. */
  readonly measuredBytes: number;
  /** Bytes of ended models that did not come back. */
  readonly keptBytes: number;
}

export interface MemoryStatus {
  /** RAM first, then the GPUs. */
  readonly devices: readonly DeviceMemory[];
}

/** Who goes first when several requests wait. Waiting long lifts every request in the end. */
export type Priority = 'low' | 'normal' | 'high';

export interface AcquireOptions {
  /** `normal` by default. */
  readonly priority?: Priority;
  /** From the end of this request on the model stays for so many milliseconds without users; 0 unloads it at once, null keeps it. Absent: unchanged. */
  readonly keepAliveMs?: number | null;
  /** The plan that this request is a step of. */
  readonly plan?: Plan;
}

/**
 * A sequence of steps that has begun. Until it is disposed of, no model of it is evicted to make room for another of it where
 * that can be avoided, and models of later steps are loaded ahead while there is room.
 */
export interface Plan extends Disposable {
  readonly id: number;
}

/** Owns every model of the server: loads on demand, places, evicts within the budgets, unloads when idle. */
export interface ModelManager {
  /** The models that are configured, in order. */
  readonly models: readonly ModelSpec[];
  /**
   * Waits until the model is loaded and has a place, and pins it. Throws `model_not_found`, `unsupported_value` (it does another
   * task), `queue_full`, `model_missing` (weights not pulled), `weights_refused`, `out_of_memory`, `model_failed`, `shutting_down`, or the
   * signal's reason.
   */
  acquire<T extends Task>(id: string, task: T, signal: AbortSignal, options?: AcquireOptions): Promise<Lease<T>>;
  /** Announces the models of a plan, in the order of its steps; unknown ids are ignored. */
  plan(modelIds: readonly string[]): Plan;
  /** Loads these models one after the other and leaves them idle; tries all, then throws the first failure. */
  preload(ids: readonly string[], signal: AbortSignal): Promise<void>;
  status(): { readonly models: readonly ModelStatus[]; readonly memory: MemoryStatus };
  /** Ends the model's process as soon as it has no users; resolves when its memory is back. */
  unload(id: string): Promise<void>;
  /** Keeps the model in memory, or lets it go again; loads nothing by itself. */
  setPinned(id: string, pinned: boolean): void;
  /** How long the model stays without users, in milliseconds; null keeps it. */
  setKeepAlive(id: string, keepAliveMs: number | null): void;
  /** Tells of all that happens from now on, until it is disposed of. A listener must not throw. */
  onEvent(listener: (event: LifecycleEvent) => void): Disposable;
  /** No new leases; waits for those given out (at most `graceMs`), then ends every process. */
  close(graceMs: number): Promise<void>;
}

/** What the manager needs to know of weights: where they lie, once verified. */
export interface WeightStore {
  /**
   * Absolute paths of the files that the model's engine loads, by logical name, each verified against its SHA-256
   * (again at every load, cached by size, mtime and inode). Throws `model_missing` or `weights_refused`.
   */
  resolve(id: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

/** The part of a manager that runs requests: giving out leases. */
export type LeaseModels = Pick<ModelManager, 'acquire' | 'plan'>;
