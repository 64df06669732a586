import { expect, test } from 'vitest';
import { chooseProfile } from './choose-profile.ts';
import { loadProfiles } from './profile.ts';
import type { Machine } from '../../machine/machine.ts';

const GB = 1_000_000_000;
const profiles = loadProfiles();

function machineWith(facts: Partial<Machine>): Machine {
  return {
    platform: 'linux',
    arch: 'x64',
    board: null,
    container: null,
    cpuModel: 'a processor',
    cores: 8,
    hostCores: 8,
    freeBytes: 24 * GB,
    totalBytes: 32 * GB,
    limits: null,
    numaNodes: 1,
    gpus: [],
    gpuAbsence: 'no GPU was found',
    ...facts,
  };
}

test.each([
  [8 * GB, 'x64', 'laptop'],
  [6 * GB, 'x64', 'laptop'],
  [6 * GB - 1, 'x64', 'edge'],
  [24 * GB, 'arm64', 'laptop'],
  [3 * GB, 'arm64', 'edge'],
])('%d free bytes on %s choose %s', (freeBytes, arch, expected) => {
  expect(chooseProfile(machineWith({ freeBytes, arch }), profiles).profile.id).toBe(expected);
});

test('the choice says how much memory is free, what would be needed, and why no GPU is used', () => {
  expect(chooseProfile(machineWith({ freeBytes: 3 * GB }), profiles).reason).toBe(
    'laptop needs 6.00 GB of free memory, and 3.00 GB of memory are free; no GPU was found',
  );
});

test('each profile has a rank of its own, and the lowest takes any machine', () => {
  const ranks = [...profiles.values()].map((profile) => profile.rank);
  expect(new Set(ranks).size).toBe(ranks.length);
  const lowest = [...profiles.values()].toSorted((a, b) => a.rank - b.rank)[0];
  expect(lowest?.needs).toEqual({ free_bytes: 0, boards: true, software: {} });
});
