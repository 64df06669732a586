import { expect, test } from 'vitest';
import type { GpuUse } from '../../machine/machine.ts';
import type { ProcessRow } from '../../shared/process-list.ts';
import { listProcesses } from '../../shared/process-list.ts';
import { readProcessBytes } from '../../shared/process-memory.ts';
import { createMeasure } from './measure-use.ts';

const row = (pid: number, changes: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  start: '1',
  parent: 1,
  group: pid,
  session: pid,
  name: 'x',
  residentBytes: null,
  ...changes,
});

const use = (pid: number, device: GpuUse['device'], bytes: number): GpuUse => ({ pid, device, bytes, command: 'x' });

let nowMs = 0;
const clock = { now: () => nowMs };

/** A measure of these processes; each holds ten times its number in RAM. */
function measureOf(rows: ProcessRow[], uses: GpuUse[] = []) {
  return createMeasure(
    {
      list: () => Promise.resolve([...rows]),
      readProcessBytes: (pid) => Promise.resolve(rows.some((each) => each.pid === pid) ? pid * 10 : null),
      readGpuUse: () => Promise.resolve(uses),
    },
    { clock },
  );
}

test('a model holds what its whole group holds, each GPU by the numbers of its processes', async () => {
  const rows = [row(10), row(11, { parent: 10, group: 10 }), row(12, { group: 10 }), row(90)];
  const uses = [use(11, 'gpu:0', 5_000), use(12, 'gpu:1', 6_000), use(11, 'gpu:1', 1), use(90, 'gpu:0', 7)];
  expect(await measureOf(rows, uses).readUse(10)).toEqual({ ram: 330, 'gpu:0': 5_000, 'gpu:1': 6_001 });
});

test("a model in the server's own group holds what its descendants hold, and not what its siblings do", async () => {
  const rows = [row(10, { group: 5 }), row(11, { parent: 10, group: 5 }), row(12, { group: 5 })];
  expect(await measureOf(rows).readUse(10)).toEqual({ ram: 210 });
});

test('a process that is gone holds nothing that could be told', async () => {
  expect(await measureOf([row(10)]).readUse(11)).toBeNull();
});

test('members once seen are remembered, until the number belongs to another process', async () => {
  const rows = [row(10), row(11, { parent: 10, session: 11 })];
  const measure = measureOf(rows);
  await measure.readUse(10);
  rows[1] = row(11, { session: 11 });
  expect(await measure.readUse(10)).toEqual({ ram: 210 });
  rows[0] = row(10, { start: '2' });
  expect(await measure.readUse(10)).toEqual({ ram: 100 });
  expect(measure.groupOf(10)?.leader.start).toBe('2');
  measure.forget(10);
  expect(measure.groupOf(10)).toBeNull();
});

test('GPUs are asked once for all that want to know within a second', async () => {
  let readings = 0;
  const measure = createMeasure(
    {
      list: () => Promise.resolve([row(10), row(20)]),
      readProcessBytes: () => Promise.resolve(1),
      readGpuUse: () => Promise.resolve((readings++, [])),
    },
    { clock },
  );
  await Promise.all([measure.readUse(10), measure.readUse(20)]);
  nowMs += 900;
  await measure.readUse(10);
  expect(readings).toBe(1);
  nowMs += 100;
  await measure.readUse(10);
  expect(readings).toBe(2);
});

test('this process holds memory', async () => {
  const measure = createMeasure({ list: listProcesses, readProcessBytes, readGpuUse: null }, { clock });
  const held = await measure.readUse(process.pid);
  expect(held?.ram).toBeGreaterThan(1e6);
});

test('who listens is told of the processes that a model starts, once', async () => {
  const rows = [row(10), row(11, { parent: 10 })];
  const told: number[][] = [];
  const read = { list: () => Promise.resolve([...rows]), readProcessBytes: () => Promise.resolve(1), readGpuUse: null };
  const measure = createMeasure(read, { clock, onMembers: ({ known }) => told.push(known.map(({ pid }) => pid)) });
  await measure.readUse(10);
  await measure.readUse(10);
  rows.push(row(12, { parent: 11 }));
  await measure.readUse(10);
  expect(told).toEqual([
    [10, 11],
    [10, 11, 12],
  ]);
});
