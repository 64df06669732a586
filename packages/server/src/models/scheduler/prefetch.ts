import type { Resident } from './evict.ts';
import { bringIn, optionsFor } from './load-options.ts';
import { evict, evictionFrom, residents } from './residents.ts';
import type { Room } from './room.ts';
import type { SchedulerDraft } from './draft.ts';
import { modelsToCome, stepMs } from './plans.ts';
import type { LivePlan } from './state.ts';
import { reuseRate } from './usage.ts';

/**
 * Loads ahead what begun plans will need, in the order of their steps, while there is room: free memory, or that of idle
 * models that no plan needs and that are used again later, as far as one knows, than the plan comes to its next step.
 */
export function prefetch(draft: SchedulerDraft, room: Room): void {
  if (draft.closing) return;
  for (const plan of draft.plans.values()) {
    if (plan.at >= 0) prefetchFor(draft, plan, room);
  }
}

function prefetchFor(draft: SchedulerDraft, plan: LivePlan, room: Room): void {
  const prefetched = new Set(plan.prefetched);
  for (const id of modelsToCome(plan)) {
    const slot = draft.slots.get(id);
    if (slot === undefined || slot.breaker.kind === 'open' || prefetched.has(id)) continue;
    const options = optionsFor(draft, slot);
    const [first] = options;
    if (first === undefined) continue;
    const fitting = options.find(({ need }) => room.fits(need));
    if (fitting === undefined) {
      const spare = residents(draft, null).filter((one) => goesForPlan(draft, one, plan));
      const eviction = evictionFrom(draft, spare, first.need, room.soon);
      // Later steps would take the room of this one.
      if (eviction === null) break;
      evict(draft, eviction.ids, first.need, room);
      room.claim(first.need);
    } else {
      bringIn(draft, slot, fitting, 'prefetch');
      room.take(fitting.need);
      prefetched.add(id);
    }
  }
  if (prefetched.size > plan.prefetched.size) draft.plans.set(plan.id, { ...plan, prefetched });
}

function goesForPlan(draft: SchedulerDraft, resident: Resident, plan: LivePlan): boolean {
  if (resident.pinned || resident.keep || resident.neededInMs !== null) return false;
  return reuseRate(resident.usage, draft.nowMs) < stepRate(draft, plan);
}

/** How soon the plan's next step uses its model, as uses per second. */
function stepRate(draft: SchedulerDraft, plan: LivePlan): number {
  return 1_000 / Math.max(1, stepMs(draft.slots.get(plan.models[plan.at] ?? '')));
}
