import { expect, test } from 'vitest';
import { spawn } from 'node:child_process';
import { cpuSeconds, openHandles, parseCpuSeconds, parseStatusBytes, processCount } from './process-figures.ts';

test('CPU time is found whatever the process is called', () => {
  const fields = 'S 1 2 3 4 5 6 7 8 9 10 250 75 0 0 20 0';
  expect(parseCpuSeconds(`42 (node) ${fields}`)).toBe(3.25);
  expect(parseCpuSeconds(`42 (concert: a) b (c) ${fields}`)).toBe(3.25);
});

test('memory is read in bytes, and what is not told is no number', () => {
  const status = 'Name:\tnode\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n';
  expect(parseStatusBytes(status, 'VmRSS')).toBe(1_048_576);
  expect(parseStatusBytes(status, 'VmHWM')).toBe(2_097_152);
  expect(parseStatusBytes('Name:\tnode\n', 'VmRSS')).toBeNaN();
});

test('a process that does not exist has no CPU time', () => {
  expect(cpuSeconds(2 ** 30)).toBeNaN();
});

test.runIf(process.platform === 'linux')('open files and started processes are counted', async () => {
  const before = processCount(process.pid);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    expect(processCount(process.pid)).toBe(before + 1);
    expect(openHandles(process.pid)).toBeGreaterThan(2);
  } finally {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  expect(openHandles(2 ** 30)).toBeNaN();
});
