import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ParkedState } from './parked-states.ts';
import { findStates, type SaveOptions, saveStates } from './saved-states.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'saved-states-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const state = (tokens: number[], fill = 7, bytes = 100): ParkedState => ({
  tokens,
  scope: 'scope',
  bytes,
  dataBytes: bytes,
  read: () => new Uint8Array(bytes).fill(fill),
});

function save(states: readonly ParkedState[], more: Partial<SaveOptions> = {}): number {
  return saveStates(states, {
    folder,
    bytes: 1_000_000,
    identity: 'this model',
    promptMs: (tokens) => tokens * 100,
    now: () => 0,
    withinMs: 1000,
    ...more,
  });
}

test('what was saved at the end is found again at the next start (llama-swap#1064)', () => {
  expect(save([state([1, 2, 3], 5), state([4, 5], 6)])).toBe(2);
  const found = findStates(folder, 'this model');
  expect(found.map(({ tokens, scope, read }) => [tokens, scope, read()?.[0]])).toEqual(
    expect.arrayContaining([
      [[1, 2, 3], 'scope', 5],
      [[4, 5], 'scope', 6],
    ]),
  );
});

test('files are private and take the place of those saved before', () => {
  save([state([1, 2, 3])]);
  save([state([9])]);
  const names = readdirSync(folder);
  expect(names).toHaveLength(1);
  expect(statSync(join(folder, names[0] as string)).mode & 0o777).toBe(0o600);
});

test('a state of other weights or settings is not taken, and removed', () => {
  save([state([1, 2, 3])]);
  expect(findStates(folder, 'another model')).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that was cut off, damaged or left unfinished is not taken, and removed', () => {
  save([state([1, 2, 3]), state([7])]);
  const [cut, damaged] = readdirSync(folder).map((name) => join(folder, name)) as [string, string];
  writeFileSync(cut, readFileSync(cut).subarray(0, -1));
  const bytes = readFileSync(damaged);
  bytes[bytes.length - 1] = 1;
  writeFileSync(damaged, bytes);
  writeFileSync(join(folder, 'x.kv-new'), 'half');
  const [found] = findStates(folder, 'this model');
  expect(found?.read()).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

test('at most the given bytes are written, the first of the list first', () => {
  expect(save([state([1, 2, 3]), state([4, 5])], { bytes: 5000 })).toBe(1);
  expect(findStates(folder, 'this model').map(({ tokens }) => tokens)).toEqual([[1, 2, 3]]);
});

test('where evaluating again is faster than the disk, nothing more is written', () => {
  let clock = 0;
  const slow = { now: () => (clock += 500), withinMs: 1e9 };
  expect(save([state([1]), state([2]), state([3])], { ...slow, promptMs: () => 1 })).toBe(1);
});

test('nothing more is begun when the time is over', () => {
  let clock = 0;
  expect(save([state([1]), state([2]), state([3])], { now: () => (clock += 400), withinMs: 1000 })).toBeLessThan(3);
});
