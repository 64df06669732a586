import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../shared/clock.ts';
import { silentLog } from '../../shared/log.ts';
import { endGroup, GROUP_MARK, type ProcessGroup } from '../../shared/process-group.ts';
import { identifyProcess, listProcesses } from '../../shared/process-list.ts';
import { createRunRecords, endLeftovers, type RunRecords } from './run-records.ts';

let folder: string;
let records: RunRecords;
const groups: ProcessGroup[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-records-'));
  records = createRunRecords({ folder, clock: systemClock, log: silentLog });
});

afterEach(async () => {
  for (const group of groups.splice(0)) await endGroup({ group, termMs: 0, killMs: 5_000, clock: systemClock });
  await rm(folder, { recursive: true });
});

const CHILD = `setInterval(() => undefined, 1000); console.log(process.pid);`;
const IGNORES_TERM = `process.on('SIGTERM', () => undefined);`;

/** A process that has started another one; the number of the latter. */
async function startPair(before = ''): Promise<{ group: ProcessGroup; worker: number; kill: () => Promise<void> }> {
  const code = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(before + CHILD)}], { stdio: ['ignore', 'inherit', 'ignore'] }); setInterval(() => undefined, 1000);`;
  const mark = randomUUID();
  const env = { ...process.env, [GROUP_MARK]: mark };
  const child = spawn(process.execPath, ['-e', code], { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env });
  const leader = identifyProcess(child.pid ?? 0);
  if (leader === null) throw new Error('no child');
  const group: ProcessGroup = { leader, ownGroup: true, mark };
  groups.push(group);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { group, worker: Number(line), kill };
}

/** Nobody may bury the orphans here, so that they stay zombies, which the table leaves out. */
const runs = async (pid: number): Promise<boolean> => (await listProcesses()).some((row) => row.pid === pid);
const files = (): Promise<string[]> => readdir(folder);

/** Makes the record say that another server wrote it, which is gone. */
async function disown(changes: Record<string, unknown> = {}): Promise<void> {
  for (const name of await files()) {
    const record = JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>;
    const owner = { pid: process.pid, start: 'long ago' };
    await writeFile(join(folder, name), JSON.stringify({ ...record, owner, ...changes }));
  }
}

const end = (): Promise<number> => endLeftovers({ folder, clock: systemClock, log: silentLog });

describe.skipIf(process.platform === 'win32')('records of running processes', { timeout: 30_000 }, () => {
  test('a process is on record from its start to its end', async () => {
    const { group } = await startPair();
    records.started('tiny', group);
    expect(await files()).toEqual([`tiny.${group.leader.pid}.json`]);
    records.ended(group.leader.pid);
    expect(await files()).toEqual([]);
  });

  test('what a killed server left running is ended by the next one, workers that ignore TERM too', async () => {
    const { group, worker } = await startPair(IGNORES_TERM);
    records.started('tiny', group);
    await disown();
    expect(await end()).toBe(1);
    expect(await runs(group.leader.pid)).toBe(false);
    expect(await runs(worker)).toBe(false);
    expect(await files()).toEqual([]);
  });

  test('a worker whose own parent was killed with the server is found by what was recorded of it (vLLM#55510, vllm-omni#2317)', async () => {
    const { group, worker, kill } = await startPair();
    records.started('tiny', { ...group, mark: null });
    const identity = identifyProcess(worker);
    records.grown({ ...group, known: identity === null ? [] : [identity] });
    await kill();
    await disown();
    expect(await runs(worker)).toBe(true);
    expect(await end()).toBe(1);
    expect(await runs(worker)).toBe(false);
  });

  test.skipIf(process.platform !== 'linux')('a worker that was never seen is found by its mark', async () => {
    const { group, worker, kill } = await startPair();
    records.started('tiny', group);
    await kill();
    await disown();
    expect(await end()).toBe(1);
    expect(await runs(worker)).toBe(false);
  });

  test('a running server keeps its models, whoever starts beside it', async () => {
    const { group, worker } = await startPair();
    records.started('tiny', group);
    expect(await end()).toBe(0);
    expect(await runs(worker)).toBe(true);
    expect(await files()).toHaveLength(1);
  });

  test('a stranger that was given the number of a recorded process is left alone', async () => {
    const { group, worker } = await startPair();
    records.started('tiny', { ...group, mark: null, leader: { ...group.leader, start: 'another time' } });
    await disown();
    expect(await end()).toBe(0);
    expect(await runs(group.leader.pid)).toBe(true);
    expect(await runs(worker)).toBe(true);
    expect(await files()).toEqual([]);
  });

  test('records of another machine that shares the folder are left alone', async () => {
    const { group } = await startPair();
    records.started('tiny', group);
    await disown({ machine: { host: 'elsewhere', boot: '' } });
    expect(await end()).toBe(0);
    expect(await runs(group.leader.pid)).toBe(true);
    expect(await files()).toHaveLength(1);
  });

  test('after a restart of the machine old records mean nothing', async () => {
    const { group } = await startPair();
    records.started('tiny', group);
    const [name = ''] = await files();
    const { machine } = JSON.parse(await readFile(join(folder, name), 'utf8')) as { machine: { host: string } };
    await disown({ machine: { ...machine, boot: 'an earlier one' } });
    expect(await end()).toBe(0);
    expect(await runs(group.leader.pid)).toBe(true);
    expect(await files()).toEqual([]);
  });

  test('a record cut off by a power failure stops nothing', async () => {
    await writeFile(join(folder, 'tiny.77.json'), '{"version":1,"mod');
    expect(await end()).toBe(0);
    expect(await files()).toEqual([]);
  });

  test('without a folder there is nothing to end', async () => {
    expect(await endLeftovers({ folder: join(folder, 'none'), clock: systemClock, log: silentLog })).toBe(0);
  });
});
