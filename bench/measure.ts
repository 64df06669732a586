import { cpus, loadavg, totalmem } from 'node:os';

/** Least, middle and greatest of several figures. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Throws when there is nothing to summarise. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  const min = sorted[0];
  const max = sorted.at(-1);
  if (upper === undefined || lower === undefined || min === undefined || max === undefined) {
    throw new Error('no figures to summarise');
  }
  return { min, median: (upper + lower) / 2, max };
}

/** The value that `share` (0 to 1) of the values do not exceed: a value that occurs, by nearest rank. Throws for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new Error('no figures to summarise');
  return found;
}

/**
 * Runs each of the variants once a round, round after round in turn, so that a drifting machine hits all alike. Rounds count
 * from 0.
 */
export async function interleave<Name extends string, T>(
  rounds: number,
  variants: Readonly<Record<Name, (round: number) => Promise<T>>>,
): Promise<Readonly<Record<Name, readonly T[]>>> {
  const names = Object.keys(variants) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) results[name].push(await variants[name](round));
  }
  return results;
}

/** Ratios of two series of as many figures, round by round. Throws when they are of different length. */
export function ratiosOf(over: readonly number[], under: readonly number[]): number[] {
  if (over.length !== under.length) throw new Error(`${over.length} figures cannot be compared with ${under.length}`);
  return over.map((value, round) => value / (under[round] as number));
}

/**
 * How evenly the machine runs: the same fixed piece of arithmetic, timed several times. Milliseconds; a wide spread says that other
 * work disturbed the run.
 */
export function machineNoise(samples = 15): Spread {
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const started = performance.now();
    let state = 1;
    for (let turn = 0; turn < 5_000_000; turn += 1) state = (Math.imul(state, 1664525) + 1013904223) | 0;
    if (state === 0) throw new Error('the arithmetic went wrong');
    times.push(performance.now() - started);
  }
  return spreadOf(times);
}

/** What else the machine was doing. */
export interface Disturbance {
  /** Milliseconds that the same arithmetic took. */
  readonly noiseMs: Spread;
  /** Processes that wanted a core, on average over the last minute; the bench itself counts too. */
  readonly loadAverage: number;
}

/** Takes about a tenth of a second, busy. */
export function disturbance(): Disturbance {
  const [loadAverage = 0] = loadavg();
  return { noiseMs: machineNoise(), loadAverage };
}

/** What the figures were taken on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  readonly platform: string;
}

/** This machine. */
export function thisMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
