import { expect, test } from 'vitest';
import type { DecodedImage } from './decode-image.ts';
import type { Corners, OcrModels } from './models.ts';
import { readPage, tidySpaces } from './read-page.ts';
import { parseSettings } from './settings.ts';

const SETTINGS = parseSettings({});
const never = new AbortController().signal;

/** A page of 640 × 320 pixels, shown at twice that size. */
const PICTURE: DecodedImage = {
  width: 1280,
  height: 640,
  pixels: { width: 640, height: 320, data: new Uint8Array(640 * 320 * 3).fill(255) },
};

const box = (left: number, top: number, width: number, height: number): Corners => [
  { x: left, y: top }, { x: left + width, y: top }, { x: left + width, y: top + height }, { x: left, y: top + height },
]; // prettier-ignore

interface Fake {
  readonly boxes: readonly Corners[];
  /** What the classifier says of each box, in order. */
  readonly upsideDown: readonly number[];
  /** What the recogniser says, call by call. */
  readonly readings: readonly (readonly [text: string, confidence: number])[];
}

function fakeModels({ boxes, upsideDown, readings }: Fake): OcrModels & { calls: number } {
  let classified = 0;
  return {
    calls: 0,
    detect: () => Promise.resolve(boxes),
    upsideDown: () => Promise.resolve(upsideDown[classified++] ?? 0),
    recognise() {
      const [text, confidence] = readings[this.calls++] ?? ['', 0];
      return Promise.resolve({ text, confidence });
    },
    release: () => Promise.resolve(),
  };
}

test('boxes are told in pixels of the displayed picture', async () => {
  const models = fakeModels({ boxes: [box(100, 100, 200, 40)], upsideDown: [0], readings: [['hello', 0.98]] });
  const page = await readPage(PICTURE, models, SETTINGS, never);
  expect(page).toMatchObject({ width: 1280, height: 640, rotation: 0 });
  const [topLeft, , bottomRight] = page.lines[0]?.box ?? [];
  expect(topLeft).toEqual([200, 206]);
  expect(bottomRight).toEqual([600, 274]);
});

test('an upside-down page is read from its end, and its boxes begin at their lower right', async () => {
  const models = fakeModels({
    boxes: [box(100, 50, 300, 40), box(100, 150, 300, 40)],
    upsideDown: [0.97, 0.99],
    readings: [['second', 0.98], ['first', 0.98]], // prettier-ignore
  });
  const page = await readPage(PICTURE, models, SETTINGS, never);
  expect(page.rotation).toBe(180);
  expect(page.lines.map(({ text }) => text)).toEqual(['first', 'second']);
  expect(page.lines[0]?.box[0]).toEqual([800, 374]);
});

test('a short line follows its page where the classifier errs', async () => {
  const models = fakeModels({
    boxes: [box(100, 50, 400, 40), box(100, 150, 40, 40)],
    upsideDown: [0.02, 0.9],
    readings: [['a long line', 0.98], ['9', 0.97], ['6', 0.99]], // prettier-ignore
  });
  const page = await readPage(PICTURE, models, SETTINGS, never);
  expect(page.lines.map(({ text }) => text)).toEqual(['a long line', '9']);
  expect(page.rotation).toBe(0);
});

test('one line that is upside down on an upright page is read all the same', async () => {
  const models = fakeModels({
    boxes: [box(100, 50, 400, 40), box(100, 150, 200, 40)],
    upsideDown: [0.02, 0.99],
    readings: [['upright', 0.98], ['uʍop', 0.41], ['down', 0.97]], // prettier-ignore
  });
  const page = await readPage(PICTURE, models, SETTINGS, never);
  expect(page.lines.map(({ text }) => text)).toEqual(['upright', 'down']);
  expect(page.rotation).toBe(0);
});

test('what is hardly read, and what is read as nothing, is left out', async () => {
  const models = fakeModels({
    boxes: [box(100, 50, 200, 40), box(100, 150, 200, 40)],
    upsideDown: [0, 0],
    readings: [['dust', 0.2], ['', 0], ['  ', 0.99]], // prettier-ignore
  });
  expect((await readPage(PICTURE, models, SETTINGS, never)).lines).toEqual([]);
});

test('an aborted request reads no further line', async () => {
  const leaving = new AbortController();
  const models = fakeModels({
    boxes: [box(100, 50, 200, 40), box(100, 150, 200, 40)],
    upsideDown: [0, 0],
    readings: [['one', 0.99], ['two', 0.99]], // prettier-ignore
  });
  const { recognise } = models;
  models.recognise = function (crop) {
    setImmediate(() => leaving.abort(new Error('gone')));
    return recognise.call(this, crop);
  };
  await expect(readPage(PICTURE, models, SETTINGS, leaving.signal)).rejects.toThrow('gone');
  expect(models.calls).toBe(1);
});

test('full-width punctuation carries no spaces of its own', () => {
  expect(tidySpaces('苹果 （散称）， 两个 ')).toBe('苹果（散称），两个');
  expect(tidySpaces('Room 302, 三楼')).toBe('Room 302, 三楼');
});
