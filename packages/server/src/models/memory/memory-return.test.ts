import { expect, test } from 'vitest';
import type { GpuUse } from '../../machine/machine.ts';
import type { Clock } from '../../shared/clock.ts';
import { silentLog } from '../../shared/log.ts';
import type { ProcessRow } from '../../shared/process-list.ts';
import { createMeasure } from './measure-use.ts';
import { type EndedModel, createMemoryReturn } from './memory-return.ts';

/** A number that no process can have. */
const PID = 2 ** 22 + 10;
const WORKER = PID + 1;
const GIB = 2 ** 30;

const row = (pid: number, changes: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  start: '1',
  parent: 1,
  group: PID,
  session: PID,
  name: 'worker',
  residentBytes: null,
  ...changes,
});

const use = (pid: number, bytes: number): GpuUse => ({ pid, device: 'gpu:1', bytes, command: 'VLLM::Worker_TP1' });

/** A clock on which waiting takes no time. */
function hurriedClock(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    after(ms, action) {
      const timer = setImmediate(() => {
        nowMs += ms;
        action();
      });
      return () => clearImmediate(timer);
    },
  };
}

interface World {
  rows: ProcessRow[];
  uses: GpuUse[];
}

/** A model that was measured while it ran, in a world that the test changes afterwards. */
async function endedModel(): Promise<{
  world: World;
  awaitReturn: (told?: Partial<EndedModel>) => Promise<unknown>;
}> {
  const world: World = { rows: [row(PID), row(WORKER)], uses: [use(WORKER, 20 * GIB)] };
  const read = {
    list: () => Promise.resolve([...world.rows]),
    readProcessBytes: (pid: number) => Promise.resolve(world.rows.some((each) => each.pid === pid) ? GIB : null),
    readGpuUse: () => Promise.resolve([...world.uses]),
  };
  const measure = createMeasure(read, { clock: hurriedClock() });
  const held = await measure.readUse(PID);
  expect(held).toEqual({ ram: 2 * GIB, 'gpu:1': 20 * GIB });
  const { awaitReturn } = createMemoryReturn({ ...read, measure, clock: hurriedClock(), log: silentLog });
  return {
    world,
    awaitReturn: (told = {}) => awaitReturn({ modelId: 'm', pid: PID, held: held ?? {}, ...told }),
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('nothing is kept once the processes are gone and the GPU names none of them', async () => {
  const { world, awaitReturn } = await endedModel();
  world.rows = [];
  world.uses = [];
  expect(await awaitReturn()).toEqual({});
});

test('GPU memory that a driver takes back a little later is waited for', async () => {
  const { world, awaitReturn } = await endedModel();
  world.rows = [];
  let looks = 0;
  Object.defineProperty(world, 'uses', { get: () => (looks++ < 4 ? [use(WORKER, 20 * GIB)] : []) });
  expect(await awaitReturn()).toEqual({});
  expect(looks).toBe(5);
});

test('GPU memory that does not come back is told with its holder, and told again when it does', async () => {
  const { world, awaitReturn } = await endedModel();
  world.rows = [];
  const kept: unknown[] = [];
  const returned: { bytes: number }[] = [];
  const missing = await awaitReturn({ onKept: (each) => kept.push(each), onReturned: (each) => returned.push(each) });
  expect(missing).toEqual({ 'gpu:1': 20 * GIB });
  const holders = [{ pid: WORKER, command: 'VLLM::Worker_TP1' }];
  expect(kept).toEqual([{ modelId: 'm', device: 'gpu:1', bytes: 20 * GIB, holders }]);
  world.uses = [use(WORKER, 5 * GIB)];
  await until(() => returned.length === 1);
  world.uses = [];
  await until(() => returned.length === 2);
  expect(returned.map(({ bytes }) => bytes / GIB)).toEqual([15, 5]);
});

test('a process that cannot be ended keeps its memory, and is named', async () => {
  const { world, awaitReturn } = await endedModel();
  world.rows = [row(WORKER)];
  world.uses = [];
  const kept: { holders: unknown }[] = [];
  expect(await awaitReturn({ onKept: (each) => kept.push(each) })).toEqual({ ram: GIB });
  expect(kept.map(({ holders }) => holders)).toEqual([[{ pid: WORKER, command: 'worker' }]]);
});

test('a stranger that was given the number of a worker that ended keeps nothing of the model', async () => {
  const { world, awaitReturn } = await endedModel();
  world.rows = [row(WORKER, { start: '2', group: WORKER, session: WORKER })];
  expect(await awaitReturn()).toEqual({});
});

test('a tool that fails keeps no request waiting', async () => {
  const { world, awaitReturn } = await endedModel();
  Object.defineProperty(world, 'uses', {
    get: () => {
      throw new Error('nvidia-smi timed out');
    },
  });
  world.rows = [];
  expect(await awaitReturn()).toEqual({});
});
