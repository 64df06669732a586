import { expect, test } from 'vitest';
import { chooseSequence as choose, commonPrefix, type ReuseRules, type SequenceChoice } from './choose-sequence.ts';
import type { SequenceView } from './sequence-pool.ts';

const ALL = { canCut: true, canShare: true, neighbours: false };
const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);
const idle = (tokens: number[], lastUsed = 1): SequenceView => ({ tokens, busy: false, lastUsed, scope: '' });
const busy = (tokens: number[]): SequenceView => ({ tokens, busy: true, lastUsed: 1, scope: '' });

const chooseSequence = (tokens: number[], sequences: SequenceView[], rules: ReuseRules): SequenceChoice | null =>
  choose({ tokens, scope: '' }, sequences, rules);

test('the next turn of a conversation goes on in its own sequence', () => {
  const turn = numbers(0, 100);
  const sequences = [idle([]), idle(turn, 5), idle(numbers(900, 10), 2)];
  expect(chooseSequence([...turn, 7, 8, 9], sequences, ALL)).toEqual({ target: 1, source: 1, reuse: 100 });
});

test('another conversation with the same system prompt shares it and leaves the first its cache', () => {
  const system = numbers(0, 200);
  const sequences = [idle([...system, ...numbers(500, 100)], 5), idle([])];
  expect(chooseSequence([...system, 1, 2], sequences, ALL)).toEqual({ target: 1, source: 0, reuse: 200 });
});

test('a system prompt is shared from a sequence that is being answered', () => {
  const system = numbers(0, 50);
  const sequences = [busy([...system, 3, 3]), idle([9, 9], 2)];
  expect(chooseSequence([...system, 4], sequences, ALL)).toEqual({ target: 1, source: 0, reuse: 50 });
});

test('without a common prefix an empty sequence is taken, else the one unused for longest', () => {
  expect(chooseSequence([1, 2], [idle([5], 1), idle([]), idle([6], 2)], ALL)).toEqual({
    target: 1,
    source: 1,
    reuse: 0,
  });
  expect(chooseSequence([1, 2], [idle([5], 4), idle([7], 3), busy([6])], ALL)).toEqual({
    target: 1,
    source: 1,
    reuse: 0,
  });
});

test('the last token of the prompt is always evaluated again', () => {
  const turn = numbers(0, 30);
  expect(chooseSequence(turn, [idle(turn)], ALL)?.reuse).toBe(29);
});

test('a busy sequence is never the target, and with none idle there is no choice', () => {
  expect(chooseSequence([1, 2], [busy([1, 2]), busy([])], ALL)).toBeNull();
});

test('a model that cannot cut reuses only what it can extend', () => {
  const rules = { canCut: false, canShare: false, neighbours: false };
  expect(chooseSequence([1, 2, 3, 4], [idle([1, 2, 9])], rules)?.reuse).toBe(0);
  expect(chooseSequence([1, 2, 3, 4], [idle([1, 2, 3])], rules)).toEqual({ target: 0, source: 0, reuse: 3 });
  expect(chooseSequence([1, 2, 3, 4], [busy([1, 2, 3]), idle([])], rules)).toEqual({ target: 1, source: 1, reuse: 0 });
});

test('a common prefix ends at the first difference, the shorter list or the limit', () => {
  expect(commonPrefix([1, 2, 3], [1, 2, 4], 9)).toBe(2);
  expect(commonPrefix([1, 2], [1, 2, 3], 9)).toBe(2);
  expect(commonPrefix([1, 2, 3], [1, 2, 3], 1)).toBe(1);
});

test('a sequence of another scope is never looked into (vLLM CVE-2025-46570)', () => {
  const system = numbers(0, 50);
  const sequences = [{ ...idle(system, 5), scope: 'a' }, idle([])];
  expect(choose({ tokens: [...system, 7], scope: 'b' }, sequences, ALL)).toEqual({ target: 1, source: 1, reuse: 0 });
  expect(choose({ tokens: [...system, 7], scope: 'a' }, sequences, ALL)?.reuse).toBe(50);
});

test('where neighbours matter, a sequence beside running ones is taken before an older one', () => {
  const sequences = [idle([1], 1), idle([2], 9), busy([3]), idle([4], 8), busy([5])];
  expect(chooseSequence([7, 8], sequences, { ...ALL, neighbours: true })?.target).toBe(3);
  expect(chooseSequence([7, 8], sequences, ALL)?.target).toBe(0);
});

test('a few common tokens are evaluated again sooner than copied', () => {
  const sequences = [busy([1, 2, 3, ...numbers(500, 90)]), idle([])];
  expect(chooseSequence([1, 2, 3, 4, 5], sequences, ALL)).toEqual({ target: 1, source: 1, reuse: 0 });
});
