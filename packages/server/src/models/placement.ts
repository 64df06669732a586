import { type Resident, chooseEvictions } from './evict.ts';
import { neededBytes, reservedBytes, totalReservedBytes } from './memory-budget.ts';
import type { SchedulerDraft } from './scheduler-draft.ts';
import type { StopReason } from './scheduler-state.ts';
import type { Leaving, Slot } from './slot.ts';

const LOAD_DEADLINE_MS = 5 * 60_000;
const LOAD_DEADLINE_MS_PER_BYTE = 20_000 / 2 ** 30;

/** When a load that does not end is given up, in milliseconds after its start: 5 minutes and 20 seconds per GiB. */
export function loadDeadlineMs(bytes: number): number {
  return LOAD_DEADLINE_MS + bytes * LOAD_DEADLINE_MS_PER_BYTE;
}

/** Brings the draft to rest after an event: ends what is due, serves who can be served, makes room for the others. */
export function settle(draft: SchedulerDraft): void {
  for (const slot of draft.slots.values()) endIfDue(draft, slot);
  grantAll(draft);
  placeWaiting(draft);
  // A load that has begun no longer needs the room that others were to make for it.
  grantAll(draft);
  repayOverdraft(draft);
  for (const slot of draft.slots.values()) endIfDue(draft, slot);
}

function endIfDue(draft: SchedulerDraft, slot: Slot): void {
  const { phase, model } = slot;
  if (phase.kind === 'loading') {
    if (draft.nowMs - phase.sinceMs >= loadDeadlineMs(phase.reservedBytes)) {
      const reason = `it did not load within ${Math.round((draft.nowMs - phase.sinceMs) / 1000)} seconds`;
      draft.refuseWaiters(model.id, { kind: 'not-loaded', reason });
      draft.stop(draft.countFailure(slot, reason), 'too-large');
    } else if (draft.waitersOf(model.id).length === 0) {
      draft.stop(slot, 'idle');
    }
  } else if (phase.kind === 'ready' && phase.users === 0) {
    const idle = model.idleMs !== null && draft.nowMs - phase.idleSinceMs >= model.idleMs;
    if (phase.leaving !== null) draft.stop(slot, stopReason(phase.leaving));
    else if (idle && draft.waitersOf(model.id).length === 0) draft.stop(slot, 'idle');
  }
}

function stopReason(leaving: Leaving): StopReason {
  switch (leaving.kind) {
    case 'asked':
      return 'asked';
    case 'closing':
      return 'shutdown';
    case 'room':
      return 'evicted';
    default:
      return leaving satisfies never;
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
  return draft.slots.get(modelId)?.phase.kind === 'unloaded' && draft.waitersOf(modelId).length > 0;
}

/** Loads what is waited for, oldest first. */
function placeWaiting(draft: SchedulerDraft): void {
  let available = draft.limits.budgetBytes - totalReservedBytes(draft.slots.values());
  let coming = comingBytes(draft);
  for (const { modelId, sinceMs } of oldestWaiters(draft)) {
    const slot = draft.slots.get(modelId);
    if (slot?.phase.kind !== 'unloaded') continue;
    const need = neededBytes(slot, draft.limits.budgetBytes);
    if (need <= available) {
      draft.startLoad(slot, need);
      available -= need;
      continue;
    }
    const evicted = chooseEvictions(residents(draft, 'idle'), need, available + coming);
    if (evicted !== null) {
      for (const id of evicted) coming += stopById(draft, id);
      // What is free or becomes free belongs to this model first; later ones share what is left over.
      coming -= need - available;
      available = 0;
      continue;
    }
    // Busy models are in the way. For a while younger requests may pass; then everything waits for this one.
    if (draft.nowMs - sinceMs >= draft.limits.patienceMs) {
      askToLeave(draft, modelId, need - available - coming);
      return;
    }
  }
}

function comingBytes(draft: SchedulerDraft): number {
  let coming = 0;
  for (const slot of draft.slots.values()) {
    const { phase } = slot;
    if (phase.kind === 'unloading' || (phase.kind === 'ready' && phase.leaving !== null)) coming += phase.reservedBytes;
  }
  return coming;
}

/** The longest waiting request of each model, oldest first. */
function oldestWaiters(draft: SchedulerDraft): { modelId: string; sinceMs: number }[] {
  const oldest = new Map<string, number>();
  for (const { modelId, sinceMs } of draft.waiters) if (!oldest.has(modelId)) oldest.set(modelId, sinceMs);
  return [...oldest].map(([modelId, sinceMs]) => ({ modelId, sinceMs }));
}

function residents(draft: SchedulerDraft, which: 'idle' | 'all'): Resident[] {
  const found: Resident[] = [];
  for (const slot of draft.slots.values()) {
    const { phase, model } = slot;
    if (phase.kind !== 'ready' || phase.leaving !== null || (which === 'idle' && phase.users > 0)) continue;
    const idleSinceMs = phase.users === 0 ? phase.idleSinceMs : draft.nowMs;
    found.push({ id: model.id, bytes: phase.reservedBytes, idleSinceMs, keep: model.idleMs === null });
  }
  return found;
}

function stopById(draft: SchedulerDraft, id: string): number {
  const slot = draft.slots.get(id);
  if (slot === undefined) return 0;
  draft.stop(slot, 'evicted');
  return reservedBytes(slot);
}

/** Makes enough models leave with their last user. Where loads are in the way too, their end is waited for first. */
function askToLeave(draft: SchedulerDraft, forModel: string, missingBytes: number): void {
  for (const id of chooseEvictions(residents(draft, 'all'), missingBytes, 0) ?? []) {
    const slot = draft.slots.get(id);
    if (slot?.phase.kind !== 'ready') continue;
    draft.update(slot, { phase: { ...slot.phase, leaving: { kind: 'room', forModel } } });
  }
}

/** Models that grew beyond the budget are answered for by the idle ones. */
function repayOverdraft(draft: SchedulerDraft): void {
  const free = draft.limits.budgetBytes - totalReservedBytes(draft.slots.values()) + comingBytes(draft);
  if (free >= 0) return;
  const idle = residents(draft, 'idle');
  for (const id of chooseEvictions(idle, 0, free) ?? idle.map((resident) => resident.id)) stopById(draft, id);
}
