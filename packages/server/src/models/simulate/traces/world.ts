import type { Random } from '../random.ts';
import type { SimulatedModel } from '../trace.ts';

/** A kind of machine: how large its models are, how long they load, and how fast requests come to it. */
export interface World {
  readonly name: string;
  readonly leastBytes: number;
  readonly mostBytes: number;
  readonly leastLoadMs: number;
  readonly mostLoadMs: number;
  readonly stopMs: number;
  /** Gaps between requests, and how long they hold a model, are so many times those of a small machine. */
  readonly pace: number;
}

const GB = 1e9;

/** Models on a CPU, as this server's own. */
export const laptop: World = {
  name: 'laptop',
  leastBytes: 0.1 * GB,
  mostBytes: 2.5 * GB,
  leastLoadMs: 300,
  mostLoadMs: 8_000,
  stopMs: 200,
  pace: 1,
};

/** Models of vLLM and llama-server on a pair of large GPUs. */
export const gpuPair: World = {
  name: 'gpu-pair',
  leastBytes: 5 * GB,
  mostBytes: 20 * GB,
  leastLoadMs: 5_000,
  mostLoadMs: 60_000,
  stopMs: 1_000,
  pace: 8,
};

/** So many models of the world; size and load time have nothing to do with each other, nor with the name. */
export function modelsOf(world: World, count: number, random: Random): SimulatedModel[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `model-${String.fromCharCode(97 + at)}`,
    bytes: Math.round(random.logBetween(world.leastBytes, world.mostBytes)),
    loadMs: Math.round(random.logBetween(world.leastLoadMs, world.mostLoadMs)),
    stopMs: world.stopMs,
  }));
}
