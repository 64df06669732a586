import { expect, test } from 'vitest';
import { readMachine } from './machine.ts';
import { chooseProfile } from './profile.ts';

const GB = 1_000_000_000;

test.each([
  [8 * GB, 'x64', 'laptop'],
  [6 * GB, 'x64', 'laptop'],
  [6 * GB - 1, 'x64', 'edge'],
  [24 * GB, 'arm64', 'laptop'],
  [3 * GB, 'arm64', 'edge'],
])('%d free bytes on %s choose %s', (freeBytes, arch, expected) => {
  expect(chooseProfile({ freeBytes, totalBytes: 32 * GB, arch }).profile).toBe(expected);
});

test('the choice says how much memory is free and what would be needed', () => {
  expect(chooseProfile({ freeBytes: 3 * GB, totalBytes: 4 * GB, arch: 'arm64' }).reason).toBe(
    'only 3.00 GB of memory are free on arm64; laptop would need 6 GB',
  );
});

test('this machine is read', async () => {
  const machine = await readMachine();
  expect(machine.freeBytes).toBeGreaterThan(0);
  expect(machine.freeBytes).toBeLessThanOrEqual(machine.totalBytes);
});
