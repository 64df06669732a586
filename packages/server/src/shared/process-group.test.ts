import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { GROUP_MARK, type ProcessGroup, endGroup, membersOf } from './process-group.ts';
import { type ProcessRow, identifyProcess, listProcesses } from './process-list.ts';

function row(pid: number, changes: Partial<ProcessRow> = {}): ProcessRow {
  return { pid, start: '1', parent: 1, group: pid, session: pid, name: 'x', residentBytes: null, ...changes };
}

const pidsOf = (rows: readonly ProcessRow[]): number[] => rows.map(({ pid }) => pid).sort((a, b) => a - b);

describe('who belongs to a group', () => {
  const leader = { pid: 100, start: '1' };
  const group: ProcessGroup = { leader, ownGroup: true };

  test('the leader, its group, its session and all their descendants', () => {
    const rows = [
      row(100),
      row(101, { group: 100, session: 100 }),
      row(102, { group: 102, session: 100 }),
      row(103, { parent: 101 }),
      row(104, { parent: 103 }),
      row(200),
    ];
    expect(pidsOf(membersOf(rows, group))).toEqual([100, 101, 102, 103, 104]);
  });

  test('what the leader left behind in its group when it ended', () => {
    expect(pidsOf(membersOf([row(101, { group: 100, session: 100 }), row(200)], group))).toEqual([101]);
  });

  test('nobody of a group whose number was given to another process', () => {
    expect(membersOf([row(100, { start: '2' }), row(101, { group: 100 })], group)).toEqual([]);
  });

  test('after a long time, nobody of a group in which no process is known by its start', () => {
    const rows = [row(101, { group: 100, start: '7' }), row(102, { group: 100, start: '8' })];
    expect(membersOf(rows, { ...group, old: true })).toEqual([]);
    const known = [{ pid: 102, start: '8' }];
    expect(pidsOf(membersOf(rows, { ...group, old: true, known }))).toEqual([101, 102]);
  });

  test('a known member that has moved to a session of its own, but not another process with its number', () => {
    const known = [{ pid: 150, start: '3' }];
    expect(pidsOf(membersOf([row(150, { start: '3' })], { ...group, known }))).toEqual([150]);
    expect(membersOf([row(150, { start: '4' })], { ...group, known })).toEqual([]);
  });

  test("of a process in the server's own group, its descendants alone", () => {
    const rows = [row(100, { group: 50 }), row(101, { group: 50, parent: 100 }), row(102, { group: 50 })];
    expect(pidsOf(membersOf(rows, { leader, ownGroup: false }))).toEqual([100, 101]);
  });
});

const IGNORES_TERM = `process.on('SIGTERM', () => undefined);`;
const STAYS = `setInterval(() => undefined, 1000);`;
const startChild = (code: string, options = '{}'): string =>
  `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}], { stdio: ['ignore', 'inherit', 'inherit'], ...${options} }).unref();`;
const SAYS_PID = `console.log(process.pid);`;

interface Started {
  readonly child: ChildProcess;
  readonly group: ProcessGroup;
  /** Resolves with the numbers that the processes have printed, once there are so many. */
  pids(count: number): Promise<number[]>;
}

const started: Started[] = [];

/** Runs JavaScript in a process that leads a group of its own. */
function start(code: string, env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, ['-e', code], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  });
  const leader = identifyProcess(child.pid ?? 0);
  if (leader === null) throw new Error('the child could not be started');
  const lines: number[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(Number(line)));
  const made: Started = {
    child,
    group: { leader, ownGroup: true, mark: env[GROUP_MARK] ?? null },
    async pids(count) {
      while (lines.length < count) await once(reader, 'line');
      return [...lines];
    },
  };
  started.push(made);
  return made;
}

afterEach(async () => {
  for (const { group } of started.splice(0)) await endGroup({ group, termMs: 0, killMs: 5_000, clock: systemClock });
});

const areRunning = async (pids: readonly number[]): Promise<number[]> =>
  pidsOf((await listProcesses()).filter(({ pid }) => pids.includes(pid)));

