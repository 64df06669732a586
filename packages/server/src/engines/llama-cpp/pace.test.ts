import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

const answersOf = (writers: number, ms: number): Parameters<Pace['observe']>[0] => ({
  writers,
  promptTokens: 0,
  drafted: 0,
  ms,
});
const promptOf = (promptTokens: number, ms: number): Parameters<Pace['observe']>[0] => ({
  writers: 0,
  promptTokens,
  drafted: 0,
  ms,
});

test('a prompt may take as long as the answers it holds up, and the more so the more newcomers wait', () => {
  const pace = new Pace(2);
  pace.observe(answersOf(4, 40));
  pace.observe(promptOf(64, 128));
  expect(pace.promptTokens(4, 1)).toBe(16);
  expect(pace.promptTokens(4, 2)).toBe(32);
  expect(pace.promptTokens(4, 8)).toBe(128);
  expect(pace.promptTokens(0, 1)).toBe(Infinity);
});

test('small pieces are known by what they took, for kernels evaluate few rows for more each, and forgotten after a while', () => {
  const pace = new Pace(2);
  pace.observe(answersOf(1, 46));
  pace.observe(promptOf(64, 1363));
  expect(pace.promptTokens(1, 1)).toBe(2);
  pace.observe(promptOf(2, 114));
  expect(pace.promptTokens(1, 1)).toBe(1);
  // What few rows take says nothing about a whole prompt.
  expect(pace.promptTokenMs).toBeCloseTo(21.3);
  for (let step = 0; step < 600; step++) pace.observe(answersOf(1, 46));
  expect(pace.promptTokens(1, 1)).toBe(2);
});

test('without a limit prompts are never held back', () => {
  expect(new Pace(null).promptTokens(8, 1)).toBe(Infinity);
});

test('before anything was measured a prompt gets as many tokens as answers do, and always at least one', () => {
  expect(new Pace(2).promptTokens(6, 1)).toBe(6);
  const pace = new Pace(2);
  pace.observe(answersOf(1, 1));
  pace.observe(promptOf(1, 100));
  expect(pace.promptTokens(1, 1)).toBe(1);
});

test('a number of answers that was never seen is judged by the nearest one', () => {
  const pace = new Pace(2);
  expect(pace.undisturbedMs(3)).toBeNull();
  pace.observe(answersOf(3, 40));
  expect(pace.undisturbedMs(3)).toBe(40);
  expect(pace.undisturbedMs(7)).toBe(80);
});

test('what a step with a prompt takes beyond its answers is the prompt’s', () => {
  const pace = new Pace(2);
  pace.observe(answersOf(2, 30));
  pace.observe({ writers: 2, promptTokens: 10, drafted: 0, ms: 50 });
  expect(pace.promptTokenMs).toBe(2);
});

test('guessed tokens are priced by what so many of them took, and many are taken to cost no more each than few', () => {
  const pace = new Pace(2);
  expect(pace.draftPrice(2, 3)).toBe(0.7);
  pace.observe(answersOf(2, 30));
  pace.observe({ writers: 2, promptTokens: 0, drafted: 3, ms: 48 });
  expect(pace.draftPrice(2, 3)).toBeCloseTo(0.2);
  expect(pace.draftPrice(2, 15)).toBeCloseTo(0.2);
  pace.observe({ writers: 2, promptTokens: 0, drafted: 10, ms: 270 });
  expect(pace.draftPrice(2, 10)).toBeCloseTo(0.8);
  expect(pace.draftPrice(2, 3)).toBeCloseTo(0.2);
  // Other numbers of answers have prices of their own.
  expect(pace.draftPrice(1, 3)).toBe(0.7);
  expect(pace.draftPrice(2, 15)).toBeCloseTo(0.75);
});

test('before many guessed tokens were ever checked at once, each is taken to cost what one of a prompt does', () => {
  const pace = new Pace(2);
  pace.observe(answersOf(1, 46));
  pace.observe(promptOf(64, 1363));
  pace.observe({ writers: 1, promptTokens: 0, drafted: 1, ms: 114 });
  expect(pace.draftPrice(1, 15)).toBeCloseTo(0.463, 2);
  expect(pace.draftPrice(1, 7)).toBeGreaterThan(1);
});

test('a price is forgotten after some thousand steps, for it may have been measured on a busy machine', () => {
  const pace = new Pace(2);
  pace.observe(answersOf(1, 10));
  pace.observe({ writers: 1, promptTokens: 0, drafted: 2, ms: 90 });
  expect(pace.draftPrice(1, 2)).toBe(4);
  for (let step = 0; step < 5000; step++) pace.observe(answersOf(1, 10));
  expect(pace.draftPrice(1, 2)).toBe(0.7);
});
