import { type Breaker, closedBreaker } from './breaker.ts';
import type { ModelSpec, ModelStatus, SlotState } from './model-manager.ts';

/** What the scheduler knows of a model. */
export interface ScheduledModel {
  readonly id: string;
  /** Bytes it is thought to need before it was ever measured. */
  readonly estimateBytes: number;
  /** Unloads after so many milliseconds without users; null keeps it. */
  readonly idleMs: number | null;
}

/** Why a loaded model takes no new users and ends with its last one. */
export type Leaving = { readonly kind: 'asked' | 'closing' } | { readonly kind: 'room'; readonly forModel: string };

/**
 * Where a model's process stands. `generation` names one start of the process, so that what is heard late from an
 * earlier one is ignored.
 */
export type Phase =
  | { readonly kind: 'unloaded' }
  | {
      readonly kind: 'loading';
      readonly generation: number;
      readonly sinceMs: number;
      readonly reservedBytes: number;
      /** Somebody asked for it to be unloaded meanwhile. */
      readonly unloadAfter: boolean;
    }
  | {
      readonly kind: 'ready';
      readonly generation: number;
      readonly users: number;
      /** Since when there are no users; meaningless while there are. */
      readonly idleSinceMs: number;
      readonly reservedBytes: number;
      readonly measuredBytes: number | null;
      readonly leaving: Leaving | null;
    }
  | { readonly kind: 'unloading'; readonly generation: number; readonly reservedBytes: number };

/** A model's place in memory and what was learned of it. */
export interface Slot {
  readonly model: ScheduledModel;
  readonly phase: Phase;
  readonly breaker: Breaker;
  /** Measured right after the last load; null before the first. */
  readonly loadedBytes: number | null;
  /** The most that was ever measured. */
  readonly peakBytes: number | null;
  /** The last loads' durations, newest last. */
  readonly loadsMs: readonly number[];
  /** How long a lease is held, smoothed; null before the first release. */
  readonly holdMs: number | null;
  readonly lastUsedMs: number | null;
}

/** A slot of which nothing is known yet. */
export function emptySlot(model: ScheduledModel): Slot {
  return {
    model,
    phase: { kind: 'unloaded' },
    breaker: closedBreaker,
    loadedBytes: null,
    peakBytes: null,
    loadsMs: [],
    holdMs: null,
    lastUsedMs: null,
  };
}

/** The slot as operators see it. `pid` is null while there is no loaded process. */
export function modelStatus(model: ModelSpec, slot: Slot, waiters: number, pid: number | null): ModelStatus {
  const { phase } = slot;
  return {
    model,
    state: slotState(slot, waiters, pid ?? -1),
    reservedBytes: phase.kind === 'unloaded' ? 0 : phase.reservedBytes,
    measuredBytes: phase.kind === 'ready' ? phase.measuredBytes : null,
    lastUsedMs: slot.lastUsedMs,
    loadMs: slot.loadsMs.at(-1) ?? null,
  };
}

function slotState({ phase, breaker }: Slot, waiters: number, pid: number): SlotState {
  switch (phase.kind) {
    case 'unloaded':
      return breaker.kind === 'open'
        ? { kind: 'failed', reason: breaker.reason, retryAtMs: breaker.retryAtMs }
        : { kind: 'unloaded' };
    case 'loading':
      return { kind: 'loading', sinceMs: phase.sinceMs, waiters };
    case 'ready':
      return { kind: 'ready', users: phase.users, pid };
    case 'unloading':
      return { kind: 'unloading' };
    default:
      return phase satisfies never;
  }
}

const GUESSED_BYTES_PER_MS = 200_000;
const GUESSED_START_MS = 1_000;

/** How long the next load takes: the median of the last ones, or a guess from the size before the first. */
export function expectedLoadMs(slot: Slot): number {
  const sorted = slot.loadsMs.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? GUESSED_START_MS + slot.model.estimateBytes / GUESSED_BYTES_PER_MS;
}
