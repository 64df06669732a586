import { expect, test } from 'vitest';
import { decodeAlaw, decodeUlaw, encodeAlaw, encodeUlaw } from './g711.ts';

/** Of ITU-T G.711's tables, as sixteen-bit samples. */
const ULAW: readonly (readonly [byte: number, sample: number])[] = [
  [0x00, -32_124],
  [0x01, -31_100],
  [0x0f, -16_764],
  [0x10, -15_996],
  [0x7e, -8],
  [0x7f, 0],
  [0x80, 32_124],
  [0x8f, 16_764],
  [0xef, 132],
  [0xfe, 8],
  [0xff, 0],
];
const ALAW: readonly (readonly [byte: number, sample: number])[] = [
  [0x00, -5_504],
  [0x2a, -32_256],
  [0x55, -8],
  [0x54, -24],
  [0xd5, 8],
  [0xd4, 24],
  [0xaa, 32_256],
  [0x80, 5_504],
];

test('μ-law bytes stand for the samples of the standard’s table', () => {
  for (const [byte, sample] of ULAW) expect(decodeUlaw(byte) + 0, `byte ${byte}`).toBe(sample);
});

test('A-law bytes stand for the samples of the standard’s table', () => {
  for (const [byte, sample] of ALAW) expect(decodeAlaw(byte), `byte ${byte}`).toBe(sample);
});

test('every byte survives being decoded and encoded again', () => {
  for (let byte = 0; byte < 256; byte += 1) {
    expect(encodeAlaw(decodeAlaw(byte))).toBe(byte);
    // Two bytes of μ-law stand for silence.
    expect(encodeUlaw(decodeUlaw(byte))).toBe(byte === 0x7f ? 0xff : byte);
  }
});

test('every sample comes back nearly as it was, the loudest clipped', () => {
  for (let sample = -32_768; sample < 32_768; sample += 7) {
    const step = Math.max(8, Math.abs(sample) / 16);
    expect(Math.abs(decodeUlaw(encodeUlaw(sample)) - sample)).toBeLessThanOrEqual(Math.max(step, 644));
    expect(Math.abs(decodeAlaw(encodeAlaw(sample)) - sample)).toBeLessThanOrEqual(Math.max(step, 16));
  }
});
