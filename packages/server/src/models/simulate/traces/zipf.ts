import { randomFrom } from '../random.ts';
import type { Trace, TraceRequest } from '../trace.ts';
import { type World, modelsOf } from './world.ts';

const MODELS = 14;
const REQUESTS = 2_500;
const SKEW = 0.9;
const MEAN_GAP_MS = 4_000;

/**
 * Independent requests to models of which few are popular: the n-th asked for as 1/n^0.9, arrivals at random moments.
 */
export function zipf(world: World, seed: number): Trace {
  const random = randomFrom(seed);
  const models = modelsOf(world, MODELS, random);
  const weights = models.map((_, rank) => (rank + 1) ** -SKEW);
  const requests: TraceRequest[] = [];
  let atMs = 0;
  while (requests.length < REQUESTS) {
    atMs += random.exponential(MEAN_GAP_MS * world.pace);
    const modelId = models[random.weighted(weights)]?.id ?? '';
    requests.push({ modelId, holdMs: random.logBetween(300, 3_000) * world.pace, after: null, delayMs: atMs });
  }
  return { name: 'zipf', models, requests };
}
