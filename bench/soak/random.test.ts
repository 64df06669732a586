import { expect, test } from 'vitest';
import { randomOf } from './random.ts';

test('the same seed draws the same, another something else', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, randomOf(seed).next);
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('everything is picked about as often, and pauses have their mean', () => {
  const random = randomOf(7);
  const picked = Array.from({ length: 3000 }, () => random.pick(['a', 'b', 'c']));
  expect(picked.filter((one) => one === 'b').length).toBeGreaterThan(900);
  const pauses = Array.from({ length: 3000 }, () => random.pause(10));
  expect(pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length).toBeGreaterThan(9);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
  expect(() => random.pick([])).toThrow('nothing to pick');
});
