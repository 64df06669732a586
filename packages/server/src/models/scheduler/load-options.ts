import { type Footprint, NO_BYTES, addFootprints, fits } from '../../shared/footprint.ts';
import type { LoadReason } from '../lifecycle/lifecycle-event.ts';
import { everFits, extraFor, isStuck, leastFor, neededFor, waysOf } from './memory-budget.ts';
import type { SchedulerDraft } from './draft.ts';
import type { Refusal } from './state.ts';
import type { Slot, Way } from './slot.ts';

/** One way to bring a model into memory. */
export interface Option {
  /** Null: it is woken. */
  readonly way: Way | null;
  /** What it needs beyond what it already holds. */
  readonly need: Footprint;
}

/** How a model can be brought into memory, best first; none while it is there or on its way. */
export function optionsFor(draft: SchedulerDraft, slot: Slot): readonly Option[] {
  const { phase } = slot;
  if (phase.kind === 'sleeping') return [{ way: null, need: extraFor(phase.reserved, phase.awake) }];
  if (phase.kind !== 'unloaded') return [];
  const attainable = draft.attainable(slot.model.id);
  return waysOf(slot)
    .filter((way) => fits(leastFor(slot, way), attainable))
    .map((way) => ({ way, need: neededFor(slot, way, attainable) }));
}

/** Brings a model into memory; what it needs is free. */
export function bringIn(draft: SchedulerDraft, slot: Slot, option: Option, reason: Exclude<LoadReason, 'asked'>): void {
  if (option.way === null) return draft.startWake(slot);
  const asked = draft.waitersOf(slot.model.id).some((waiter) => waiter.asked);
  draft.startLoad(slot, option.way, option.need, asked ? 'asked' : reason);
}

/** Why the model can never be brought into memory as things are; null where it can. */
export function whyImpossible(draft: SchedulerDraft, slot: Slot): Refusal | null {
  const attainable = draft.attainable(slot.model.id);
  if (everFits(slot, attainable)) return null;
  const need = leastFor(slot, waysOf(slot)[0] ?? { shrunk: false, placement: 0 });
  if (!everFits(slot, draft.limits.budgets)) return { kind: 'never-fits', need };
  const slots = [...draft.slots.values()];
  const pinned = slots.filter((other) => other.model.id !== slot.model.id && isStuck(other));
  const kept = slots.reduce((sum, other) => addFootprints(sum, other.kept), NO_BYTES);
  return { kind: 'no-room', need, pinned: pinned.map(({ model }) => model.id), kept };
}
