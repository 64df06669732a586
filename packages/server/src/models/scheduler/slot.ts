import { type Footprint, NO_BYTES, totalOf } from '../../shared/footprint.ts';
import { type Breaker, closedBreaker } from './breaker.ts';
import type { LoadReason, StopReason } from '../lifecycle/lifecycle-event.ts';
import { type Usage, noUsage } from './usage.ts';

/** How a model runs with given settings. */
export interface Variant {
  /** The alternatives where it can lie and what it is thought to need there, best first. */
  readonly placements: readonly Footprint[];
  /** Requests that it serves at once. */
  readonly concurrency: number;
}

/** What the scheduler knows of a model. */
export interface ScheduledModel extends Variant {
  readonly id: string;
  /** The same with a smaller context; null where it cannot be smaller. */
  readonly shrunk: Variant | null;
  /** Unloads after so many milliseconds without users; null keeps it. */
  readonly idleMs: number | null;
  /** Requests that it may have at once, running or waiting; absent: as many as any model. */
  readonly queueLimit?: number;
  /** What it holds while asleep, given what it holds awake; null where it cannot sleep. */
  readonly asleep: (awake: Footprint) => Footprint | null;
  /** How long earlier loads took, newest last. */
  readonly loadsMs: readonly number[];
}

/** Which of a model's placements, and with which settings. */
export interface Way {
  readonly shrunk: boolean;
  readonly placement: number;
}

/** Why a loaded model takes no new users and ends with its last one. */
type Leaving = { readonly kind: 'asked' | 'closing' } | { readonly kind: 'room'; readonly forModel: string };

/** What every process of a model has, from before its start until it is gone. */
export interface Residence {
  /** Names one start of the process, so that what is heard late from an earlier one is ignored. */
  readonly generation: number;
  readonly way: Way;
  /** Bytes counted against the budgets. */
  readonly reserved: Footprint;
}

/** Why a process ends: told to, as a load that nobody wants or that takes too long, or by itself. */
export type EndReason = StopReason | 'cancelled' | 'overdue' | 'crashed';

/** Where a model's process stands. */
export type Phase =
  | { readonly kind: 'unloaded' }
  | (Residence & {
      readonly kind: 'loading';
      readonly sinceMs: number;
      readonly reason: LoadReason;
      /** Somebody asked for it to be unloaded meanwhile. */
      readonly unloadAfter: boolean;
    })
  | (Residence & {
      readonly kind: 'ready';
      readonly sinceMs: number;
      readonly users: number;
      /** Since when there are no users; meaningless while there are. */
      readonly idleSinceMs: number;
      readonly leaving: Leaving | null;
    })
  | (Residence & {
      readonly kind: 'falling-asleep';
      readonly sinceMs: number;
      readonly reason: 'idle' | 'evicted';
      /** What it will hold. */
      readonly asleep: Footprint;
      /** What it held, and needs again. */
      readonly awake: Footprint;
      readonly unloadAfter: boolean;
    })
  | (Residence & { readonly kind: 'sleeping'; readonly sinceMs: number; readonly awake: Footprint })
  | (Residence & {
      readonly kind: 'waking';
      readonly sinceMs: number;
      readonly awake: Footprint;
      readonly unloadAfter: boolean;
    })
  | (Residence & {
      readonly kind: 'unloading';
      readonly sinceMs: number;
      readonly reason: EndReason;
    });

/** What was measured of a model that ran in one way. */
interface Sizes {
  /** Right after the last load. */
  readonly loaded: Footprint;
  /** The most that was ever measured. */
  readonly peak: Footprint;
}

/** A model's place in memory and what was learned of it. */
export interface Slot {
  readonly model: ScheduledModel;
  readonly phase: Phase;
  readonly breaker: Breaker;
  /** By `wayKey`. */
  readonly sizes: ReadonlyMap<string, Sizes>;
  /** The last loads' durations, newest last. */
  readonly loadsMs: readonly number[];
  /** The last wakes' durations, newest last. */
  readonly wakesMs: readonly number[];
  /** How long a lease is held, smoothed; null before the first release. */
  readonly holdMs: number | null;
  /** Since when each lease is held, earliest first; meaningless while the model does not serve. */
  readonly grantedMs: readonly number[];
  /** When refused clients were told to come again, earliest first; a place is kept for each. */
  readonly promisedMs: readonly number[];
  readonly lastUsedMs: number | null;
  readonly usage: Usage;
  /** Whether it served since it was last loaded, and has left memory, if it has, only to make room. */
  readonly mayReturn: boolean;
  /** An operator keeps it in memory. */
  readonly pinned: boolean;
  /** As configured or as an operator set it; null keeps it. */
  readonly keepAliveMs: number | null;
  /** As the last request wished it, until the model is unloaded; undefined: no wish. */
  readonly wishedKeepAliveMs: number | null | undefined;
  /** Memory of its ended processes that did not come back. */
  readonly kept: Footprint;
  /** The last load ran out of memory, and this is how the next one tries. */
  readonly retry: 'shrunk' | 'same' | null;
}

/** A slot of which nothing is known yet. */
export function emptySlot(model: ScheduledModel): Slot {
  return {
    model,
    phase: { kind: 'unloaded' },
    breaker: closedBreaker,
    sizes: new Map(),
    loadsMs: model.loadsMs,
    wakesMs: [],
    holdMs: null,
    grantedMs: [],
    promisedMs: [],
    lastUsedMs: null,
    usage: noUsage,
    mayReturn: false,
    pinned: false,
    keepAliveMs: model.idleMs,
    wishedKeepAliveMs: undefined,
    kept: NO_BYTES,
    retry: null,
  };
}

/** Tells ways apart in a map. */
export function wayKey({ shrunk, placement }: Way): string {
  return `${shrunk ? 'shrunk' : 'full'} ${placement}`;
}

/** The model's settings that a way uses. */
export function variantOf(model: ScheduledModel, shrunk: boolean): Variant {
  return shrunk ? (model.shrunk ?? model) : model;
}

/** Requests that the model serves at once, as it runs now or would run next. */
export function concurrencyOf({ model, phase }: Slot): number {
  return variantOf(model, phase.kind !== 'unloaded' && phase.way.shrunk).concurrency;
}

/** For how long the model stays without users, in milliseconds; null keeps it. */
export function stayMs(slot: Slot): number | null {
  if (slot.pinned) return null;
  return slot.wishedKeepAliveMs === undefined ? slot.keepAliveMs : slot.wishedKeepAliveMs;
}

const GUESSED_BYTES_PER_MS = 200_000;
const GUESSED_START_MS = 1_000;

/** How long the next load takes: the median of the last ones, or a guess from the size before the first. */
export function expectedLoadMs(slot: Slot): number {
  return (
    median(slot.loadsMs) ?? GUESSED_START_MS + totalOf(slot.model.placements[0] ?? NO_BYTES) / GUESSED_BYTES_PER_MS
  );
}

/** How long it takes until the model serves again once it was evicted now. */
export function expectedReturnMs(slot: Slot): number {
  return median(slot.wakesMs) ?? expectedLoadMs(slot);
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Whether a model must be brought in before it can serve: not in memory, or asleep. */
export function isAway(slot: Slot | undefined): boolean {
  return slot?.phase.kind === 'unloaded' || slot?.phase.kind === 'sleeping';
}
