import { expect, test } from 'vitest';
import { encodeCharsmap } from './charsmap.ts';

/** What a text's first character becomes, walked as SentencePiece and llama.cpp do; null where it stays. */
function replacementOf(charsmap: Uint8Array, text: string): string | null {
  const bytes = Buffer.from(charsmap);
  const size = bytes.readUInt32LE(0);
  const unit = (index: number): number => {
    if (index * 4 >= size) throw new Error('the walk left the array');
    return bytes.readUInt32LE(4 + index * 4);
  };
  const baseOf = (value: number): number => ((value >>> 10) << ((value & 0x200) >> 6)) >>> 0;
  let at = baseOf(unit(0));
  let found: number | null = null;
  for (const byte of Buffer.from(text)) {
    at ^= byte;
    if ((unit(at) & 0x8000_00ff) >>> 0 !== byte) break;
    const isKey = ((unit(at) >> 8) & 1) === 1;
    at ^= baseOf(unit(at));
    if (isKey) found = (unit(at) & 0x7fff_ffff) >>> 0;
  }
  if (found === null) return null;
  const start = 4 + size + found;
  return bytes.toString('utf8', start, bytes.indexOf(0, start));
}

const points = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);

test('every replacement is found again, and nothing else is replaced', () => {
  const map = new Map<number, readonly number[]>();
  for (let index = 0; index < 3000; index += 1) {
    const codePoint = 0xa1 + index * 17;
    if (codePoint < 0xd800 || codePoint > 0xdfff) map.set(codePoint, points(index % 50 === 0 ? '' : `${index % 7}é`));
  }
  map.set(0x1f600, points('smile'));
  map.set(0x41, points('a'));
  const charsmap = encodeCharsmap(map);
  for (const [codePoint, output] of map) {
    expect(replacementOf(charsmap, `${String.fromCodePoint(codePoint)}z`)).toBe(String.fromCodePoint(...output));
  }
  for (const codePoint of [0x42, 0x7f, 0xa2, 0x4e2d, 0x1f601, 0x10ffff]) {
    expect(map.has(codePoint) ? 'replaced' : replacementOf(charsmap, String.fromCodePoint(codePoint))).toBeNull();
  }
});

test('the order in which replacements are told changes no byte', () => {
  const pairs: [number, number[]][] = [
    [0x41, [0x61]],
    [0x200b, []],
    [0xff21, [0x41]],
  ];
  expect(encodeCharsmap(new Map(pairs.toReversed()))).toEqual(encodeCharsmap(new Map(pairs)));
});
