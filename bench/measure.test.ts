import { expect, test } from 'vitest';
import { interleave, machineNoise, ratiosOf, spreadOf } from './measure.ts';

test('the median of an even number of figures lies between the middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 4 });
  expect(spreadOf([7])).toEqual({ min: 7, median: 7, max: 7 });
  expect(() => spreadOf([])).toThrow('no figures');
});

test('variants take turns', async () => {
  const order: string[] = [];
  const run = (name: string) => async () => order.push(name);
  await interleave(2, { a: run('a'), b: run('b') });
  expect(order).toEqual(['a', 'b', 'a', 'b']);
});

test('ratios are taken round by round', () => {
  expect(ratiosOf([2, 9], [1, 3])).toEqual([2, 3]);
});

test('the noise of the machine is a spread of positive times', () => {
  const noise = machineNoise(3);
  expect(noise.min).toBeGreaterThan(0);
  expect(noise.max).toBeGreaterThanOrEqual(noise.median);
});
