import { randomFrom } from '../random.ts';
import type { Trace, TraceRequest } from '../trace.ts';
import { type World, modelsOf } from './world.ts';

const MODELS = 14;
const REQUESTS = 2_500;
const QUIET_MS = { least: 60_000, most: 1_200_000 } as const;
const GAP_MS = { least: 1_000, most: 20_000 } as const;
const LENGTH = { least: 3, most: 40 } as const;

/**
 * Each model is asked for in bursts: its own length, speed and mean time between them, all independent of size and
 * cost.
 */
export function bursty(world: World, seed: number): Trace {
  const random = randomFrom(seed);
  const models = modelsOf(world, MODELS, random);
  const requests: TraceRequest[] = [];
  for (const { id } of models) {
    const quietMs = random.logBetween(QUIET_MS.least, QUIET_MS.most) * world.pace;
    const gapMs = random.logBetween(GAP_MS.least, GAP_MS.most) * world.pace;
    const length = random.logBetween(LENGTH.least, LENGTH.most);
    let atMs = random.exponential(quietMs);
    for (let made = 0; made < REQUESTS; atMs += random.exponential(quietMs)) {
      for (let left = Math.ceil(random.exponential(length)); left > 0; left--, made++) {
        requests.push({ modelId: id, holdMs: random.logBetween(300, 3_000) * world.pace, after: null, delayMs: atMs });
        atMs += random.exponential(gapMs);
      }
    }
  }
  return { name: 'bursty', models, requests: requests.toSorted((a, b) => a.delayMs - b.delayMs).slice(0, REQUESTS) };
}
