import { expect, test } from 'vitest';
import { OggPages } from './ogg-pages.ts';

test('a page is laid out as RFC 3533 says', () => {
  const pages = new OggPages(7);
  pages.page([Uint8Array.of(1)], { granule: 0n, position: 'first' });
  const page = Buffer.from(pages.page([new Uint8Array(255), Uint8Array.of(9, 9)], { granule: 960n, position: 'last' }));
  expect(page.subarray(0, 4).toString()).toBe('OggS');
  expect(page[5]).toBe(4);
  expect(page.readBigUInt64LE(6)).toBe(960n);
  expect(page.readUInt32LE(14)).toBe(7);
  expect(page.readUInt32LE(18)).toBe(1);
  // A packet of 255 bytes ends with a segment of 0.
  expect([...page.subarray(26, 30)]).toEqual([3, 255, 0, 2]);
  expect(page.length).toBe(30 + 257);
});

test('the checksum is the one of the standard', () => {
  // CRC-32 with polynomial 0x04c11db7, start 0, no reflection ("CRC-32/POSIX" without its length and final inversion), worked out bit by bit.
  const page = new OggPages(0).page([Uint8Array.of(0x61)], { granule: 0n, position: 'middle' });
  const zeroed = Uint8Array.from(page);
  zeroed.fill(0, 22, 26);
  let crc = 0;
  for (const byte of zeroed) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const out = ((crc >>> 31) & 1) ^ ((byte >> bit) & 1);
      crc = ((crc << 1) ^ (out === 1 ? 0x04c1_1db7 : 0)) >>> 0;
    }
  }
  expect(Buffer.from(page).readUInt32LE(22)).toBe(crc);
});

test('packets that no page can hold are refused', () => {
  expect(() => new OggPages(0).page([new Uint8Array(255 * 255)], { granule: 0n, position: 'middle' })).toThrow(
    /255 segments/,
  );
});
