import { expect, test } from 'vitest';
import type { Resident } from './evict.ts';
import { chooseReturn } from './evict-return.ts';
import { type Usage, noUsage, recordUse } from './usage.ts';

const NOW = 10_000_000;
const MINUTE = 60_000;

function used(gapMs: number, agoMs = gapMs): Usage {
  let usage = noUsage;
  for (let at = 29; at >= 0; at--) usage = recordUse(usage, NOW - agoMs - at * gapMs);
  return usage;
}

function model(id: string, change: Partial<Resident> = {}): Resident {
  return {
    id,
    held: { ram: 4 },
    idleSinceMs: NOW - MINUTE,
    pinned: false,
    keep: false,
    protectedByPlan: false,
    reloadMs: 5_000,
    usage: used(MINUTE),
    ...change,
  };
}

const seldom = model('seldom', { usage: used(60 * MINUTE) });
const often = model('often', { usage: used(10_000) });

test('a model that is used often comes back in the place of one that is used seldom', () => {
  expect(chooseReturn([often], [seldom], { ram: 0 }, NOW)).toBe('often');
  expect(chooseReturn([seldom], [often], { ram: 0 }, NOW)).toBeNull();
});

test('equals do not take turns', () => {
  expect(chooseReturn([model('a')], [model('b')], { ram: 0 }, NOW)).toBeNull();
});

test('into free memory comes what is missed most', () => {
  expect(chooseReturn([model('a'), often], [], { ram: 4 }, NOW)).toBe('often');
});

test('a model that is not expected for long is not loaded ahead, however much room there is', () => {
  expect(chooseReturn([model('a', { usage: used(MINUTE, 5 * 60 * MINUTE) })], [], { ram: 100 }, NOW)).toBeNull();
});

test('a model that was never used, or that does not fit, is not loaded ahead', () => {
  expect(chooseReturn([model('a', { usage: noUsage })], [], { ram: 100 }, NOW)).toBeNull();
  expect(chooseReturn([often], [model('pinned', { pinned: true })], { ram: 0 }, NOW)).toBeNull();
});
