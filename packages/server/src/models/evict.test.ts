import { expect, test } from 'vitest';
import { chooseEvictions } from './evict.ts';

const old = { id: 'old', bytes: 3, idleSinceMs: 1, keep: false };
const recent = { id: 'recent', bytes: 3, idleSinceMs: 2, keep: false };
const kept = { id: 'kept', bytes: 9, idleSinceMs: 0, keep: true };

test('nothing is evicted where there is room', () => {
  expect(chooseEvictions([old, recent], 5, 5)).toEqual([]);
});

test('the longest idle model goes first', () => {
  expect(chooseEvictions([recent, old], 5, 2)).toEqual(['old']);
  expect(chooseEvictions([recent, old], 6, 1)).toEqual(['old', 'recent']);
});

test('a model that is configured to stay goes last', () => {
  expect(chooseEvictions([kept, recent, old], 6, 0)).toEqual(['old', 'recent']);
  expect(chooseEvictions([kept, recent, old], 15, 0)).toEqual(['old', 'recent', 'kept']);
});

test('no model is evicted in vain', () => {
  expect(chooseEvictions([old, { ...recent, bytes: 10 }], 10, 0)).toEqual(['recent']);
});

test('nobody is evicted for what cannot fit', () => {
  expect(chooseEvictions([old, recent], 7, 0)).toBeNull();
});

test('an overdrawn budget is repaid', () => {
  expect(chooseEvictions([old, recent], 0, -2)).toEqual(['old']);
});
