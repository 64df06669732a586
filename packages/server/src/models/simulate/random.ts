/** Random numbers that a seed repeats, in the shapes that arrivals have. */
export interface Random {
  /** From 0 (included) to 1. */
  next(): number;
  between(least: number, most: number): number;
  /** Between both, every doubling as likely as the next. */
  logBetween(least: number, most: number): number;
  /** The gap to the next event where events come independently, `mean` apart on average. */
  exponential(mean: number): number;
  /** One of the list. Throws RangeError for an empty one. */
  pick<T>(of: readonly T[]): T;
  /** The place of one of the weights, as likely as its share of their sum. */
  weighted(weights: readonly number[]): number;
}

/** A source of random numbers (mulberry32) that starts from `seed`. */
export function randomFrom(seed: number): Random {
  let at = Math.imul(seed, 0x9e3779b1) | 0;
  const next = (): number => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + (most - least) * next(),
    logBetween: (least, most) => least * (most / least) ** next(),
    exponential: (mean) => -mean * Math.log(1 - next()),
    pick: (of) => {
      const one = of[Math.floor(next() * of.length)];
      if (one === undefined) throw new RangeError('nothing to pick from');
      return one;
    },
    weighted: (weights) => {
      let left = next() * weights.reduce((sum, weight) => sum + weight, 0);
      const at = weights.findIndex((weight) => (left -= weight) < 0);
      return at === -1 ? weights.length - 1 : at;
    },
  };
}
