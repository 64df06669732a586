import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { descendantsOf, identifyProcess, listProcesses, parsePs, parseStat, readCommand } from './process-list.ts';

const STAT = (state: string): string =>
  `4242 (concert: (a) b) ${state} 17 4240 4200 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 11 0 987654 1 2 3`;

test('a process is read behind a name with spaces and parentheses; a zombie is none', () => {
  expect(parseStat(STAT('S'))).toEqual({
    pid: 4242,
    parent: 17,
    group: 4240,
    session: 4200,
    start: '987654',
    name: 'concert: (a) b',
    residentBytes: null,
  });
  expect(parseStat(STAT('Z'))).toBeNull();
});

test('a process table of ps is read, and its zombies are left out', () => {
  const text = `    1     0     1  11988 Ss   Sun Nov 22 17:02:38 2026 systemd
  951     1   951      0 Z    Mon Nov  2 07:02:01 2026 gone
  952     1   950   2048 S+   Mon Nov  2 07:02:01 2026 Google Chrome He
`;
  expect(parsePs(text)).toEqual([
    {
      pid: 1,
      parent: 0,
      group: 1,
      session: 0,
      start: 'Sun Nov 22 17:02:38 2026',
      name: 'systemd',
      residentBytes: 11_988 * 1024,
    },
    {
      pid: 952,
      parent: 1,
      group: 950,
      session: 0,
      start: 'Mon Nov  2 07:02:01 2026',
      name: 'Google Chrome He',
      residentBytes: 2048 * 1024,
    },
  ]);
});

test('descendants are found at any depth, whatever the order of the table', () => {
  const rows = [
    { pid: 9, parent: 8 },
    { pid: 8, parent: 7 },
    { pid: 7, parent: 1 },
    { pid: 5, parent: 1 },
  ];
  expect(descendantsOf(rows, 7).map(({ pid }) => pid)).toEqual([7, 8, 9]);
});

test('this process is in the table as itself', async () => {
  const own = (await listProcesses()).find((row) => row.pid === process.pid);
  expect(own?.parent).toBe(process.ppid);
  expect(own?.start).toBe(identifyProcess(process.pid)?.start);
  expect(await readCommand(process.pid)).toContain('node');
});

test('a child that ended at once is identified in the turn it was started, and forgotten once its end was read', async () => {
  const child = spawn('true');
  const pid = child.pid ?? 0;
  expect(identifyProcess(pid)?.pid).toBe(pid);
  await once(child, 'exit');
  expect(identifyProcess(pid)).toBeNull();
  expect(await readCommand(pid)).toBeNull();
});
