import type { LivePlan, SchedulerState } from './scheduler-state.ts';

/** The models of the steps to come, without repeats, in order. */
export function modelsToCome({ models, at }: LivePlan): readonly string[] {
  return [...new Set(models.slice(at + 1))];
}

/** Models that running plans use now or will need: they are evicted after all others. */
export function protectedModels(state: Pick<SchedulerState, 'plans'>): ReadonlySet<string> {
  return new Set([...state.plans.values()].flatMap(({ models, at }) => models.slice(Math.max(0, at))));
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
