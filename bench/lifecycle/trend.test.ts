import { expect, test } from 'vitest';
import { trendOf } from './trend.ts';

test('steady growth is found, per step, and is certain', () => {
  const { perStep, low, high } = trendOf(Array.from({ length: 100 }, (_, step) => 50 + step * 0.25));
  expect(perStep).toBeCloseTo(0.25);
  expect(low).toBeCloseTo(0.25);
  expect(high).toBeCloseTo(0.25);
});

test('what goes up and down again does not grow', () => {
  const { perStep, low, high } = trendOf(Array.from({ length: 400 }, (_, step) => 50 + (step % 7)));
  expect(Math.abs(perStep)).toBeLessThan(0.001);
  expect(low).toBeLessThan(0);
  expect(high).toBeGreaterThan(0);
});

test('the warming up at the beginning does not count', () => {
  const figures = Array.from({ length: 100 }, (_, step) => Math.min(step, 15));
  expect(trendOf(figures).perStep).toBe(0);
});

test('a few figures prove nothing', () => {
  const { low, high } = trendOf([1, 2]);
  expect([low, high]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
});
