import type { Footprint } from '../../shared/footprint.ts';
import type { chooseEvictions } from './evict.ts';
import type { LoadReason, StopReason } from '../lifecycle/lifecycle-event.ts';
import type { Priority } from '../model-manager.ts';
import { type ScheduledModel, type Slot, type Way, emptySlot } from './slot.ts';

export interface SchedulerLimits {
  /** Bytes that all models together may hold on each device. */
  readonly budgets: Footprint;
  /** Requests that one model may have at once, running or waiting. */
  readonly queueLimit: number;
  /**
   * How long a request waits behind busy models before they stop taking new users to make room for it, and how long a
   * busy model serves before it has to.
   */
  readonly patienceMs: number;
  /** Who makes room; by default `chooseEvictions`. */
  readonly chooseEvictions?: typeof chooseEvictions;
  /** Whether evicted models are loaded back while nobody waits; absent: they are. */
  readonly returns?: boolean;
  /** Whether a model that was just loaded is spared for a moment when it is used again at once; absent: it is. */
  readonly turns?: boolean;
}

/** A request that waits for a model. */
export interface Waiter {
  readonly ticket: number;
  readonly modelId: string;
  readonly sinceMs: number;
  readonly priority: Priority;
  /** The plan that it is a step of. */
  readonly planId: number | null;
  /** An operator or the configuration asked, so that its load goes on though nobody waits for the end. */
  readonly asked: boolean;
}

/** A sequence of steps that has begun. */
export interface LivePlan {
  readonly id: number;
  /** In the order of its steps. */
  readonly models: readonly string[];
  /** The last step that was given its model; -1 before the first. */
  readonly at: number;
  /** Models that were loaded ahead for it once; none is tried again. */
  readonly prefetched: ReadonlySet<string>;
}

/** Everything the scheduler knows; only `step` makes a new one. */
export interface SchedulerState {
  readonly limits: SchedulerLimits;
  readonly slots: ReadonlyMap<string, Slot>;
  /** In order of arrival. */
  readonly waiters: readonly Waiter[];
  readonly plans: ReadonlyMap<number, LivePlan>;
  readonly closing: boolean;
  readonly nextGeneration: number;
}

/** What a process of a given start says of itself. */
interface FromProcess {
  readonly modelId: string;
  readonly generation: number;
}

export type SchedulerEvent =
  | {
      readonly kind: 'acquire';
      readonly ticket: number;
      readonly modelId: string;
      readonly priority: Priority;
      readonly planId: number | null;
      readonly asked: boolean;
    }
  /** A request that still waited went away. */
  | { readonly kind: 'leave'; readonly ticket: number }
  | (FromProcess & {
      readonly kind: 'release';
      /** Null for a lease that was only to load the model. */
      readonly heldMs: number | null;
      /** As `AcquireOptions` has it; undefined leaves it unchanged. */
      readonly keepAliveMs: number | null | undefined;
    })
  | (FromProcess & { readonly kind: 'loaded'; readonly measured: Footprint | null })
  /** No process is left of the load. `reason` is set where the breaker counts it. */
  | (FromProcess & {
      readonly kind: 'load-failed';
      readonly error: Error;
      readonly reason: string | null;
      readonly outOfMemory: boolean;
      readonly kept: Footprint;
    })
  | (FromProcess & { readonly kind: 'measured'; readonly measured: Footprint })
  | (FromProcess & { readonly kind: 'slept' | 'woke'; readonly measured: Footprint | null })
  /** Its process lives, but it must be ended. */
  | (FromProcess & { readonly kind: 'sleep-failed' | 'wake-failed'; readonly reason: string })
  /** The process has ended by itself; `gone` follows when its memory is back. */
  | (FromProcess & { readonly kind: 'crashed'; readonly reason: string })
  /** The process has ended, whether it was told to or not. `kept`: what of its memory did not come back. */
  | (FromProcess & { readonly kind: 'gone'; readonly reason: string; readonly kept: Footprint })
  /** Memory that had been kept came back after all. */
  | { readonly kind: 'returned'; readonly modelId: string; readonly bytes: Footprint }
  | { readonly kind: 'unload'; readonly modelId: string }
  | { readonly kind: 'pin'; readonly modelId: string; readonly pinned: boolean }
  | { readonly kind: 'keep-alive'; readonly modelId: string; readonly keepAliveMs: number | null }
  | { readonly kind: 'plan'; readonly planId: number; readonly models: readonly string[] }
  | { readonly kind: 'plan-ended'; readonly planId: number }
  /** No new leases. */
  | { readonly kind: 'close' }
  /** Ends models that still have users. */
  | { readonly kind: 'close-now' }
  | { readonly kind: 'tick' };

/** Why a request is not served. */
export type Refusal =
  | { readonly kind: 'shutting-down' }
  | { readonly kind: 'queue-full'; readonly retryAfterMs: number }
  | { readonly kind: 'never-fits'; readonly need: Footprint }
  /** It would fit, but for pinned models and for memory that ended ones did not give back. */
  | {
      readonly kind: 'no-room';
      readonly need: Footprint;
      readonly pinned: readonly string[];
      readonly kept: Footprint;
    }
  /** The system had less memory than the budgets say, also at the second try. */
  | { readonly kind: 'out-of-memory'; readonly need: Footprint; readonly error: Error }
  | { readonly kind: 'breaker-open'; readonly reason: string; readonly retryAfterMs: number }
  | { readonly kind: 'not-loaded'; readonly reason: string }
  | { readonly kind: 'load-failed'; readonly error: Error };

interface ToProcess {
  readonly modelId: string;
  readonly generation: number;
}

export type Effect =
  | (ToProcess & { readonly kind: 'grant'; readonly ticket: number })
  | { readonly kind: 'refuse'; readonly ticket: number; readonly modelId: string; readonly refusal: Refusal }
  | (ToProcess & {
      readonly kind: 'load';
      readonly way: Way;
      readonly reserved: Footprint;
      readonly reason: LoadReason;
    })
  /** To be followed by `gone`. */
  | (ToProcess & { readonly kind: 'cancel-load'; readonly reason: 'cancelled' | 'overdue' })
  /** To be followed by `gone`. */
  | (ToProcess & { readonly kind: 'stop'; readonly reason: StopReason })
  /** To be followed by `slept`, `sleep-failed` or `gone`. */
  | (ToProcess & { readonly kind: 'sleep' })
  /** To be followed by `woke`, `wake-failed` or `gone`. */
  | (ToProcess & { readonly kind: 'wake' })
  | { readonly kind: 'breaker-opened'; readonly modelId: string; readonly reason: string; readonly retryAtMs: number };

/** A scheduler with nothing loaded. */
export function initialState(models: readonly ScheduledModel[], limits: SchedulerLimits): SchedulerState {
  return {
    limits,
    slots: new Map(models.map((model) => [model.id, emptySlot(model)])),
    waiters: [],
    plans: new Map(),
    closing: false,
    nextGeneration: 1,
  };
}
