import { expectedLoss } from './evict.ts';
import { type Option, bringIn, optionsFor } from './load-options.ts';
import { evict, evictionFrom, residents } from './residents.ts';
import type { Room } from './room.ts';
import type { SchedulerDraft } from './draft.ts';
import { type Slot, expectedReturnMs, stayMs } from './slot.ts';
import { reuseRate } from './usage.ts';

/** A model comes back only when it is worth so many times those that go for it, so that equals don't take turns. */
const MARGIN = 3;
/** Nor does it when it is expected only after so many times the time that it takes to load. */
const FARTHEST_LOADS = 100;

/** A model that could come back, how, and who would have to go for it. */
interface Return {
  readonly slot: Slot;
  readonly option: Option;
  readonly evicted: readonly string[];
  /** Expected waiting that it saves, less what those that go are worth. */
  readonly gain: number;
}

/**
 * While nothing is waited for and nothing is on its way, loads back the evicted model that will be missed most, where it
 * will be soon; each at most once after a use. Such a load ends as soon as a request must wait.
 */
export function bringBack(draft: SchedulerDraft, room: Room): void {
  if (draft.closing || draft.limits.returns === false || draft.waiters.length > 0) return;
  const slots = [...draft.slots.values()];
  if (!slots.every(atRest)) return;
  const best = slots
    .flatMap((slot) => returnOf(draft, slot, room) ?? [])
    .reduce<Return | null>((most, one) => (one.gain > (most?.gain ?? 0) ? one : most), null);
  if (best === null) return;
  const { slot, option, evicted } = best;
  if (evicted.length > 0) {
    evict(draft, evicted, option.need, room);
  } else {
    bringIn(draft, slot, option, 'return');
  }
}

function atRest({ phase }: Slot): boolean {
  return phase.kind === 'ready' ? phase.leaving === null : phase.kind === 'unloaded' || phase.kind === 'sleeping';
}

function returnOf(draft: SchedulerDraft, slot: Slot, room: Room): Return | null {
  const { phase, mayReturn, breaker, usage } = slot;
  if (phase.kind !== 'unloaded' || !mayReturn || breaker.kind === 'open' || usage.lastMs === null) return null;
  const reloadMs = expectedReturnMs(slot);
  if ((reuseRate(usage, draft.nowMs) / 1_000) * reloadMs * FARTHEST_LOADS < 1) return null;
  const options = optionsFor(draft, slot);
  const worth = expectedLoss({ reloadMs, usage, idleSinceMs: 0, neededInMs: null }, draft.nowMs);
  const fitting = options.find(({ need }) => room.fits(need));
  if (fitting !== undefined) return { slot, option: fitting, evicted: [], gain: worth };
  const [option] = options;
  if (option === undefined) return null;
  const idle = residents(draft, null).filter(({ pinned, keep }) => !pinned && (!keep || stayMs(slot) === null));
  const eviction = evictionFrom(draft, idle, option.need, room.soon);
  // With nobody to evict it would only have to wait for what is coming back.
  if (eviction === null || eviction.ids.length === 0) return null;
  const going = idle.filter(({ id }) => eviction.ids.includes(id));
  const loss = going.reduce((sum, one) => sum + expectedLoss(one, draft.nowMs), 0);
  return { slot, option, evicted: eviction.ids, gain: worth - MARGIN * loss };
}
