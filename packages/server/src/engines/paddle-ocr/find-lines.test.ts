import { expect, test } from 'vitest';
import { bandsOf, detectionSize, findLines } from './find-lines.ts';
import type { Corners, OcrModels } from './models.ts';

const corners = (left: number, top: number, right: number, bottom: number): Corners => [
  { x: left, y: top }, { x: right, y: top }, { x: right, y: bottom }, { x: left, y: bottom },
]; // prettier-ignore

const OPTIONS = { mostPixels: 1_000_000, signal: new AbortController().signal };

/** A detector that finds black rows of pixels: one line for each run of them. */
const rowFinder: OcrModels = {
  async detect(image) {
    const found: Corners[] = [];
    const isBlack = (y: number): boolean =>
      y < image.height && (image.data[(y * image.width + image.width / 2) * 3] ?? 255) < 128;
    for (let y = 0; y < image.height; y++) {
      if (!isBlack(y) || (y > 0 && isBlack(y - 1))) continue;
      let end = y;
      while (isBlack(end)) end++;
      found.push(corners(0, y, image.width, end));
    }
    return Promise.resolve(found);
  },
  upsideDown: () => Promise.resolve(0),
  recognise: () => Promise.resolve({ text: '', confidence: 0 }),
  release: () => Promise.resolve(),
};

test('text is looked for at a size of multiples of 32, within the pixels allowed', () => {
  expect(detectionSize({ width: 640, height: 480 }, 1_000_000)).toEqual({ width: 640, height: 480 });
  expect(detectionSize({ width: 3000, height: 4000 }, 1_000_000)).toEqual({ width: 864, height: 1152 });
  expect(detectionSize({ width: 5, height: 9 }, 1_000_000)).toEqual({ width: 32, height: 32 });
});

test('only long pictures that would be scaled down are cut into bands', () => {
  expect(bandsOf({ width: 1080, height: 2400 }, 1_000_000)).toHaveLength(1);
  expect(bandsOf({ width: 330, height: 44 }, 1_000_000)).toHaveLength(1);
  expect(bandsOf({ width: 1080, height: 9000 }, 1_000_000)).toHaveLength(6);
});

test('each place of a long picture is the duty of one band, which reaches beyond it', () => {
  const bands = bandsOf({ width: 9000, height: 1000 }, 1_000_000);
  for (const [index, band] of bands.entries()) {
    const next = bands[index + 1];
    expect(next?.from ?? Infinity).toBe(band.to);
    if (next !== undefined) expect(band.left + band.width).toBeGreaterThan(band.to + 90);
    if (index > 0) expect(band.left).toBeLessThan(band.from - 90);
  }
});

test('a picture like a thread takes no more memory and little more time than others', () => {
  for (const height of [400_000, 4_000_000]) {
    const bands = bandsOf({ width: 2, height }, 1_000_000);
    expect(bands.length).toBeLessThanOrEqual(24);
    for (const band of bands) {
      const size = detectionSize(band, 1_000_000);
      expect(size.width * size.height).toBeLessThanOrEqual(1_000_000);
    }
  }
});

test('every line of a long picture is found once, also at the cuts', async () => {
  const [width, height, step] = [400, 6000, 50];
  const data = new Uint8Array(width * height * 3).fill(255);
  for (let top = 10; top < height; top += step) data.fill(0, top * width * 3, (top + 24) * width * 3);
  const found = await findLines({ width, height, data }, rowFinder, OPTIONS);
  const tops = found.map(([topLeft]) => topLeft.y).toSorted((a, b) => a - b);
  expect(tops).toHaveLength(height / step);
  for (const [index, top] of tops.entries()) expect(Math.abs(top - (10 + index * step))).toBeLessThan(6);
});

test('boxes lie in the picture, whatever margin a narrow one was given', async () => {
  const [width, height] = [320, 40];
  const data = new Uint8Array(width * height * 3).fill(0);
  const [line] = await findLines({ width, height, data }, rowFinder, OPTIONS);
  expect(line).toHaveLength(4);
  for (const { x, y } of line ?? []) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(width);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(height);
  }
});

test('a request aborted before it begins runs no network', async () => {
  const pixels = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) };
  const detect = (): Promise<never> => Promise.reject(new Error('the network ran'));
  const signal = AbortSignal.abort(new Error('gone'));
  await expect(findLines(pixels, { ...rowFinder, detect }, { mostPixels: 1_000_000, signal })).rejects.toThrow('gone');
});
