import type { ThreadChoice } from './context.ts';

/** A loaded model that can be measured. */
export interface CalibrationProbe {
  use(choice: ThreadChoice): void;
  /** Evaluates so many tokens in one step. */
  step(rows: number): void;
  /** Milliseconds on the clock, and of the processors' time that this process used. */
  now(): { readonly wallMs: number; readonly cpuMs: number };
}

/** What was found. */
export interface Calibration {
  readonly choice: ThreadChoice;
  /** Others used the processors meanwhile: one thread was chosen to be safe, and the figures say nothing about a quiet machine. */
  readonly busy: boolean;
  /** In one sentence, for the log. */
  readonly reason: string;
}

/** Measuring goes on no longer than this once every number of threads had its turn. */
const ENOUGH_MS = 1500;
const MOST_ROUNDS = 3;
const SINGLE_STEPS = 3;
const BATCH_ROWS = 16;
/** Threads that work spin until the slowest is done: on a quiet machine each uses nearly all of the time. */
const QUIET_SHARE = 0.85;
/** More threads must gain so much, since others could use them too. */
const LEAST_GAIN = 1.05;

interface Timing {
  readonly threads: number;
  singleMs: number;
  batchMs: number;
}

/** Measures which of up to `most` threads are fastest for single tokens and for batches, in a second or two. */
export function calibrate(probe: CalibrationProbe, most: number): Calibration {
  const timings = candidates(most).map((threads): Timing => ({ threads, singleMs: Infinity, batchMs: Infinity }));
  const start = probe.now();
  let share = 1;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (const timing of timings) share = Math.min(share, measure(probe, timing));
    if (share < QUIET_SHARE || probe.now().wallMs - start.wallMs > ENOUGH_MS) break;
  }
  if (share < QUIET_SHARE) {
    return {
      choice: { threads: 1, batchThreads: 1, poll: 0 },
      busy: true,
      reason: `the machine was busy while threads were measured (they got ${Math.round(share * 100)} % of the time): one thread, measured again at the next load`,
    };
  }
  const single = fastest(timings, ({ singleMs }) => singleMs);
  const batch = fastest(timings, ({ batchMs }) => batchMs);
  const figures = timings
    .map(({ threads, singleMs, batchMs }) => `${threads}: ${singleMs.toFixed(1)} and ${batchMs.toFixed(1)} ms`)
    .join('; ');
  return {
    choice: { threads: single, batchThreads: batch, poll: 0 },
    busy: false,
    reason: `${single} of ${most} threads for one answer, ${batch} for several and for prompts (a token and ${BATCH_ROWS} tokens took with ${figures})`,
  };
}

/** One, then doubled, and all of them. */
function candidates(most: number): number[] {
  const counts: number[] = [];
  for (let threads = 1; threads < most; threads *= 2) counts.push(threads);
  return [...counts, most];
}

/** Improves a timing and returns which share of the time its threads worked. */
function measure(probe: CalibrationProbe, timing: Timing): number {
  const { threads } = timing;
  probe.use({ threads, batchThreads: threads, poll: 0 });
  // The first step with new threads starts them.
  probe.step(1);
  const start = probe.now();
  let last = start.wallMs;
  for (let count = 0; count < SINGLE_STEPS; count++) {
    probe.step(1);
    const { wallMs } = probe.now();
    timing.singleMs = Math.min(timing.singleMs, wallMs - last);
    last = wallMs;
  }
  probe.step(BATCH_ROWS);
  const end = probe.now();
  timing.batchMs = Math.min(timing.batchMs, end.wallMs - last);
  const wall = end.wallMs - start.wallMs;
  return wall === 0 ? 1 : (end.cpuMs - start.cpuMs) / wall / threads;
}

/** The fewest threads that nobody beats clearly. */
function fastest(timings: readonly Timing[], ms: (timing: Timing) => number): number {
  const best = Math.min(...timings.map(ms));
  return timings.find((timing) => ms(timing) <= best * LEAST_GAIN)?.threads ?? 1;
}
