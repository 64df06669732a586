/** How a figure grows from step to step. */
export interface Trend {
  readonly perStep: number;
  /** The 95 % confidence interval of it; without end where there are too few figures. */
  readonly low: number;
  readonly high: number;
}

/** Share of the figures at the beginning that is left out: caches and compilers warm up. */
const WARM_UP = 0.2;
/** Neighbouring figures go up and down together, as garbage is collected; means of blocks of them hardly do. */
const BLOCKS = 10;
/** Student's t for 95 % on both sides, by degrees of freedom from 1. */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306] as const;

/** The line of least squares through the means of blocks of the figures, the first of which are left out. */
export function trendOf(figures: readonly number[]): Trend {
  const kept = figures.slice(Math.floor(figures.length * WARM_UP));
  const size = Math.max(1, Math.floor(kept.length / BLOCKS));
  const blocks = Array.from({ length: Math.min(BLOCKS, kept.length) }, (_, block) =>
    mean(kept.slice(block * size, (block + 1) * size)),
  );
  const middle = (blocks.length - 1) / 2;
  const average = mean(blocks);
  const spread = blocks.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  const slope = blocks.reduce((sum, value, index) => sum + (index - middle) * (value - average), 0) / spread;
  const errors = blocks.reduce((sum, value, index) => sum + (value - average - slope * (index - middle)) ** 2, 0);
  const degrees = blocks.length - 2;
  const student = STUDENT[degrees - 1] ?? Number.POSITIVE_INFINITY;
  const error = degrees > 0 ? student * Math.sqrt(errors / degrees / spread) : Number.POSITIVE_INFINITY;
  return { perStep: slope / size, low: (slope - error) / size, high: (slope + error) / size };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
