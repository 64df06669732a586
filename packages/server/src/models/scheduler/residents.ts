import { type Resident, chooseEvictions } from './evict.ts';
import { type Footprint, NO_BYTES, fits, largerFootprint, subtractFootprints } from '../../shared/footprint.ts';
import { extraFor } from './memory-budget.ts';
import type { Room } from './room.ts';
import type { SchedulerDraft } from './draft.ts';
import { neededInMs } from './plans.ts';
import { compareWaiters } from './queue.ts';
import type { Waiter } from './state.ts';
import { type Slot, expectedReturnMs, stayMs } from './slot.ts';

/**
 * The models in memory that can make room: those that can go at once, and for an impatient request also those that can be asked to
 * take no new users.
 */
export function residents(draft: SchedulerDraft, impatient: Waiter | null): Resident[] {
  const needed = neededInMs(draft);
  const found: Resident[] = [];
  for (const slot of draft.slots.values()) {
    const { phase, model } = slot;
    if (phase.kind === 'unloaded' || !canGo(draft, slot, impatient)) continue;
    found.push({
      id: model.id,
      held: phase.reserved,
      idleSinceMs: idleSinceMs(slot, draft.nowMs),
      pinned: slot.pinned,
      keep: stayMs(slot) === null && phase.kind === 'ready',
      neededInMs: needed.get(model.id) ?? null,
      reloadMs: expectedReturnMs(slot),
      usage: slot.usage,
    });
  }
  return found;
}

function canGo(draft: SchedulerDraft, { phase, model }: Slot, impatient: Waiter | null): boolean {
  const waiters = draft.waitersOf(model.id);
  // Those who came before an impatient request are served before their model makes room for it.
  const yields = impatient !== null && !waiters.some((waiter) => compareWaiters(waiter, impatient) < 0);
  switch (phase.kind) {
    case 'ready':
      if (phase.leaving !== null) return false;
      if (phase.users === 0) return waiters.length === 0;
      // A model that was just loaded serves for a while first; else two busy models would take turns for single requests.
      return yields && draft.nowMs - phase.sinceMs >= draft.limits.patienceMs;
    case 'sleeping':
      return waiters.length === 0 || yields;
    case 'loading':
      return phase.reason !== 'asked' && waiters.length === 0;
    case 'unloaded':
    case 'falling-asleep':
    case 'waking':
    case 'unloading':
      return false;
    default:
      return phase satisfies never;
  }
}

function idleSinceMs({ phase }: Slot, nowMs: number): number {
  if (phase.kind === 'ready') return phase.users === 0 ? phase.idleSinceMs : nowMs;
  return phase.kind === 'sleeping' ? phase.sinceMs : nowMs;
}

/** What is to be evicted, and what its return would cost. */
export interface Eviction {
  readonly ids: readonly string[];
  readonly lossMs: number;
}

/** Chooses from some residents; null when they don't suffice. */
export function evictionFrom(
  draft: SchedulerDraft,
  from: readonly Resident[],
  needed: Footprint,
  free: Footprint,
): Eviction | null {
  const choose = draft.limits.chooseEvictions ?? chooseEvictions;
  const ids = choose(from, needed, free, draft.nowMs);
  if (ids === null) return null;
  const chosen = from.filter(({ id }) => ids.includes(id));
  return { ids, lossMs: chosen.reduce((sum, { reloadMs }) => sum + reloadMs, 0) };
}

/** Ends idle models, or puts to sleep those for whose sleep there is memory, so that `needed` fits when they are done. */
export function evict(draft: SchedulerDraft, ids: readonly string[], needed: Footprint, room: Room): void {
  const slots = ids.flatMap((id) => draft.slots.get(id) ?? []);
  for (const { phase } of slots) if (phase.kind !== 'unloaded') room.comes(phase.reserved);
  for (const slot of slots) makeLeave(draft, slot, needed, room);
}

/** Puts a model without users to sleep where `needed` fits all the same, else ends it. `room` counts its memory as coming. */
export function makeLeave(draft: SchedulerDraft, slot: Slot, needed: Footprint, room: Room): void {
  const asleep = asleepBytes(slot);
  const extra = asleep === null || slot.phase.kind !== 'ready' ? null : extraFor(slot.phase.reserved, asleep);
  const spare = largerFootprint(subtractFootprints(room.now, needed), NO_BYTES);
  if (asleep !== null && extra !== null && fits(extra, spare) && fits(needed, subtractFootprints(room.soon, asleep))) {
    draft.putToSleep(slot, asleep, 'evicted');
    room.take(extra);
    room.comes(subtractFootprints(extra, asleep));
  } else {
    draft.stop(slot, 'evicted');
  }
}

/** What the loaded model would hold while asleep; null where it cannot sleep. */
export function asleepBytes({ model, phase }: Slot): Footprint | null {
  return phase.kind === 'ready' ? model.asleep(phase.reserved) : null;
}
