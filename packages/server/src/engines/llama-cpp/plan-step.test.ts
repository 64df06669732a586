import { expect, test } from 'vitest';
import { planStep } from './plan-step.ts';

test('a lone prompt is evaluated in whole tiles, then its end', () => {
  expect(planStep([150], 64, 'singles')).toEqual({ kind: 'tiles', counts: [64] });
  expect(planStep([150], 256, 'singles')).toEqual({ kind: 'tiles', counts: [128] });
  expect(planStep([22], 64, 'tiles')).toEqual({ kind: 'singles', counts: [22] });
});

test('answers being written take turns with a long prompt', () => {
  const first = planStep([1, 1000, 1], 64, 'singles');
  expect(first).toEqual({ kind: 'tiles', counts: [0, 64, 0] });
  expect(planStep([1, 936, 1], 64, first.kind)).toEqual({ kind: 'singles', counts: [1, 0, 1] });
});

test('every answer goes on in its step, and ends of prompts fill it, the oldest first', () => {
  expect(planStep([40, 1, 40, 1], 64, 'tiles').counts).toEqual([40, 1, 21, 1]);
});

test('more answers than a tile still all go on', () => {
  const left = Array.from({ length: 80 }, () => 1);
  expect(planStep(left, 64, 'tiles').counts).toEqual(left);
});

test('the path of each prompt token depends on its own prompt only', () => {
  // Evaluates prompts of the given lengths together; returns for each the step kind of every token.
  const paths = (lengths: readonly number[]): string[] => {
    const done = lengths.map(() => '');
    let previous: 'tiles' | 'singles' = 'singles';
    for (;;) {
      const left = lengths.map((length, index) => length - (done[index]?.length ?? 0));
      if (left.every((count) => count === 0)) return done;
      const { kind, counts } = planStep(left, 128, previous);
      previous = kind;
      for (const [index, count] of counts.entries()) done[index] += kind[0]?.repeat(count) ?? '';
    }
  };
  const lengths = [300, 38, 64, 700, 1, 129];
  const together = paths(lengths);
  for (const [index, length] of lengths.entries()) expect(together[index]).toBe(paths([length])[0]);
});
