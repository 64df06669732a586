import { type Resident, chooseCheapest } from '../scheduler/evict.ts';
import { bytesOn } from '../../shared/footprint.ts';
import type { Choose } from './concert.ts';
import type { Trace } from './trace.ts';

/** The longest idle go first; whoever turns out to be unnecessary for the room is spared. Looks at RAM only. */
export const leastRecentlyUsed: Choose = (residents, needed, free) => {
  const missing = bytesOn(needed, 'ram') - bytesOn(free, 'ram');
  const chosen: Resident[] = [];
  let freed = 0;
  for (const resident of residents.toSorted((a, b) => a.idleSinceMs - b.idleSinceMs)) {
    if (freed >= missing) break;
    chosen.push(resident);
    freed += bytesOn(resident.held, 'ram');
  }
  if (freed < missing) return null;
  for (const resident of chosen.toReversed()) {
    const bytes = bytesOn(resident.held, 'ram');
    if (freed - bytes < missing) continue;
    freed -= bytes;
    chosen.splice(chosen.indexOf(resident), 1);
  }
  return chosen.map(({ id }) => id);
};

const SOONEST_MS = 100;

/**
 * Knows when each model is asked for next and gives up what costs least for the time until then: Belady's rule with
 * costs and sizes. `arrivedMs` tells when the trace's requests came in an earlier replay; where requests wait for
 * answers that is nearly, not exactly, when they will come. No bound in the strict sense, but about what knowing the
 * future is worth.
 */
export function clairvoyant(trace: Trace, arrivedMs: readonly number[]): Choose {
  const uses = new Map<string, number[]>(trace.models.map(({ id }) => [id, []]));
  trace.requests.forEach(({ modelId }, at) => uses.get(modelId)?.push(arrivedMs[at] ?? Number.NaN));
  for (const times of uses.values()) times.sort((a, b) => a - b);
  const nextUseMs = (id: string, nowMs: number): number => {
    const times = uses.get(id) ?? [];
    let from = 0;
    let to = times.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((times[middle] ?? 0) > nowMs) to = middle;
      else from = middle + 1;
    }
    return times[from] ?? Number.POSITIVE_INFINITY;
  };
  return (residents, needed, free, nowMs) =>
    chooseCheapest(
      residents,
      needed,
      free,
      ({ id, reloadMs }) => reloadMs / Math.max(SOONEST_MS, nextUseMs(id, nowMs) - nowMs),
    );
}
