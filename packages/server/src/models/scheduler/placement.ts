import { type Footprint, NO_BYTES, bytesOn, devicesOf } from '../../shared/footprint.ts';
import { type Option, bringIn, optionsFor, whyImpossible } from './load-options.ts';
import { type Eviction, evict, evictionFrom, residents } from './residents.ts';
import { Room } from './room.ts';
import type { SchedulerDraft } from './draft.ts';
import { endDue } from './ends.ts';
import { prefetch } from './prefetch.ts';
import { bringBack } from './returns.ts';
import { firstOfEach, patienceEndsMs } from './queue.ts';
import type { Waiter } from './state.ts';
import { turnEndsMs } from './turns.ts';
import { type Slot, isAway } from './slot.ts';

/** Brings the draft to rest after an event: ends what is due, serves who can be served, makes room for the others. */
export function settle(draft: SchedulerDraft): void {
  endDue(draft);
  grantAll(draft);
  refuseImpossible(draft);
  const room = new Room(draft);
  const allPlaced = placeWaiting(draft, room);
  // A load that has begun no longer needs the room that others were to make for it.
  grantAll(draft);
  repayOverdraft(draft);
  if (allPlaced) prefetch(draft, room);
  bringBack(draft, room);
  endDue(draft);
}

/** Those who wait for what pinned models or kept memory made impossible meanwhile are told. */
function refuseImpossible(draft: SchedulerDraft): void {
  for (const { modelId } of firstOfEach(draft.waiters)) {
    const slot = draft.slots.get(modelId);
    if (slot === undefined || !isAway(slot)) continue;
    const impossible = whyImpossible(draft, slot);
    if (impossible !== null) draft.refuseWaiters(modelId, impossible);
  }
}

/** Takes back what is no longer needed of the wishes to leave, then gives every loaded model to those who wait. */
function grantAll(draft: SchedulerDraft): void {
  for (const slot of draft.slots.values()) {
    if (slot.phase.kind !== 'ready') continue;
    const { leaving } = slot.phase;
    if (leaving === null) draft.grantWaiters(slot);
    else if (leaving.kind === 'room' && !needsRoom(draft, leaving.forModel)) {
      draft.grantWaiters(draft.update(slot, { phase: { ...slot.phase, leaving: null } }));
    }
  }
}

function needsRoom(draft: SchedulerDraft, modelId: string): boolean {
  const slot = draft.slots.get(modelId);
  return isAway(slot) && draft.waitersOf(modelId).length > 0;
}

/** Loads what is waited for, in the order of the queue; false when a model still waits for room. */
function placeWaiting(draft: SchedulerDraft, room: Room): boolean {
  let allPlaced = true;
  for (const waiter of firstOfEach(draft.waiters)) {
    const slot = draft.slots.get(waiter.modelId);
    const options = slot === undefined ? [] : optionsFor(draft, slot);
    if (slot === undefined || options.length === 0) continue;
    const fitting = mustWait(draft, slot) ? undefined : options.find(({ need }) => room.fits(need));
    if (fitting === undefined) {
      allPlaced = false;
      makeRoom(draft, room, waiter, options);
    } else {
      bringIn(draft, slot, fitting, 'request');
      room.take(fitting.need);
    }
  }
  return allPlaced;
}

/** After a load ran out of memory, the next try waits until all that was ended is really gone. */
function mustWait(draft: SchedulerDraft, slot: Slot): boolean {
  return slot.retry !== null && [...draft.slots.values()].some(({ phase }) => phase.kind === 'unloading');
}

function makeRoom(draft: SchedulerDraft, room: Room, waiter: Waiter, options: readonly Option[]): void {
  const now = cheapest(draft, room, waiter, { options, busyToo: false });
  if (now !== null) {
    if (draft.nowMs >= turnEndsMs(draft, waiter, now.eviction.ids)) evict(draft, now.eviction.ids, now.need, room);
    room.claim(now.need);
    return;
  }
  // Busy models are in the way. For a while younger requests may pass; then what it needs is kept for this one.
  if (draft.nowMs < patienceEndsMs(waiter, draft.limits.patienceMs)) return;
  const later = cheapest(draft, room, waiter, { options, busyToo: true });
  for (const id of later?.eviction.ids ?? []) askToLeave(draft, id, waiter.modelId, room);
  room.claim(later?.need ?? options[0]?.need ?? NO_BYTES);
}

interface Making {
  readonly need: Footprint;
  readonly eviction: Eviction;
}

/** The alternative whose evictions cost least; null when none can be had. */
function cheapest(
  draft: SchedulerDraft,
  room: Room,
  waiter: Waiter,
  { options, busyToo }: { readonly options: readonly Option[]; readonly busyToo: boolean },
): Making | null {
  const all = residents(draft, busyToo ? waiter : null);
  let best: Making | null = null;
  for (const { need } of options) {
    const eviction = evictionFrom(draft, all, need, room.soon);
    if (eviction !== null && eviction.lossMs < (best?.eviction.lossMs ?? Infinity)) best = { need, eviction };
  }
  return best;
}

/** Makes a model leave with its last user. Where loads are in the way too, their end is waited for first. */
function askToLeave(draft: SchedulerDraft, id: string, forModel: string, room: Room): void {
  const slot = draft.slots.get(id);
  if (slot === undefined || slot.phase.kind === 'unloaded') return;
  room.comes(slot.phase.reserved);
  if (slot.phase.kind === 'ready' && slot.phase.users > 0) {
    draft.update(slot, { phase: { ...slot.phase, leaving: { kind: 'room', forModel } } });
  } else {
    draft.stop(slot, 'evicted');
  }
}

/** Models that grew beyond the budget are answered for by the idle ones. */
function repayOverdraft(draft: SchedulerDraft): void {
  const free = new Room(draft).soon;
  if (devicesOf(free).every((device) => bytesOn(free, device) >= 0)) return;
  const idle = residents(draft, null).filter(({ pinned }) => !pinned);
  const eviction = evictionFrom(draft, idle, NO_BYTES, free);
  for (const id of eviction?.ids ?? idle.map((resident) => resident.id)) {
    const slot = draft.slots.get(id);
    if (slot !== undefined) draft.stop(slot, 'evicted');
  }
}
