import { expect, test } from 'vitest';
import { LogitReading } from './logprobs.ts';

test('a logprob is the logit less the logarithm of the sum of all, whatever is done to the logits afterwards', () => {
  const logits = Float32Array.of(1, 4, -2, 4, 0.5);
  const reading = new LogitReading(logits, 3);
  logits.fill(-Infinity);
  const sum = [1, 4, -2, 4, 0.5].reduce((total, value) => total + Math.exp(value), 0);
  const { logprob, top } = reading.of(2);
  expect(logprob).toBeCloseTo(-2 - Math.log(sum), 12);
  expect(top.map(({ token }) => token)).toEqual([1, 3, 0]);
  expect(top[0]?.logprob).toBeCloseTo(4 - Math.log(sum), 12);
});

test('huge logits do not overflow, and no alternatives are named where none are asked for', () => {
  const { logprob, top } = new LogitReading(Float32Array.of(3e4, 3e4, -3e4), 0).of(0);
  expect(logprob).toBeCloseTo(-Math.LN2, 10);
  expect(top).toEqual([]);
});

test('all alternatives together have at most the whole probability', () => {
  const logits = Float32Array.from({ length: 1000 }, (_, index) => Math.sin(index * 12.9898) * 8);
  const { top } = new LogitReading(logits, 20).of(0);
  const sum = top.reduce((total, { logprob }) => total + Math.exp(logprob), 0);
  expect(top).toHaveLength(20);
  expect(sum).toBeLessThanOrEqual(1);
  expect(top.map(({ logprob }) => logprob)).toEqual(top.map(({ logprob }) => logprob).toSorted((a, b) => b - a));
});
