import { type ScheduledModel, type Slot, emptySlot } from './slot.ts';

export interface SchedulerLimits {
  /** Bytes that all models together may hold. */
  readonly budgetBytes: number;
  /** Requests that one model may have at once, running or waiting. */
  readonly queueLimit: number;
  /** How long a request waits behind busy models before they stop taking new users to make room for it. */
  readonly patienceMs: number;
}

/** A request that waits for a model. */
export interface Waiter {
  readonly ticket: number;
  readonly modelId: string;
  readonly sinceMs: number;
}

/** Everything the scheduler knows; only `step` makes a new one. */
export interface SchedulerState {
  readonly limits: SchedulerLimits;
  readonly slots: ReadonlyMap<string, Slot>;
  /** In order of arrival. */
  readonly waiters: readonly Waiter[];
  readonly closing: boolean;
  readonly nextGeneration: number;
}

export type SchedulerEvent =
  | { readonly kind: 'acquire'; readonly ticket: number; readonly modelId: string }
  /** A request that still waited went away. */
  | { readonly kind: 'leave'; readonly ticket: number }
  | { readonly kind: 'release'; readonly modelId: string; readonly generation: number; readonly heldMs: number }
  | { readonly kind: 'loaded'; readonly modelId: string; readonly generation: number; readonly bytes: number | null }
  /** No process is left of the load. `reason` is set where the breaker counts it. */
  | {
      readonly kind: 'load-failed';
      readonly modelId: string;
      readonly generation: number;
      readonly error: Error;
      readonly reason: string | null;
    }
  | { readonly kind: 'measured'; readonly modelId: string; readonly generation: number; readonly bytes: number }
  /** The process has ended, whether it was told to or not. */
  | { readonly kind: 'gone'; readonly modelId: string; readonly generation: number; readonly reason: string }
  | { readonly kind: 'unload'; readonly modelId: string }
  /** No new leases. */
  | { readonly kind: 'close' }
  /** Ends models that still have users. */
  | { readonly kind: 'close-now' }
  | { readonly kind: 'tick' };

/** Why a request is not served. */
export type Refusal =
  | { readonly kind: 'shutting-down' }
  | { readonly kind: 'queue-full'; readonly retryAfterMs: number }
  | { readonly kind: 'never-fits'; readonly needBytes: number }
  | { readonly kind: 'breaker-open'; readonly reason: string; readonly retryAfterMs: number }
  | { readonly kind: 'not-loaded'; readonly reason: string }
  | { readonly kind: 'load-failed'; readonly error: Error };

export type StopReason = 'idle' | 'evicted' | 'asked' | 'too-large' | 'shutdown';

export type Effect =
  | { readonly kind: 'grant'; readonly ticket: number; readonly modelId: string; readonly generation: number }
  | { readonly kind: 'refuse'; readonly ticket: number; readonly modelId: string; readonly refusal: Refusal }
  | { readonly kind: 'load'; readonly modelId: string; readonly generation: number; readonly reservedBytes: number }
  /** To be followed by `gone`. */
  | { readonly kind: 'cancel-load'; readonly modelId: string; readonly generation: number }
  /** To be followed by `gone`. */
  | { readonly kind: 'stop'; readonly modelId: string; readonly generation: number; readonly reason: StopReason }
  | { readonly kind: 'breaker-opened'; readonly modelId: string; readonly reason: string; readonly retryAtMs: number };

/** A scheduler with nothing loaded. */
export function initialState(models: readonly ScheduledModel[], limits: SchedulerLimits): SchedulerState {
  return {
    limits,
    slots: new Map(models.map((model) => [model.id, emptySlot(model)])),
    waiters: [],
    closing: false,
    nextGeneration: 1,
  };
}
