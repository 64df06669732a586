import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

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
  if (upper === undefined || lower === undefined || min === undefined || max === undefined) throw new Error('no figures to summarise');
  return { min, median: (upper + lower) / 2, max };
}

/** Runs each of the variants once a round, round after round in turn, so that a drifting machine hits all alike. */
export async function interleave<T>(
  rounds: number,
  variants: Readonly<Record<string, () => Promise<T>>>,
): Promise<Readonly<Record<string, readonly T[]>>> {
  const results: Record<string, T[]> = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(variants)) results[name]?.push(await run());
  }
  return results;
}

/** Ratios of two series, round by round. */
export function ratiosOf(over: readonly number[], under: readonly number[]): number[] {
  return over.map((value, round) => value / (under[round] ?? Number.NaN));
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

/** CPU seconds that a process has used, its waited-for children not included. Linux only; NaN elsewhere. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** What the figures were taken on. */
export function machine(): { readonly cpu: string; readonly cores: number; readonly memoryGib: number; readonly node: string; readonly platform: string } {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
