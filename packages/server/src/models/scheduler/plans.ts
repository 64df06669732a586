import type { LivePlan, SchedulerState } from './state.ts';
import { type Slot, expectedReturnMs } from './slot.ts';

/** The models of the steps to come, without repeats, in order. */
export function modelsToCome({ models, at }: LivePlan): readonly string[] {
  return [...new Set(models.slice(at + 1))];
}

/** Where nothing is known, a step is thought to take so long. */
const GUESSED_STEP_MS = 5_000;

/** How long a step holds the model, as far as known. */
export function stepMs(slot: Slot | undefined): number {
  return slot?.holdMs ?? GUESSED_STEP_MS;
}

/** In how many milliseconds running plans are expected to need models for steps that have not begun. */
export function neededInMs(state: Pick<SchedulerState, 'plans' | 'slots'>): ReadonlyMap<string, number> {
  const needed = new Map<string, number>();
  for (const { models, at } of state.plans.values()) {
    let ms = 0;
    for (const [step, id] of models.entries()) {
      if (step < at) continue;
      const slot = state.slots.get(id);
      if (step > at) {
        needed.set(id, Math.min(ms, needed.get(id) ?? Infinity));
        if (slot?.phase.kind === 'unloaded') ms += expectedReturnMs(slot);
      }
      ms += stepMs(slot);
    }
  }
  return needed;
}

/** Whether a plan that has begun will need the model, so that it is loaded ahead and kept. */
export function awaitedByPlan(state: Pick<SchedulerState, 'plans'>, modelId: string): boolean {
  for (const plan of state.plans.values()) {
    if (plan.at >= 0 && modelsToCome(plan).includes(modelId)) return true;
  }
  return false;
}

/** Whether a running plan uses the model, has used it or will: it may come to it again, as speech does with each clause. */
export function inPlan(state: Pick<SchedulerState, 'plans'>, modelId: string): boolean {
  for (const plan of state.plans.values()) if (plan.at >= 0 && plan.models.includes(modelId)) return true;
  return false;
}
