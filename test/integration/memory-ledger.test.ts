import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryLedger, type MemoryLedger } from '../../packages/server/src/models/memory/memory-ledger.ts';
import { endLeftovers } from '../../packages/server/src/models/memory/run-records.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';
import { bytesOn, type Footprint } from '../../packages/server/src/shared/footprint.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { endGroup, type ProcessGroup } from '../../packages/server/src/shared/process-group.ts';
import { identifyProcess, listProcesses } from '../../packages/server/src/shared/process-list.ts';
import { readProcessBytes, readProcessTreeBytes } from '../../packages/server/src/shared/process-memory.ts';
import { ask, fakeManager, fakeModel, MB, pidOf } from './fake-models.ts';

let folder: string;
let ledger: MemoryLedger;
const groups: ProcessGroup[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  ledger = createMemoryLedger({ folder, readGpuUse: null, clock: systemClock, log: silentLog });
});

afterEach(async () => {
  for (const group of groups.splice(0)) await endGroup({ group, termMs: 0, killMs: 5_000, clock: systemClock });
  rmSync(folder, { recursive: true });
});

/** Runs like an engine with workers: each of them holds 100 MB and ignores TERM. The first says when all are there. */
const WORKER = `const held = Buffer.alloc(100_000_000, 1); process.on('SIGTERM', () => held.fill(1)); setInterval(() => undefined, 1000); console.log(process.pid);`;
const ENGINE = `const { spawn } = require('node:child_process');
for (let at = 0; at < 2; at++) spawn(process.execPath, ['-e', ${JSON.stringify(WORKER)}], { stdio: ['ignore', 'inherit', 'ignore'] });
setInterval(() => undefined, 1000);`;

interface StartedEngine {
  readonly child: ChildProcess;
  readonly group: ProcessGroup;
  readonly workers: readonly number[];
}

async function startEngine(modelId: string): Promise<StartedEngine> {
  const child = spawn(process.execPath, ['-e', ENGINE], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const leader = identifyProcess(child.pid ?? 0);
  if (leader === null) throw new Error('the engine could not be started');
  const group = { leader, ownGroup: true };
  groups.push(group);
  ledger.started(modelId, group);
  return { child, group, workers: await numbersOf(child, 2) };
}

/** The first numbers that a process prints. */
async function numbersOf(child: ChildProcess, count: number): Promise<number[]> {
  if (child.stdout === null) throw new Error('its output is wanted');
  const numbers: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    numbers.push(...line.split(' ').map(Number));
    if (numbers.length >= count) break;
  }
  return numbers;
}

/** What all that this process started holds. */
async function childrenBytes(): Promise<number> {
  return (await readProcessTreeBytes(process.pid)) - ((await readProcessBytes(process.pid)) ?? 0);
}

async function running(pids: readonly number[]): Promise<number[]> {
  return (await listProcesses()).map(({ pid }) => pid).filter((pid) => pids.includes(pid));
}

test('of what a model held, 95 % and more are back when it counts as unloaded (LocalAI#7958)', async () => {
  const { readUse, awaitReturn } = ledger;
  const models = fakeManager([fakeModel('a', { holdBytes: 300 * MB })], { readUse, awaitReturn, onProcess: ledger });
  await ask(models, 'a', 'hello');
  const pid = pidOf(models, 'a');
  const held = bytesOn((await readUse(pid)) ?? {}, 'ram');
  expect(held).toBeGreaterThan(300 * MB);
  expect(readdirSync(folder)).toEqual([`a.${pid}.json`]);
  const loaded = await childrenBytes();
  await models.unload('a');
  const back = loaded - (await childrenBytes());
  expect(await running([pid])).toEqual([]);
  expect(models.status().memory.devices[0]).toMatchObject({ reservedBytes: 0, keptBytes: 0 });
  expect(back / held).toBeGreaterThan(0.95);
  expect(readdirSync(folder)).toEqual([]);
});

test('an engine is measured with all its workers', async () => {
  const { group, workers } = await startEngine('big');
  const held = bytesOn((await ledger.readUse(group.leader.pid)) ?? {}, 'ram');
  expect(held).toBeGreaterThan(200 * MB);
  expect(await running(workers)).toHaveLength(2);
});

test('workers that outlive their killed parent are ended, and their memory is back (vLLM#55510, vLLM#34643, vLLM#43060, ray#54364)', async () => {
  const { child, group, workers } = await startEngine('big');
  const { pid } = group.leader;
  const held = (await ledger.readUse(pid)) ?? {};
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await running(workers)).toHaveLength(2);
  const told: Footprint[] = [];
  const kept = await ledger.awaitReturn({
    modelId: 'big',
    pid,
    held,
    onKept: ({ device, bytes }) => told.push({ [device]: bytes }),
  });
  expect(kept).toEqual({});
  expect(told).toEqual([]);
  expect(await running(workers)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('workers of an engine that died before it was ever measured are ended too', async () => {
  const { child, group, workers } = await startEngine('big');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await ledger.awaitReturn({ modelId: 'big', pid: group.leader.pid, held: {} })).toEqual({});
  expect(await running(workers)).toEqual([]);
});

/** A server in a process of its own that starts an engine and records it; it is the built code that runs there. */
const SERVER = `
const { createMemoryLedger } = await import(process.env.LEDGER_URL);
const { identifyProcess } = await import(new URL('../../shared/process-list.js', process.env.LEDGER_URL));
const { spawn } = await import('node:child_process');
const log = { debug() {}, info() {}, warn() {}, error() {} };
const ledger = createMemoryLedger({ folder: process.env.FOLDER, readGpuUse: null, clock: { now: Date.now, after() {} }, log });
const child = spawn(process.execPath, ['-e', process.env.ENGINE], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
const leader = identifyProcess(child.pid);
ledger.started('big', { leader, ownGroup: true });
let lines = '';
child.stdout.on('data', async (text) => {
  lines += text;
  const workers = lines.trim().split('\\n');
  if (workers.length < 2) return;
  await ledger.readUse(child.pid);
  console.log([leader.pid, ...workers].join(' '));
});`;

test('what a server that was killed with -9 left running is ended by the next one, and by none before', async () => {
  const url = new URL('../../packages/server/dist/models/memory/memory-ledger.js', import.meta.url).href;
  const server = spawn(process.execPath, ['--input-type=module', '-e', SERVER], {
    env: { ...process.env, LEDGER_URL: url, FOLDER: folder, ENGINE },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pids = await numbersOf(server, 3);
  const leader = identifyProcess(pids[0] ?? 0);
  if (leader !== null) groups.push({ leader, ownGroup: true });
  const end = (): Promise<number> => endLeftovers({ folder, clock: systemClock, log: silentLog });
  expect(await end()).toBe(0);
  expect(await running(pids)).toHaveLength(3);
  server.kill('SIGKILL');
  await once(server, 'exit');
  expect(await running(pids)).toHaveLength(3);
  expect(await end()).toBe(1);
  expect(await running(pids)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
