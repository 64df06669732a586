import { type Footprint, NO_BYTES, fits, totalOf } from '../../shared/footprint.ts';
import { optionsFor } from './load-options.ts';
import { extraFor } from './memory-budget.ts';
import { asleepBytes, makeLeave } from './residents.ts';
import { Room } from './room.ts';
import type { SchedulerDraft } from './draft.ts';
import { awaitedByPlan, inPlan } from './plans.ts';
import type { SchedulerState } from './state.ts';
import { type Slot, stayMs } from './slot.ts';

const LOAD_DEADLINE_MS = 5 * 60_000;
const LOAD_DEADLINE_MS_PER_BYTE = 20_000 / 2 ** 30;
/** A sleeping model is ended after so many times its idle time. */
const SLEEP_FACTOR = 6;

/** Ends what is due by time: loads, sleeps and wakes that do not come to an end, loads that nobody wants, idle models. */
export function endDue(draft: SchedulerDraft): void {
  for (const { model } of draft.slots.values()) {
    const slot = draft.slots.get(model.id);
    if (slot === undefined) continue;
    const deadline = deadlineMs(slot);
    if (deadline !== null && draft.nowMs >= deadline) giveUp(draft, slot);
    else endIfDue(draft, slot);
  }
}

function endIfDue(draft: SchedulerDraft, slot: Slot): void {
  const { phase, model } = slot;
  if (phase.kind === 'loading') {
    if (phase.reason === 'asked' || draft.waitersOf(model.id).length > 0) return;
    const wanted = phase.reason === 'return' ? !someoneMustWait(draft) : awaitedByPlan(draft, model.id);
    if (!wanted) draft.stop(slot, 'idle');
  } else if (phase.kind === 'ready' && phase.users === 0 && phase.leaving !== null) {
    if (phase.leaving.kind === 'room') makeLeave(draft, slot, neededBy(draft, phase.leaving.forModel), new Room(draft));
    else draft.stop(slot, phase.leaving.kind === 'asked' ? 'asked' : 'shutdown');
  } else if (draft.nowMs >= (restEndsMs(draft, slot) ?? Infinity)) {
    rest(draft, slot);
  }
}

/** Whether a request waits for a model that is not loaded. */
function someoneMustWait({ waiters, slots }: SchedulerDraft): boolean {
  return waiters.some(({ modelId }) => slots.get(modelId)?.phase.kind !== 'ready');
}

/** An idle model falls asleep where it can, else it ends; a sleeping one ends. */
function rest(draft: SchedulerDraft, slot: Slot): void {
  const { phase } = slot;
  const asleep = asleepBytes(slot);
  const canSleep = asleep !== null && phase.kind === 'ready' && stayMs(slot) !== 0;
  if (canSleep && fits(extraFor(phase.reserved, asleep), draft.free())) draft.putToSleep(slot, asleep, 'idle');
  else draft.stop(slot, 'idle');
}

function giveUp(draft: SchedulerDraft, slot: Slot): void {
  const { phase, model } = slot;
  if (phase.kind === 'unloaded' || phase.kind === 'ready') return;
  const seconds = phase.kind === 'sleeping' ? 0 : Math.round((draft.nowMs - phase.sinceMs) / 1000);
  if (phase.kind === 'loading') {
    const reason = `it did not load within ${seconds} seconds`;
    draft.refuseWaiters(model.id, { kind: 'not-loaded', reason });
    draft.cancelLoad(draft.countFailure(slot, reason), 'overdue');
  } else {
    draft.stop(draft.countFailure(slot, `it did not fall asleep or wake within ${seconds} seconds`), 'idle');
  }
}

/** What a model that waits for room would take. */
function neededBy(draft: SchedulerDraft, modelId: string): Footprint {
  const slot = draft.slots.get(modelId);
  return (slot === undefined ? undefined : optionsFor(draft, slot)[0]?.need) ?? NO_BYTES;
}

/** When a load, a sleep or a wake is given up: 5 minutes and 20 seconds per GiB after its start. */
export function deadlineMs({ phase }: Slot): number | null {
  if (phase.kind !== 'loading' && phase.kind !== 'falling-asleep' && phase.kind !== 'waking') return null;
  return phase.sinceMs + LOAD_DEADLINE_MS + totalOf(phase.reserved) * LOAD_DEADLINE_MS_PER_BYTE;
}

/** When a model without users has rested long enough; null while it is used, wanted, or kept. */
export function restEndsMs(state: Pick<SchedulerState, 'plans' | 'waiters'>, slot: Slot): number | null {
  const { phase, model } = slot;
  const stay = stayMs(slot);
  if (stay === null || inPlan(state, model.id)) return null;
  if (state.waiters.some(({ modelId }) => modelId === model.id)) return null;
  if (phase.kind === 'sleeping') return phase.sinceMs + SLEEP_FACTOR * stay;
  return phase.kind === 'ready' && phase.users === 0 ? phase.idleSinceMs + stay : null;
}
