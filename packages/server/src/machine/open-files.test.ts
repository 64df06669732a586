import { expect, test } from 'vitest';
import { readOpenFilesLimit } from './open-files.ts';
import type { Probe } from './probe.ts';
import { recordedMachine } from './test-machines.ts';

const limitOf = (soft: string): Promise<number | null> => {
  const text = `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft}            1048576              files\n`;
  const probe: Probe = { ...recordedMachine('rtx-4070'), readText: () => Promise.resolve(text) };
  return readOpenFilesLimit(probe);
};

test('the soft limit counts', async () => {
  expect(await limitOf('1024')).toBe(1024);
  expect(await limitOf('unlimited')).toBe(Infinity);
});

test('a system that tells no limit has none to tell', async () => {
  expect(await readOpenFilesLimit(recordedMachine('apple-m2'))).toBeNull();
});
