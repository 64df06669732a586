import { expectedLoss } from './evict.ts';
import { residents } from './residents.ts';
import type { SchedulerDraft } from './draft.ts';
import type { SchedulerState, Waiter } from './state.ts';
import { type Slot, expectedReturnMs, isAway } from './slot.ts';
import { isKnown } from './usage.ts';

/** A turn lasts so much of the load that a request waits for, and never longer than its patience. */
const TURN_OF_LOAD = 0.5;
/** So often during a turn it is asked whether it is still worth it. */
const LOOKS = 4;

/**
 * Until when the idle models that should make room for a request are spared, in milliseconds since the epoch. Two
 * programs that alternate between two models would else pay two loads for each pair of requests: a model that was just
 * loaded serves for a moment first, as long as its next requests are expected to save more waiting than those who wait
 * for the other model spend on it.
 */
export function turnEndsMs(draft: SchedulerDraft, waiter: Waiter, ids: readonly string[]): number {
  const waiting = draft.waitersOf(waiter.modelId);
  if (draft.limits.turns === false || waiting.some(({ priority }) => priority === 'high')) return 0;
  const saved = residents(draft, null)
    .filter(({ id, usage }) => ids.includes(id) && draft.slots.get(id)?.phase.kind === 'ready' && isKnown(usage))
    .reduce((sum, one) => sum + expectedLoss(one, draft.nowMs), 0);
  if (saved <= 1_000 * waiting.length) return 0;
  const turnMs = turnOf(draft, waiter.modelId);
  return Math.max(...ids.map((id) => readySinceMs(draft.slots.get(id)) + turnMs));
}

/** When the scheduler looks again whether those who are spared for a waiting request still should be. */
export function turnLooksMs(state: SchedulerState): readonly number[] {
  if (state.limits.turns === false) return [];
  const ready = [...state.slots.values()].filter(({ phase }) => phase.kind === 'ready' && phase.users === 0);
  const turnsMs = [...new Set(state.waiters.map(({ modelId }) => modelId))]
    .filter((id) => isAway(state.slots.get(id)))
    .map((id) => turnOf(state, id));
  return ready.flatMap((slot) =>
    turnsMs.flatMap((turnMs) =>
      Array.from({ length: LOOKS }, (_, look) => readySinceMs(slot) + Math.ceil((turnMs * (look + 1)) / LOOKS)),
    ),
  );
}

function turnOf({ slots, limits }: Pick<SchedulerState, 'slots' | 'limits'>, modelId: string): number {
  const slot = slots.get(modelId);
  return slot === undefined ? 0 : Math.min(limits.patienceMs, TURN_OF_LOAD * expectedReturnMs(slot));
}

function readySinceMs(slot: Slot | undefined): number {
  return slot?.phase.kind === 'ready' ? slot.phase.sinceMs : Number.NEGATIVE_INFINITY;
}
