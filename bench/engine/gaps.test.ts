import { expect, test } from 'vitest';
import { gapsIn } from './gaps.ts';

test('a stall counts in every window that it reaches into', () => {
  const stream = [0, 10, 20, 120, 130];
  expect(gapsIn([stream], { fromMs: 5, toMs: 15 })).toEqual([10, 10]);
  expect(gapsIn([stream], { fromMs: 40, toMs: 60 })).toEqual([100]);
  expect(gapsIn([stream, [0, 50]], { fromMs: 125, toMs: 200 })).toEqual([10]);
  expect(gapsIn([stream], { fromMs: 200, toMs: 300 })).toEqual([]);
});
