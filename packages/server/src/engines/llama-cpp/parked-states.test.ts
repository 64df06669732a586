import { expect, test } from 'vitest';
import { type ParkedState, ParkedStates } from './parked-states.ts';

const state = (tokens: number[], bytes = 10, scope = ''): ParkedState => ({
  tokens,
  scope,
  bytes,
  dataBytes: bytes,
  read: () => new Uint8Array(bytes),
});

test('the state with the longest common prefix is found, of the same scope only', () => {
  const parked = new ParkedStates(100);
  parked.add(state([1, 2, 9]));
  parked.add(state([1, 2, 3, 4]));
  parked.add(state([1, 2, 3, 5, 6], 10, 'other'));
  expect(parked.best([1, 2, 3, 5, 6, 7], '', true)).toMatchObject({ reuse: 3 });
  expect(parked.best([1, 2, 3, 5, 6, 7], 'other', true)).toMatchObject({ reuse: 5 });
  expect(parked.best([7, 7], '', true)).toBeNull();
});

test('a model that cannot cut gets back only what its prompt extends', () => {
  const parked = new ParkedStates(100);
  parked.add(state([1, 2, 3, 4]));
  expect(parked.best([1, 2, 3, 5], '', false)).toBeNull();
  expect(parked.best([1, 2, 3, 4, 5], '', false)).toMatchObject({ reuse: 4 });
});

test('when the bytes are used up the one unused for longest goes', () => {
  const parked = new ParkedStates(25);
  const [a, b, c] = [state([1, 1]), state([2, 2]), state([3, 3])] as const;
  parked.add(a);
  parked.add(b);
  parked.touch(a);
  parked.add(c);
  expect(parked.states).toEqual([c, a]);
  expect(parked.add(state([4], 26))).toBe(false);
});

test('a longer state of the same conversation takes the place of the shorter one', () => {
  const parked = new ParkedStates(100);
  parked.add(state([1, 2]));
  parked.add(state([1, 2, 3]));
  expect(parked.states.map(({ tokens }) => tokens)).toEqual([[1, 2, 3]]);
  expect(parked.covers([1, 2], '')).toBe(true);
  expect(parked.covers([1, 2], 'other')).toBe(false);
});
