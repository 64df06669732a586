import { expect, test } from 'vitest';
import { interleave, machineNoise, percentile, ratiosOf, spreadOf } from './measure.ts';

test('the median of an even number of figures lies between the middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 4 });
  expect(spreadOf([7])).toEqual({ min: 7, median: 7, max: 7 });
  expect(() => spreadOf([])).toThrow('no figures');
});

test('a percentile is a value that occurred, whatever the order', () => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index);
  expect(percentile(values, 0.5)).toBe(10);
  expect(percentile(values, 0.95)).toBe(19);
  expect(percentile([3], 0.95)).toBe(3);
  expect(percentile([1, 2], 0)).toBe(1);
  expect(() => percentile([], 0.5)).toThrow('no figures');
});

test('variants take turns and are told the round', async () => {
  const order: string[] = [];
  const run = (name: string) => async (round: number) => order.push(`${name}${round}`);
  expect(await interleave(2, { a: run('a'), b: run('b') })).toEqual({ a: [1, 3], b: [2, 4] });
  expect(order).toEqual(['a0', 'b0', 'a1', 'b1']);
});

test('ratios are taken round by round', () => {
  expect(ratiosOf([2, 9], [1, 3])).toEqual([2, 3]);
  expect(() => ratiosOf([2, 9], [1])).toThrow('2 figures cannot be compared with 1');
});

test('the noise of the machine is a spread of positive times', () => {
  const noise = machineNoise(3);
  expect(noise.min).toBeGreaterThan(0);
  expect(noise.max).toBeGreaterThanOrEqual(noise.median);
});
