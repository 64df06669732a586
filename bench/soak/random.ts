/** Numbers that look drawn by chance and are the same for the same seed. */
export interface Random {
  /** From 0 to less than 1. */
  next(): number;
  /** One of the items. Throws when there are none. */
  pick<T>(items: readonly T[]): T;
  /** A time until the next of events that come by chance, with this mean. */
  pause(mean: number): number;
}

/** Mulberry32: a 32-bit generator, good enough to mix requests. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
    pause: (mean) => -mean * Math.log(1 - next()),
  };
}
