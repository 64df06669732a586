import type { Footprint } from '../shared/footprint.ts';
import { type Resident, chooseEvictions, expectedLoss } from './evict.ts';
import { reuseRate } from './usage.ts';

/** A model comes back only when it is worth so many times those that go for it, so that equals don't take turns. */
const MARGIN = 1.5;
/** Nor does it when it is expected only after so many times the time that it takes to load. */
const FARTHEST_LOADS = 100;

/**
 * Names the unloaded model that is best loaded now, while nobody waits, because it is expected to be missed more than
 * what would have to go for it; null for none. `away` are the unloaded models, with what they would hold, but for those
 * that already came back once since they were last used. The caller ends such a load as soon as a request needs its
 * room.
 */
export function chooseReturn(
  away: readonly Resident[],
  residents: readonly Resident[],
  free: Footprint,
  nowMs: number,
): string | null {
  let best: { readonly id: string; readonly gain: number } | null = null;
  for (const one of away) {
    if (one.usage.lastMs === null || reuseRate(one.usage, nowMs) * one.reloadMs * FARTHEST_LOADS < 1_000) continue;
    const going = chooseEvictions(residents, one.held, free, nowMs);
    if (going === null) continue;
    const loss = residents
      .filter(({ id }) => going.includes(id))
      .reduce((sum, resident) => sum + expectedLoss(resident, nowMs), 0);
    const gain = expectedLoss(one, nowMs) - MARGIN * loss;
    if (gain > (best?.gain ?? 0)) best = { id: one.id, gain };
  }
  return best?.id ?? null;
}
