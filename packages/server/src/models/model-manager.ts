import type { Engine, Task } from '../engines/engine.ts';
import type { Voice } from './catalogue-schema.ts';

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
  /** Unloads after so many milliseconds without users; null keeps it. */
  readonly idleMs: number | null;
  /** Bytes of the files that the engine loads. */
  readonly fileBytes: number;
}

/** The right to use a loaded model: it stays in memory until the lease is disposed of. */
export interface Lease<T extends Task> extends Disposable {
  readonly model: ModelSpec;
  readonly engine: Engine<T>;
}

/** Where a model stands. */
export type SlotState =
  | { readonly kind: 'unloaded' }
  | { readonly kind: 'loading'; readonly sinceMs: number; readonly waiters: number }
  | { readonly kind: 'ready'; readonly users: number; readonly pid: number }
  | { readonly kind: 'unloading' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAtMs: number };

/** What operators see of a model. */
export interface ModelStatus {
  readonly model: ModelSpec;
  readonly state: SlotState;
  /** Bytes counted against the budget: measured once loaded, estimated before; 0 when unloaded. */
  readonly reservedBytes: number;
  /** Bytes the process holds now; null when there is none. */
  readonly measuredBytes: number | null;
  readonly lastUsedMs: number | null;
  /** How long the last load took; null before the first. */
  readonly loadMs: number | null;
}

export interface MemoryStatus {
  readonly budgetBytes: number;
  readonly reservedBytes: number;
}

/** Owns every model of the server: loads on demand, evicts within the budget, unloads when idle. */
export interface ModelManager {
  /** The models that are configured, in order. */
  readonly models: readonly ModelSpec[];
  /**
   * Waits until the model is loaded and pins it. Throws `model_not_found`, `unsupported_value` (it does another task),
   * `queue_full`, `model_missing` (weights not pulled), `weights_refused`, `out_of_memory`, `model_failed`, `shutting_down`, or the
   * signal's reason.
   */
  acquire<T extends Task>(id: string, task: T, signal: AbortSignal): Promise<Lease<T>>;
  /** Loads these models one after the other and leaves them idle; tries all, then throws the first failure. */
  preload(ids: readonly string[], signal: AbortSignal): Promise<void>;
  status(): { readonly models: readonly ModelStatus[]; readonly memory: MemoryStatus };
  /** Ends the model's process as soon as it has no users; resolves when its memory is back. */
  unload(id: string): Promise<void>;
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
export type LeaseModels = Pick<ModelManager, 'acquire'>;
