import type { DeviceId, Footprint } from '../../shared/footprint.ts';

/**
 * Why a model is loaded: a request waits for it, a running plan will need it next, it was evicted and will probably be
 * missed soon, or an operator or the configuration asked.
 */
export type LoadReason = 'request' | 'prefetch' | 'return' | 'asked';

/** Why a loaded model leaves memory. */
export type StopReason = 'idle' | 'evicted' | 'asked' | 'too-large' | 'shutdown';

/** A process that holds memory that should have come back. */
export interface MemoryHolder {
  readonly pid: number;
  readonly command: string;
}

/** What happens to models, for operators and metrics, in the order it happens. */
export type LifecycleEvent =
  | {
      readonly kind: 'load-started';
      readonly modelId: string;
      readonly reason: LoadReason;
      readonly reserved: Footprint;
      /** Whether this load tries again with a smaller context, after one that ran out of memory. */
      readonly shrunk: boolean;
    }
  | {
      readonly kind: 'load-progress';
      readonly modelId: string;
      readonly stage: string;
      /** 0 to 1; null where it cannot be told. */
      readonly fraction: number | null;
    }
  | {
      readonly kind: 'loaded';
      readonly modelId: string;
      readonly loadMs: number;
      /** Null where the system does not tell. */
      readonly measured: Footprint | null;
      readonly reserved: Footprint;
      readonly pid: number;
    }
  | { readonly kind: 'load-failed'; readonly modelId: string; readonly reason: string; readonly outOfMemory: boolean }
  /** Nobody waited for it any more. */
  | { readonly kind: 'load-cancelled'; readonly modelId: string }
  | { readonly kind: 'unload-started'; readonly modelId: string; readonly reason: StopReason }
  /** Its processes are gone and its memory is back, but for what `memory-kept` told just before. */
  | {
      readonly kind: 'unloaded';
      readonly modelId: string;
      readonly reason: StopReason;
      readonly freed: Footprint;
      readonly unloadMs: number;
    }
  | { readonly kind: 'slept'; readonly modelId: string; readonly freed: Footprint; readonly sleepMs: number }
  | { readonly kind: 'woke'; readonly modelId: string; readonly wakeMs: number }
  | { readonly kind: 'crashed'; readonly modelId: string; readonly reason: string }
  | {
      readonly kind: 'breaker-opened';
      readonly modelId: string;
      readonly reason: string;
      readonly retryAtMs: number;
    }
  /** Memory of an ended model did not come back; it is left out of the budget until it does. */
  | {
      readonly kind: 'memory-kept';
      readonly modelId: string;
      readonly device: DeviceId;
      readonly bytes: number;
      readonly holders: readonly MemoryHolder[];
    }
  | { readonly kind: 'granted'; readonly modelId: string; readonly waitedMs: number; readonly users: number }
  | { readonly kind: 'released'; readonly modelId: string; readonly heldMs: number; readonly users: number }
  | { readonly kind: 'refused'; readonly modelId: string; readonly code: string };