describe.skipIf(process.platform === 'win32')('ending a group of real processes', { timeout: 20_000 }, () => {
  test('TERM reaches all of it at once, and nothing is killed that ends by itself', async () => {
    const says = `process.on('SIGTERM', () => { console.log(-process.pid); process.exit(0); });${SAYS_PID}${STAYS}`;
    const { group, pids } = start(`${startChild(says)}${says}`);
    const both = await pids(2);
    expect(await endGroup({ group, termMs: 10_000, killMs: 5_000, clock: systemClock })).toEqual([]);
    expect(await areRunning(both)).toEqual([]);
    // Each printed its farewell, so each was asked to end before it was ended.
    expect((await pids(4)).filter((pid) => pid < 0)).toHaveLength(2);
  });

  test('a worker that ignores TERM and outlives its parent is killed', async () => {
    const worker = `${IGNORES_TERM}${SAYS_PID}${STAYS}`;
    const { child, group, pids } = start(`${startChild(worker)}${SAYS_PID}${STAYS}`);
    const both = await pids(2);
    expect(await endGroup({ group, termMs: 300, killMs: 5_000, clock: systemClock })).toEqual([]);
    expect(child.signalCode).toBe('SIGTERM');
    expect(await areRunning(both)).toEqual([]);
  });

  test('workers of a parent that was killed with -9 are ended (vLLM#55510, vLLM#34643, vLLM#43060, ray#54364)', async () => {
    const worker = `${SAYS_PID}${STAYS}`;
    const { child, group, pids } = start(`${startChild(worker)}${startChild(worker)}${STAYS}`);
    const workers = await pids(2);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await areRunning(workers)).toHaveLength(2);
    expect(await endGroup({ group, termMs: 5_000, killMs: 5_000, clock: systemClock })).toEqual([]);
    expect(await areRunning(workers)).toEqual([]);
  });

  test('a child in a session of its own is ended too while its parent lives', async () => {
    const { group, pids } = start(`${startChild(`${SAYS_PID}${STAYS}`, '{ detached: true }')}${STAYS}`);
    const [away] = await pids(1);
    expect(await endGroup({ group, termMs: 5_000, killMs: 5_000, clock: systemClock })).toEqual([]);
    expect(await areRunning([away ?? 0])).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')(
    'one that moved to a session of its own and lost its parent is found by its mark',
    async () => {
      const away = startChild(`${SAYS_PID}${STAYS}`, '{ detached: true }');
      const { child, group, pids } = start(away, { [GROUP_MARK]: randomUUID() });
      const [lost] = await pids(1);
      if (child.exitCode === null) await once(child, 'exit');
      expect(membersOf(await listProcesses(), group)).toEqual([]);
      expect(await endGroup({ group, termMs: 5_000, killMs: 5_000, clock: systemClock })).toEqual([]);
      expect(await areRunning([lost ?? 0])).toEqual([]);
    },
  );

  test('a process outside the group is left alone', async () => {
    const stranger = start(`${SAYS_PID}${STAYS}`);
    const own = start(`${SAYS_PID}${STAYS}`);
    const [pid] = await stranger.pids(1);
    await own.pids(1);
    await endGroup({ group: own.group, termMs: 5_000, killMs: 5_000, clock: systemClock });
    const mistaken = { ...stranger.group, leader: { ...stranger.group.leader, start: 'another time' } };
    expect(await endGroup({ group: mistaken, termMs: 0, killMs: 0, clock: systemClock })).toEqual([]);
    expect(await areRunning([pid ?? 0])).toEqual([pid]);
  });

  test('the server that ends a group is never a member to be ended', async () => {
    const leader = row(2 ** 22 + 7);
    const own = row(process.pid, { group: leader.pid });
    const list = (): Promise<readonly ProcessRow[]> => Promise.resolve([leader, own]);
    const group = { leader, ownGroup: true };
    const survivors = await endGroup({ group, termMs: 10, killMs: 10, clock: systemClock, list });
    expect(pidsOf(survivors)).toEqual([leader.pid]);
  });

  test('what cannot be ended is named', async () => {
    const immortal = row(2 ** 22 + 7, { name: 'stuck' });
    const group = { leader: { pid: immortal.pid, start: '1' }, ownGroup: true };
    const list = (): Promise<readonly ProcessRow[]> => Promise.resolve([immortal]);
    const survivors = await endGroup({ group, termMs: 10, killMs: 10, clock: systemClock, list });
    expect(survivors.map(({ name }) => name)).toEqual(['stuck']);
  });
});
