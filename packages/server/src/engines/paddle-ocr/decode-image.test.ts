import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeImage } from './decode-image.ts';

const LIMITS = { maxPixels: 1_000_000, workingPixels: 250_000 };

const plain = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: background.length > 7 ? 4 : 3, background } });

/** A chunk of a PNG file; its checksum is left zero, because the header is judged before. */
function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
}

function pngClaiming(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    magic,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(16))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test.each(['png', 'jpeg', 'webp'] as const)('a %s picture becomes rows of red, green and blue', async (format) => {
  const decoded = await decodeImage(await plain(12, 8, '#ff0000').toFormat(format).toBuffer(), LIMITS);
  expect(decoded).toMatchObject({ width: 12, height: 8, pixels: { width: 12, height: 8 } });
  const [red = 0, green = 0, blue = 0] = decoded.pixels.data;
  expect(decoded.pixels.data).toHaveLength(12 * 8 * 3);
  expect([red > 240, green < 16, blue < 16]).toEqual([true, true, true]);
});

test('a grey picture of 16 bits per pixel becomes rows of red, green and blue', async () => {
  const encoded = await plain(9, 9, '#808080').toColourspace('grey16').png().toBuffer();
  const decoded = await decodeImage(encoded, LIMITS);
  expect(decoded.pixels.data).toHaveLength(9 * 9 * 3);
  expect(Math.abs((decoded.pixels.data[0] ?? 0) - 128)).toBeLessThan(3);
});

test('the picture is turned as its EXIF orientation says', async () => {
  const encoded = await plain(40, 20, '#00ff00').withMetadata({ orientation: 6 }).jpeg().toBuffer();
  expect(await decodeImage(encoded, LIMITS)).toMatchObject({
    width: 20,
    height: 40,
    pixels: { width: 20, height: 40 },
  });
});

test('transparent pixels are white, and black around a white drawing', async () => {
  const empty = await plain(60, 60, '#00000000')
    .composite([{ input: await plain(9, 9, '#101010').png().toBuffer() }])
    .png()
    .toBuffer();
  const white = await plain(60, 60, '#00000000')
    .composite([{ input: await plain(9, 9, '#ffffff').png().toBuffer() }])
    .png()
    .toBuffer();
  expect((await decodeImage(empty, LIMITS)).pixels.data.at(0)).toBe(255);
  expect((await decodeImage(white, LIMITS)).pixels.data.at(0)).toBe(0);
});

test('a large picture is scaled down, and its own size is still told', async () => {
  const decoded = await decodeImage(await plain(1000, 1000, '#123456').png().toBuffer(), LIMITS);
  expect(decoded).toMatchObject({ width: 1000, height: 1000, pixels: { width: 500, height: 500 } });
});

test('a picture with more pixels than allowed is refused by its header', async () => {
  await expect(decodeImage(pngClaiming(60_000, 60_000), LIMITS)).rejects.toMatchObject({
    code: 'too_large',
    message: expect.stringContaining('60000 × 60000') as string,
  });
});

test('a picture of no pixels or of one is empty', async () => {
  await expect(decodeImage(pngClaiming(0, 5), LIMITS)).rejects.toMatchObject({ code: 'empty_media' });
  await expect(decodeImage(await plain(1, 1, '#ffffff').png().toBuffer(), LIMITS)).rejects.toMatchObject({
    code: 'empty_media',
  });
  await expect(decodeImage(new Uint8Array(0), LIMITS)).rejects.toMatchObject({ code: 'empty_media' });
});

test('damaged files and other formats are refused', async () => {
  const png = await plain(50, 50, '#00ff00').png().toBuffer();
  const gif = await plain(5, 5, '#00ff00').gif().toBuffer();
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  const jpeg = await plain(300, 300, '#00ff00').jpeg().toBuffer();
  for (const bytes of [png.subarray(0, 60), pngClaiming(50, 50), gif, svg, jpeg.subarray(0, jpeg.length / 2)]) {
    await expect(decodeImage(bytes, LIMITS)).rejects.toMatchObject({ code: 'invalid_media' });
  }
});
