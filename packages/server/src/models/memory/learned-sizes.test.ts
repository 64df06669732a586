import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../shared/clock.ts';
import { silentLog } from '../../shared/log.ts';
import { type LearnedSizes, openLearnedSizes } from './learned-sizes.ts';
import { testSpec } from '../test-spec.ts';

const GIB = 2 ** 30;
const DAY_MS = 24 * 3_600_000;

let folder: string;
let nowMs: number;
let timers: (() => void)[];
const warnings: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'learned-'));
  nowMs = 1_000;
  timers = [];
  warnings.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const clock: Clock = {
  now: () => nowMs,
  after(_ms, action) {
    timers.push(action);
    return () => {
      timers = timers.filter((each) => each !== action);
    };
  },
};

const open = (version = '1'): Promise<LearnedSizes> =>
  openLearnedSizes({
    path: join(folder, 'learned.json'),
    version,
    clock,
    log: { ...silentLog, warn: (_fields, message) => warnings.push(message) },
  });

const model = testSpec({ id: 'tiny', task: 'chat', settings: { maxSequences: 8, sampling: { a: 1, b: 2 } } });
const life = (ram: number, loadMs = 100) => ({ loaded: { ram }, peak: { ram }, loadMs });

test('before anything was measured the estimate is expected', async () => {
  const learned = await open();
  expect(learned.expected(model, { ram: 5, 'gpu:0': 7 })).toEqual({ ram: 5, 'gpu:0': 7 });
  expect(learned.loadsMs(model)).toEqual([]);
});

test('more than the estimate is expected where it was measured, over restarts too', async () => {
  const first = await open();
  first.record(model, { loaded: { ram: 3 * GIB }, peak: { ram: 3.5 * GIB }, loadMs: 900 });
  await first.close();
  const second = await open();
  expect(second.expected(model, { ram: 3 * GIB })).toEqual({ ram: 3.5 * GIB });
  expect(second.loadsMs(model)).toEqual([900]);
});

test('other settings, another thread count and another version are learned anew; the order of settings means nothing', async () => {
  const learned = await open();
  learned.record(model, life(3 * GIB));
  const estimate = { ram: 2 * GIB };
  expect(learned.expected({ ...model, settings: { ...model.settings, maxSequences: 4 } }, estimate)).toEqual(estimate);
  expect(learned.expected({ ...model, threads: 2 }, estimate)).toEqual(estimate);
  const reordered = { ...model, settings: { sampling: { b: 2, a: 1 }, maxSequences: 8 } };
  expect(learned.expected(reordered, estimate)).toEqual({ ram: 3 * GIB });
  await learned.close();
  expect((await open('2')).expected(model, estimate)).toEqual(estimate);
});

test('one life that took far too much keeps no model from being loaded again, and is forgotten after a few others', async () => {
  const learned = await open();
  const estimate = { ram: 2 * GIB };
  learned.record(model, life(500 * GIB));
  expect(learned.expected(model, estimate)).toEqual({ ram: 4 * GIB });
  for (let count = 0; count < 3; count++) learned.record(model, life(2.5 * GIB));
  expect(learned.expected(model, estimate)).toEqual({ ram: 2.5 * GIB });
});

test('lives that took little do not make room for a model that then does not fit', async () => {
  const learned = await open();
  learned.record(model, life(1));
  learned.record(model, life(1));
  expect(learned.expected(model, { ram: 2 * GIB })).toEqual({ ram: 2 * GIB });
});

test('a need that shows again and again is believed, however far from the estimate', async () => {
  const learned = await open();
  learned.record(model, life(9 * GIB));
  learned.record(model, life(9.1 * GIB));
  expect(learned.expected(model, { ram: 2 * GIB })).toEqual({ ram: 9.1 * GIB });
});

test('a size is that of so many GPUs, whichever they are', async () => {
  const learned = await open();
  const held = { ram: 3 * GIB, 'gpu:2': 11 * GIB, 'gpu:3': 12 * GIB };
  learned.record(model, { loaded: held, peak: held, loadMs: 1 });
  expect(learned.expected(model, { ram: 2 * GIB, 'gpu:0': 10 * GIB, 'gpu:1': 10 * GIB })).toEqual({
    ram: 3 * GIB,
    'gpu:0': 12 * GIB,
    'gpu:1': 11 * GIB,
  });
  const single = { ram: 4 * GIB, 'gpu:0': 20 * GIB };
  expect(learned.expected(model, single)).toEqual(single);
});

test('where the driver does not tell what lies on the GPU, the estimate of it stands', async () => {
  const learned = await open();
  learned.record(model, life(3 * GIB));
  const estimate = { ram: 4 * GIB, 'gpu:0': 20 * GIB };
  expect(learned.expected(model, estimate)).toEqual(estimate);
});

test('the last eight loads are remembered', async () => {
  const learned = await open();
  for (let loadMs = 1; loadMs <= 10; loadMs++) learned.record(model, life(GIB, loadMs));
  learned.record(model, { ...life(GIB), loadMs: null });
  learned.record(model, life(GIB, 10));
  expect(learned.loadsMs(model)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
});

test('after a month without being seen a size means nothing', async () => {
  const learned = await open();
  learned.record(model, life(3 * GIB));
  nowMs += 31 * DAY_MS;
  expect(learned.expected(model, { ram: 2 * GIB })).toEqual({ ram: 2 * GIB });
});

test('many records are one write, and the file stays bounded', async () => {
  const learned = await open();
  for (let at = 0; at < 250; at++) {
    nowMs++;
    learned.record({ ...model, id: `m${at}` }, life(GIB));
  }
  expect(timers).toHaveLength(1);
  await learned.close();
  const file = JSON.parse(await readFile(join(folder, 'learned.json'), 'utf8')) as { models: object };
  const ids = Object.values(file.models).map((each: { modelId: string }) => each.modelId);
  expect(ids).toHaveLength(200);
  expect(ids).toContain('m249');
  expect(ids).not.toContain('m49');
});

test.each(['{"version":1,"mod', '', '[]', '{"version":9,"models":{}}', '{"version":1,"models":{"k":{"sizes":[-1]}}}'])(
  'a damaged file is set aside with a warning and stops nothing: %s',
  async (text) => {
    await writeFile(join(folder, 'learned.json'), text);
    const learned = await open();
    expect(learned.expected(model, { ram: 1 })).toEqual({ ram: 1 });
    expect(warnings).toEqual([expect.stringContaining('set aside')]);
    expect(await readdir(folder)).toEqual(['learned.json.damaged']);
    learned.record(model, life(GIB));
    await learned.close();
    expect(await readdir(folder)).toContain('learned.json');
  },
);
