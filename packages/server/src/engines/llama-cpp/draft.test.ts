import { expect, test } from 'vitest';
import { PromptLookup } from './draft.ts';

test('what followed the same tokens before is guessed, as far as there is room', () => {
  const lookup = new PromptLookup([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2, 3, 4, 5, 6]);
  expect(lookup.guess(16, 0.5)).toEqual([7, 8, 9, 10]);
  expect(lookup.guess(2, 0.5)).toEqual([7, 8]);
  expect(lookup.guess(0, 0.5)).toEqual([]);
});

test('where nothing repeats nothing is guessed', () => {
  expect(new PromptLookup([1, 2, 3, 4, 5]).guess(16, 0.5)).toEqual([]);
  // Few words in common are chance.
  expect(new PromptLookup([1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]).guess(16, 0.5)).toEqual([]);
  expect(new PromptLookup([]).guess(16, 0.5)).toEqual([]);
});

test('guesses that hold become longer, those that fail shorter', () => {
  const tokens = Array.from({ length: 60 }, (_, index) => index % 30);
  const lookup = new PromptLookup(tokens);
  expect(lookup.guess(16, 0.5)).toHaveLength(4);
  lookup.learn(4, 4);
  expect(lookup.guess(16, 0.5)).toHaveLength(8);
  lookup.learn(8, 1);
  expect(lookup.guess(16, 0.1)).toHaveLength(2);
});

test('a request whose guesses do not pay pauses, then tries again', () => {
  const lookup = new PromptLookup(Array.from({ length: 60 }, (_, index) => index % 30));
  const steps: boolean[] = [];
  for (let step = 0; step < 40; step++) {
    const guessed = lookup.guess(16, 0.5);
    steps.push(guessed.length > 0);
    if (guessed.length > 0) lookup.learn(guessed.length, 0);
  }
  expect(steps.filter(Boolean).length).toBeLessThan(10);
  expect(steps.slice(5).some(Boolean)).toBe(true);
});

test('the dearer a guess is to check, the surer it must be', () => {
  const tokens = Array.from({ length: 60 }, (_, index) => index % 30);
  expect(new PromptLookup(tokens).guess(16, 0.7)).toHaveLength(4);
  expect(new PromptLookup(tokens).guess(16, 0.9)).toEqual([]);
});
