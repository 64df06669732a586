import { firstOfEach, patienceEndsMs } from './queue.ts';
import type { SchedulerDraft } from './draft.ts';
import { type Slot, concurrencyOf, expectedLoadMs, expectedReturnMs, isAway } from './slot.ts';

/** Before the first lease of a model was given back. */
const GUESSED_HOLD_MS = 15_000;

/** In how many milliseconds the first so many leases of a model will have ended, by what was measured of it; 0 for none. */
export function leaseEnds(draft: SchedulerDraft, slot: Slot): (count: number) => number {
  const { nowMs } = draft;
  const ages = slot.phase.kind === 'ready' ? slot.grantedMs.map((atMs) => nowMs - atMs) : [];
  // Where one is held for longer than those before, leases have become longer.
  const holdMs = Math.max(holdOf(slot), ...ages);
  const untilMs = untilServingMs(draft, slot);
  const seats = Array.from({ length: concurrencyOf(slot) }, (_, seat) => {
    const age = ages[seat] ?? 0;
    return untilMs + (untilMs > 0 ? holdMs : leftOf(holdMs, age));
  }).sort((a, b) => a - b);
  return (count) => {
    if (count <= 0) return 0;
    const rounds = Math.floor((count - 1) / seats.length);
    return (seats[(count - 1) % seats.length] ?? 0) + rounds * holdMs;
  };
}

function holdOf(slot: Slot): number {
  return slot.holdMs ?? GUESSED_HOLD_MS;
}

/** Until the model serves; 0 where it does. */
function untilServingMs(draft: SchedulerDraft, slot: Slot): number {
  const { phase } = slot;
  switch (phase.kind) {
    case 'ready':
      if (phase.leaving === null) return 0;
      return (
        holdOf(slot) +
        (phase.leaving.kind === 'room' ? turnMs(draft, phase.leaving.forModel) : 0) +
        expectedLoadMs(slot)
      );
    case 'loading':
      return leftOf(expectedLoadMs(slot), draft.nowMs - phase.sinceMs);
    case 'waking':
      return leftOf(expectedReturnMs(slot), draft.nowMs - phase.sinceMs);
    case 'sleeping':
    case 'falling-asleep':
      return roomMs(draft, slot) + expectedReturnMs(slot);
    case 'unloaded':
    case 'unloading':
      return roomMs(draft, slot) + expectedLoadMs(slot);
    default:
      return phase satisfies never;
  }
}

/** What takes longer than expected may take half as long again. */
function leftOf(expectedMs: number, passedMs: number): number {
  return Math.max(1, expectedMs > passedMs ? expectedMs - passedMs : passedMs / 2);
}

/** For how long a model takes the room of another once it may: until it is loaded, serves for a while, and leaves. */
function turnMs(draft: SchedulerDraft, modelId: string): number {
  const slot = draft.slots.get(modelId);
  return slot === undefined ? 0 : expectedLoadMs(slot) + draft.limits.patienceMs + holdOf(slot);
}

/** Until there is room for a model that is not in memory: for those before it in the queue, then for itself. */
function roomMs(draft: SchedulerDraft, slot: Slot): number {
  const { limits, nowMs } = draft;
  const firsts = firstOfEach(draft.waiters);
  const own = firsts.findIndex(({ modelId }) => modelId === slot.model.id);
  const before = (own < 0 ? firsts : firsts.slice(0, own)).filter(({ modelId }) => isAway(draft.slots.get(modelId)));
  const turnsMs = before.reduce((sum, { modelId }) => sum + turnMs(draft, modelId), 0);
  const others = [...draft.slots.values()].filter((other) => other !== slot);
  // What goes already is as good as gone.
  if (others.some(({ phase }) => phase.kind === 'unloading')) return turnsMs;
  const busy = others.filter(({ phase }) => phase.kind === 'ready' && phase.users > 0);
  const longestMs = Math.max(0, ...busy.map(holdOf));
  if (busy.some(({ phase }) => phase.kind === 'ready' && phase.leaving !== null)) return turnsMs + longestMs;
  const [first] = own < 0 ? [] : firsts.slice(own);
  const patienceMs = first === undefined ? limits.patienceMs : patienceEndsMs(first, limits.patienceMs) - nowMs;
  return turnsMs + (busy.length === 0 ? 0 : Math.max(0, patienceMs) + longestMs);
}
