import { type DeviceId, type Footprint, bytesOn, devicesOf } from '../../shared/footprint.ts';
import { type Usage, densestRate, reuseRate } from './usage.ts';

/** Up to so many models every combination is tried; beyond, the best bytes for the cost go first. */
const MOST_TRIED = 14;

/** A loaded model that may be stopped. */
export interface Resident {
  readonly id: string;
  readonly held: Footprint;
  readonly idleSinceMs: number;
  /** An operator keeps it in memory: it is never chosen. */
  readonly pinned: boolean;
  /** Whether it is configured to stay; such a model goes last. */
  readonly keep: boolean;
  /** In how many milliseconds a running plan is expected to need it; null where none will. */
  readonly neededInMs: number | null;
  /** How long it is expected to take until it is back. */
  readonly reloadMs: number;
  readonly usage: Usage;
}

const NO_LOSS: readonly number[] = [0, 0];

/** A resident as the choice sees it. */
interface Candidate {
  readonly resident: Resident;
  /** Expected waiting: the second place is for models that are configured to stay, and compared first. */
  readonly loss: readonly number[];
  /** Bytes it gives back on each device that lacks some. */
  readonly freed: readonly number[];
}

/**
 * Names the models to stop so that `needed` fits into `free`; an empty list when it fits already, null when it cannot.
 * Chosen is what is expected to be missed least: seconds of reloading times how soon the model is used again, summed
 * over all that go. None goes in vain; a pinned model never goes, and one that is configured to stay
 * only when the others don't suffice. Only devices that `needed` names count, or all of `free`
 * when it names none (an overdraft, negative in `free`, is then repaid).
 */
export function chooseEvictions(
  residents: readonly Resident[],
  needed: Footprint,
  free: Footprint,
  nowMs: number,
): string[] | null {
  return chooseCheapest(residents, needed, free, (resident) => expectedLoss(resident, nowMs));
}

/** The same for any measure of what is lost with a resident, which must not be negative. */
export function chooseCheapest(
  residents: readonly Resident[],
  needed: Footprint,
  free: Footprint,
  lossOf: (resident: Resident) => number,
): string[] | null {
  const missing = missingBytes(needed, free);
  const devices = [...missing.keys()];
  if (devices.length === 0) return [];
  const lacking = [...missing.values()];
  const candidates = residents
    .filter(({ pinned }) => !pinned)
    .map((resident) => candidate(resident, devices, lossOf(resident)))
    .filter(({ freed }) => freed.some((bytes) => bytes > 0))
    .toSorted((a, b) => a.resident.idleSinceMs - b.resident.idleSinceMs);
  if (!covers(candidates, lacking)) return null;
  const chosen = candidates.length <= MOST_TRIED ? cheapest(candidates, lacking) : greedy(candidates, lacking);
  return chosen.map(({ resident }) => resident.id);
}

/** Of a burst no more than so many requests are counted that wait for the same load. */
const MOST_COMPANIONS = 20;

/** What a plan needs at once is needed in this time. */
const SOONEST_MS = 250;

/**
 * Milliseconds of waiting per second that a model's absence is expected to cost: the load, as often as it is used
 * again, by what is known of its past or by what a plan announced. Those who come while it loads wait too, half of it
 * on average.
 */
export function expectedLoss(
  { reloadMs, usage, idleSinceMs, neededInMs }: Pick<Resident, 'reloadMs' | 'usage' | 'idleSinceMs' | 'neededInMs'>,
  nowMs: number,
): number {
  // One that was loaded but not used yet is treated as if it had been used then.
  const known = usage.lastMs === null ? { ...usage, lastMs: idleSinceMs } : usage;
  const companions = Math.min(MOST_COMPANIONS, (reloadMs / 1_000) * densestRate(known));
  const announced = neededInMs === null ? 0 : 1_000 / Math.max(SOONEST_MS, neededInMs);
  return Math.max(1, reloadMs) * Math.max(announced, reuseRate(known, nowMs)) * (1 + companions / 2);
}

function missingBytes(needed: Footprint, free: Footprint): Map<DeviceId, number> {
  const named = devicesOf(needed);
  const missing = new Map<DeviceId, number>();
  for (const device of named.length === 0 ? devicesOf(free) : named) {
    const bytes = bytesOn(needed, device) - bytesOn(free, device);
    if (bytes > 0) missing.set(device, bytes);
  }
  return missing;
}

function candidate(resident: Resident, devices: readonly DeviceId[], cost: number): Candidate {
  return {
    resident,
    loss: resident.keep ? [0, cost] : [cost, 0],
    freed: devices.map((device) => bytesOn(resident.held, device)),
  };
}

function covers(candidates: readonly Candidate[], missing: readonly number[]): boolean {
  return missing.every((bytes, at) => candidates.reduce((sum, { freed }) => sum + (freed[at] ?? 0), 0) >= bytes);
}

/** Every combination, cut short where it already costs more than the best. */
function cheapest(candidates: readonly Candidate[], missing: readonly number[]): readonly Candidate[] {
  let best: readonly Candidate[] = candidates;
  let bestLoss = lossOf(candidates);
  const search = (at: number, chosen: readonly Candidate[], loss: readonly number[]): void => {
    if (compareLosses(loss, bestLoss) >= 0) return;
    if (covers(chosen, missing)) {
      best = chosen;
      bestLoss = loss;
      return;
    }
    const next = candidates[at];
    if (next === undefined || !covers([...chosen, ...candidates.slice(at)], missing)) return;
    search(at + 1, [...chosen, next], addLosses(loss, next.loss));
    search(at + 1, chosen, loss);
  };
  search(0, [], NO_LOSS);
  return withoutVain(best, missing);
}

/** Cheapest per byte that is still missing first, then whatever turns out to be unnecessary is spared. */
function greedy(candidates: readonly Candidate[], missing: readonly number[]): readonly Candidate[] {
  const chosen: Candidate[] = [];
  let left = [...candidates];
  while (!covers(chosen, missing)) {
    const lacking = missing.map((bytes, at) => bytes - chosen.reduce((sum, { freed }) => sum + (freed[at] ?? 0), 0));
    const useful = ({ freed }: Candidate): number =>
      lacking.reduce(
        (sum, bytes, at) => sum + Math.min(1, Math.max(0, freed[at] ?? 0) / Math.max(1, bytes)) * Number(bytes > 0),
        0,
      );
    const [next] = left
      .filter((one) => useful(one) > 0)
      .toSorted((a, b) =>
        compareLosses(
          a.loss.map((cost) => cost / useful(a)),
          b.loss.map((cost) => cost / useful(b)),
        ),
      );
    if (next === undefined) break;
    chosen.push(next);
    left = left.filter((one) => one !== next);
  }
  return withoutVain(chosen, missing);
}

function withoutVain(chosen: readonly Candidate[], missing: readonly number[]): readonly Candidate[] {
  let kept = chosen;
  for (const one of chosen.toSorted((a, b) => compareLosses(b.loss, a.loss))) {
    const without = kept.filter((other) => other !== one);
    if (covers(without, missing)) kept = without;
  }
  return kept;
}

function lossOf(candidates: readonly Candidate[]): readonly number[] {
  return candidates.reduce((sum, { loss }) => addLosses(sum, loss), NO_LOSS);
}

function addLosses(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((cost, at) => cost + (b[at] ?? 0));
}

function compareLosses(a: readonly number[], b: readonly number[]): number {
  for (let at = a.length - 1; at >= 0; at--) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
