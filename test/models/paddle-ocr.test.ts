import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { OcrEvent } from '../../packages/server/src/engines/engine.ts';
import type { EngineProcess } from '../../packages/server/src/engines/engine-process.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { CatalogueEntry } from '../../packages/server/src/models/catalogue/catalogue-schema.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { syllableErrorRate } from './error-rate.ts';
import { weightFile } from './weights.ts';

const IMAGES = new URL('../fixtures/images/', import.meta.url);

interface Expected {
  readonly width: number;
  readonly height: number;
  readonly rotation: number;
  readonly lines: readonly string[];
}

const expected = JSON.parse(readFileSync(new URL('expected.json', IMAGES), 'utf8')) as Record<string, Expected>;
const entry = CatalogueEntry.parse(
  parse(readFileSync(new URL('../../packages/server/catalogue/ppocr-v5-mobile.yaml', import.meta.url), 'utf8')),
);
const files = Object.fromEntries(entry.files.map(({ name }) => [name, weightFile(name)]));
const ready = Object.values(files).every((path) => path !== null);
if (!ready) console.log('skipped: PP-OCRv5 on pictures (run npm test, which brings the weights)');

function startOcr(settings: Readonly<Record<string, unknown>> = {}): Promise<EngineProcess<'ocr'>> {
  return startWorker<'ocr'>({
    engine: 'paddle-ocr',
    options: {
      modelId: entry.id,
      files: files as Record<string, string>,
      settings: { ...entry.settings, ...settings },
      threads: 1,
      gpus: [],
      state: null,
    },
    log: silentLog,
    signal: new AbortController().signal,
  });
}

const picture = (name: string): Uint8Array => readFileSync(new URL(name, IMAGES));

async function read(
  engine: EngineProcess<'ocr'>,
  image: Uint8Array,
  signal = new AbortController().signal,
): Promise<OcrEvent> {
  const events: OcrEvent[] = [];
  for await (const event of engine.run({ image }, signal)) events.push(event);
  expect(events).toHaveLength(1);
  return events[0]!;
}

/** Characters without spaces; punctuation and case count. */
const characters = (lines: readonly string[]): string[] => Array.from(lines.join('').replace(/\s/gu, ''));

/** Characters read wrongly per character written. */
function errorRate(page: OcrEvent, lines: readonly string[]): number {
  const found = characters(page.lines.map(({ text }) => text));
  return lines.length === 0 ? found.length : syllableErrorRate(characters(lines), found);
}

describe.skipIf(!ready)('PP-OCRv5 in a process of its own', () => {
  let engine: EngineProcess<'ocr'>;

  beforeAll(async () => {
    engine = await startOcr();
  });
  afterAll(async () => {
    await engine.close();
  });

  test.each(Object.entries(expected))(
    '%s is read in order, at most 1 %% of its characters wrong',
    async (name, wanted) => {
      const page = await read(engine, picture(name));
      expect(page).toMatchObject({ width: wanted.width, height: wanted.height, rotation: wanted.rotation });
      expect(errorRate(page, wanted.lines)).toBeLessThanOrEqual(0.01);
      expect(page.lines).toHaveLength(wanted.lines.length);
    },
  );

  test('words of an English screenshot keep the spaces between them', async () => {
    const { lines } = await read(engine, picture('settings.png'));
    expect(lines.map(({ text }) => text)).toContain('Signed in as alex.chen@example.com');
    expect(lines.map(({ text }) => text)).toContain('94.2 GB of 128 GB');
  });

  test('boxes lie where the text stands, and on an upside-down page begin at its right', async () => {
    const upright = await read(engine, picture('poster.webp'));
    const title = upright.lines.find(({ text }) => text === '周末音乐节');
    const [[left, top], [right], [, bottom]] = title!.box;
    expect([left, right].map((x) => Math.round(x / 40))).toEqual([130, 510].map((x) => Math.round(x / 40)));
    expect(top).toBeGreaterThan(20);
    expect(bottom).toBeLessThan(150);
    const turned = await read(engine, picture('upside-down.png'));
    const heading = turned.lines[0]!;
    expect(heading.text).toBe('会议纪要');
    expect(heading.box[0][0]).toBeGreaterThan(heading.box[1][0]);
    expect(heading.box[0][1]).toBeGreaterThan(heading.box[3][1]);
  });

  test('a page photographed at a slant is read', async () => {
    const slanted = await sharp(Buffer.from(picture('receipt.png')))
      .rotate(-8, { background: '#bbbbbb' })
      .jpeg()
      .toBuffer();
    expect(errorRate(await read(engine, slanted), expected['receipt.png']!.lines)).toBeLessThanOrEqual(0.03);
  });

  test('pages turned by a quarter either way are read in order', async () => {
    for (const degrees of [90, 270]) {
      const turned = await sharp(Buffer.from(picture('poster.webp')))
        .rotate(degrees)
        .png()
        .toBuffer();
      expect(errorRate(await read(engine, turned), expected['poster.webp']!.lines)).toBeLessThanOrEqual(0.03);
    }
  });

  test('damaged and empty pictures are refused, and the next one is read', async () => {
    const png = picture('receipt.png');
    const damaged = Buffer.concat([png.subarray(0, 2_000), Buffer.alloc(3_000, 7)]);
    await expect(read(engine, damaged)).rejects.toMatchObject({ code: 'invalid_media' });
    const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    await expect(read(engine, dot)).rejects.toMatchObject({ code: 'empty_media' });
    expect((await read(engine, picture('transparent.png'))).lines).toHaveLength(2);
  });

  test('a small file that claims 3.6 thousand million pixels is refused by its header', async () => {
    const bomb = Buffer.from(picture('receipt.png'));
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    await expect(read(engine, bomb)).rejects.toMatchObject({ code: 'too_large' });
  });

  test('an aborted request leaves the line, and those behind it are answered', async () => {
    const leaving = new AbortController();
    const first = read(engine, picture('settings.png'));
    const second = read(engine, picture('receipt.png'), leaving.signal);
    const third = read(engine, picture('transparent.png'));
    leaving.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    expect((await first).lines.length).toBeGreaterThan(10);
    expect((await third).lines).toHaveLength(2);
  });

  test('a process killed while it reads fails the request as a crashed model', async () => {
    const doomed = await startOcr();
    const reading = read(doomed, picture('receipt.png'));
    process.kill(doomed.pid, 'SIGKILL');
    await expect(reading).rejects.toMatchObject({ code: 'model_crashed' });
    expect(await doomed.exited).toMatchObject({ signal: 'SIGKILL', expected: false });
  });

  test('a wrong setting fails the load with its name', async () => {
    await expect(startOcr({ maxPixel: 5 })).rejects.toThrow('maxPixel');
  });
});
