import type { CodePoints } from './gbnf-syntax.ts';

/** Bytes from `from` to `to`, both included. */
export interface Bytes {
  readonly from: number;
  readonly to: number;
}

/** First and last code point of each length in UTF-8; surrogates have none. */
const LENGTHS = [
  { from: 0, to: 0x7f },
  { from: 0x80, to: 0x7ff },
  { from: 0x800, to: 0xd7ff },
  { from: 0xe000, to: 0xffff },
  { from: 0x10000, to: 0x10ffff },
] as const satisfies readonly CodePoints[];

/**
 * The UTF-8 of a range of code points as sequences of byte ranges, each of which stands for all combinations of its bytes
 * (the construction of Ken Thompson's grep and RE2).
 */
export function utf8Ranges({ from, to }: CodePoints): readonly (readonly Bytes[])[] {
  return LENGTHS.flatMap((length) => {
    const [low, high] = [Math.max(from, length.from), Math.min(to, length.to)];
    return low > high ? [] : split(encode(low), encode(high));
  });
}

function encode(code: number): readonly number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), tail(code)];
  if (code < 0x10000) return [0xe0 | (code >> 12), tail(code >> 6), tail(code)];
  return [0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code)];
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f);
}

/** Sequences for all encodings from `low` to `high`, both of the same length. */
function split(low: readonly number[], high: readonly number[]): (readonly Bytes[])[] {
  const [firstLow, firstHigh] = [low[0] as number, high[0] as number];
  if (low.length === 1) return [[{ from: firstLow, to: firstHigh }]];
  const [restLow, restHigh] = [low.slice(1), high.slice(1)];
  const [least, most] = [restLow.map(() => 0x80), restLow.map(() => 0xbf)];
  const led = (from: number, to: number, rests: (readonly Bytes[])[]): (readonly Bytes[])[] =>
    from > to ? [] : rests.map((rest) => [{ from, to }, ...rest]);
  if (firstLow === firstHigh) return led(firstLow, firstLow, split(restLow, restHigh));
  const wholeLow = restLow.every((byte) => byte === 0x80);
  const wholeHigh = restHigh.every((byte) => byte === 0xbf);
  return [
    ...(wholeLow ? [] : led(firstLow, firstLow, split(restLow, most))),
    ...led(wholeLow ? firstLow : firstLow + 1, wholeHigh ? firstHigh : firstHigh - 1, [
      restLow.map(() => ({ from: 0x80, to: 0xbf })),
    ]),
    ...(wholeHigh ? [] : led(firstHigh, firstHigh, split(least, restHigh))),
  ];
}
