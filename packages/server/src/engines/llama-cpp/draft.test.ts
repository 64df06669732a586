import { expect, test } from 'vitest';
import { PromptLookup } from './draft.ts';

/** A constant price for each guessed token. */
const each = (price: number) => (tokens: number) => tokens * price;

const REPEATING = [...Array(20).keys(), ...Array(8).keys()];

test('what followed the same tokens before is guessed, as far as there is room', () => {
  expect(new PromptLookup(REPEATING).guess(16, each(0.1)).slice(0, 4)).toEqual([8, 9, 10, 11]);
  expect(new PromptLookup(REPEATING).guess(2, each(0.1))).toEqual([8, 9]);
  expect(new PromptLookup(REPEATING).guess(0, each(0.1))).toEqual([]);
});

test('where nothing repeats nothing is guessed', () => {
  expect(new PromptLookup([1, 2, 3, 4, 5]).guess(16, each(0.1))).toEqual([]);
  // Few words in common are chance.
  expect(new PromptLookup([1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]).guess(16, each(0.1))).toEqual([]);
  expect(new PromptLookup([]).guess(16, each(0.1))).toEqual([]);
});

test('the further the places agree, the longer the guess', () => {
  const lengthAfter = (agreed: number): number =>
    new PromptLookup([...Array(60).keys(), ...Array(agreed).keys()]).guess(16, each(0.6)).length;
  expect(lengthAfter(8)).toBeGreaterThan(0);
  expect(lengthAfter(8)).toBeLessThan(lengthAfter(14));
  expect(lengthAfter(14)).toBeLessThan(lengthAfter(30));
});

test('where many tokens at once are cheap and few are dear, many are guessed or none', () => {
  const price = (tokens: number): number => (tokens < 12 ? tokens : 0.5 * tokens);
  const lengthAfter = (agreed: number): number =>
    new PromptLookup([...Array(60).keys(), ...Array(agreed).keys()]).guess(16, price).length;
  expect(lengthAfter(30)).toBeGreaterThanOrEqual(12);
  expect(lengthAfter(7)).toBe(0);
});

test('guesses that hold make the next one longer, and one that fails shorter', () => {
  const [held, failed, fresh] = [0, 1, 2].map(() => new PromptLookup(REPEATING)) as [
    PromptLookup,
    PromptLookup,
    PromptLookup,
  ];
  held.learn(8, 8);
  failed.learn(8, 1);
  const length = fresh.guess(16, each(0.6)).length;
  expect(held.guess(16, each(0.6)).length).toBeGreaterThan(length);
  expect(failed.guess(16, each(0.6)).length).toBeLessThan(length);
});

test('a request whose guesses fail soon stops guessing where they are dear', () => {
  const lookup = new PromptLookup(REPEATING);
  let failures = 0;
  for (let step = 0; step < 40; step++) {
    const guessed = lookup.guess(16, each(0.6));
    if (guessed.length === 0) continue;
    failures++;
    lookup.learn(guessed.length, 0);
  }
  expect(failures).toBeGreaterThan(0);
  expect(failures).toBeLessThanOrEqual(2);
});

test('where a guessed token costs a step of its own, nothing is ever guessed', () => {
  const tokens = [...Array(60).keys(), ...Array(40).keys()];
  const lookup = new PromptLookup(tokens);
  lookup.learn(15, 15);
  expect(lookup.guess(16, each(1))).toEqual([]);
});
