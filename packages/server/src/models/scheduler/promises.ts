import type { SchedulerDraft } from './draft.ts';
import { leaseEnds } from './serving-times.ts';
import { type Slot, concurrencyOf } from './slot.ts';

/** A client is told whole seconds; its place is kept for the time that it was told. */
const TOLD_MS = 1_000;
const LONGEST_MS = 10 * 60_000;
/** Clients come a little late, and timers fire a little early. */
const EARLY_MS = 5;
const LATE_MS = 2_000;
/** Places are promised more slowly than leases end on average, since some are held for longer; */
const CAUTION = 1.25;
/** still more slowly where nobody waits, so that each promise hangs on the end of a single lease. */
const CAUTION_WITHOUT_QUEUE = 1.5;
/** Remembered for one model; who is refused beyond is told the time after the last of them. */
const MOST_PROMISES = 256;

/** What a request for a model is answered, and who else was promised a place in its queue from then on. */
interface Asked {
  readonly promisedMs: readonly number[];
  /** In how many milliseconds there is likely to be a place for this client; null where there is one now. */
  readonly retryAfterMs: number | null;
}

/**
 * Whether a request gets one of its model's places, of which so many are used, and when to come again if not. Each refused client
 * is told a time of its own, spaced as leases end, and a place is kept for it then: so others are refused though a place is free
 * when it is promised already. Who comes when a promise falls due is taken for the one to whom it was made; clients need no names.
 */
export function askForPlace(
  draft: SchedulerDraft,
  slot: Slot,
  { limit, used, asked }: { readonly limit: number; readonly used: number; readonly asked: boolean },
): Asked {
  const { nowMs } = draft;
  const free = limit - used;
  // What an operator or the configuration asks for is over at once.
  if (asked && free > 0) return { promisedMs: slot.promisedMs, retryAfterMs: null };
  const live = slot.promisedMs.filter((atMs) => atMs >= nowMs - LATE_MS);
  const [next = Infinity] = live;
  const due = next <= nowMs + EARLY_MS;
  const promisedMs = due ? live.slice(1) : live;
  if (free > 0 && (due || promisedMs.length === 0)) return { promisedMs, retryAfterMs: null };
  const caution = limit > concurrencyOf(slot) ? CAUTION : CAUTION_WITHOUT_QUEUE;
  const endsMs = leaseEnds(draft, slot);
  const placeMs = firstFreeMs(
    promisedMs.map((atMs) => atMs - nowMs),
    free,
    (count) => caution * endsMs(count),
  );
  if (free > 0 && placeMs <= 0) return { promisedMs, retryAfterMs: null };
  const retryAfterMs = Math.min(LONGEST_MS, Math.max(1, Math.ceil(placeMs / TOLD_MS)) * TOLD_MS);
  if (promisedMs.length >= MOST_PROMISES) return { promisedMs, retryAfterMs };
  return { promisedMs: [...promisedMs, nowMs + retryAfterMs].sort((a, b) => a - b), retryAfterMs };
}

/** In how many milliseconds one more client can have a place without taking that of anybody to whom one is promised. */
function firstFreeMs(promisedInMs: readonly number[], free: number, placesInMs: (count: number) => number): number {
  // The last promise that would be broken by one place less.
  const tight = promisedInMs.findLastIndex((inMs, before) => placesInMs(before + 2 - free) > inMs);
  return Math.max(promisedInMs[tight] ?? 0, placesInMs(tight + 2 - free));
}
