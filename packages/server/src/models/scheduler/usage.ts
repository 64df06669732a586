/** The shortest gap that is told apart from shorter ones, in milliseconds. */
const SHORTEST_MS = 250;
/** Gaps fall into bins that double: from a quarter of a second to twelve days. */
const BINS = 22;
/**
 * A gap counts for so much of itself after each later one that is as long, or longer, and after each shorter one: some
 * thirty gaps make the picture, and the rare long ones are not forgotten over a burst of short ones.
 */
const FADING = { forLonger: 0.97, forShorter: 0.99 } as const;
/** From so many gaps on a model is known; older ones are faded, so it takes three. */
const LEAST_GAPS = 2;
/** What an unknown model is thought to do, in gaps seen: any length is as likely as its double. */
const PRIOR_PER_BIN = 2 / BINS;

/**
 * How a model was used until now: when last, and how long the gaps were from a use, or its end, to the next. Plain data of a bounded size;
 * only `recordUse` makes a new one.
 */
export interface Usage {
  /** When a use last began or ended; null before the first. */
  readonly lastMs: number | null;
  /** How many gaps fell into each bin, older ones faded. */
  readonly gaps: readonly number[];
}

/** The usage of a model that was never used. */
export const noUsage: Usage = { lastMs: null, gaps: Array.from({ length: BINS }, () => 0) };

/** The usage after one more use. */
export function recordUse(usage: Usage, nowMs: number): Usage {
  const { lastMs, gaps } = usage;
  if (lastMs === null) return { lastMs: nowMs, gaps };
  const bin = binOf(nowMs - lastMs);
  return { lastMs: nowMs, gaps: gaps.map((count, at) => faded(count, at, bin) + Number(at === bin)) };
}

/**
 * How soon a model is used again, as uses per second: over all spans from now on, the best ratio of the chance that it
 * is used within the span to the time that it is expected to lie there for it (the Gittins index of keeping it). What
 * is known of the gaps is asked only for those longer than the time that has already passed, so a model whose burst is
 * over is told from one that comes every hour.
 */
export function reuseRate(usage: Usage, nowMs: number): number {
  const ageMs = Math.max(SHORTEST_MS, nowMs - (usage.lastMs ?? Number.NEGATIVE_INFINITY));
  let best = 0;
  const left: { weight: number; fromMs: number; toMs: number }[] = [];
  let alive = 0;
  usage.gaps.forEach((count, at) => {
    const toMs = upperMs(at);
    if (toMs <= ageMs) return;
    const lowMs = at === 0 ? SHORTEST_MS / 2 : toMs / 2;
    const fromMs = Math.max(lowMs, ageMs);
    const weight = (count + PRIOR_PER_BIN) * Math.log2(toMs / fromMs);
    left.push({ weight, fromMs, toMs });
    alive += weight;
  });
  let used = 0;
  let waitedMs = 0;
  for (const { weight, fromMs, toMs } of left) {
    used += weight;
    waitedMs += weight * ((fromMs + toMs) / 2 - ageMs);
    const lyingMs = waitedMs + (alive - used) * (toMs - ageMs);
    best = Math.max(best, used / lyingMs);
  }
  return 1_000 * best;
}

/** The usage after a use has ended: what follows is told from then on, so that waiting and working are no part of the gaps. */
export function recordEnd(usage: Usage, nowMs: number): Usage {
  return usage.lastMs === null ? usage : { ...usage, lastMs: nowMs };
}

/** Whether enough uses were seen to expect more like them. */
export function isKnown({ gaps }: Usage): boolean {
  return gaps.reduce((sum, count) => sum + count, 0) >= LEAST_GAPS;
}

/** How densely uses follow each other: the rate at the moment right after one. */
export function densestRate(usage: Usage): number {
  return usage.lastMs === null ? 0 : reuseRate(usage, usage.lastMs);
}

function faded(count: number, at: number, newBin: number): number {
  return count * (at > newBin ? FADING.forShorter : FADING.forLonger);
}

function binOf(gapMs: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.ceil(Math.log2(gapMs / SHORTEST_MS))));
}

/** The longest gap of a bin, in milliseconds. */
function upperMs(bin: number): number {
  return SHORTEST_MS * 2 ** bin;
}
