import { expect, test } from 'vitest';
import { planStep, type StepKind, type StepLimits, type StepPlan } from './plan-step.ts';

const LIMITS: StepLimits = { batchTokens: 64, promptTokens: Infinity, onePool: false };
const plan = (left: number[], previous: StepKind, limits: Partial<StepLimits> = {}): StepPlan =>
  planStep(left, { ...LIMITS, ...limits }, previous);

test('a lone prompt is evaluated in whole tiles, then its end', () => {
  expect(plan([150], 'singles')).toEqual({ kind: 'tiles', counts: [64] });
  expect(plan([150], 'singles', { batchTokens: 256 })).toEqual({ kind: 'tiles', counts: [128] });
  expect(plan([22], 'tiles')).toEqual({ kind: 'singles', counts: [22] });
});

test('answers being written take turns with the tiles of a long prompt while they may be held up so long', () => {
  const first = plan([1, 1000, 1], 'singles', { promptTokens: 70 });
  expect(first).toEqual({ kind: 'tiles', counts: [0, 64, 0] });
  expect(plan([1, 936, 1], first.kind, { promptTokens: 70 })).toEqual({ kind: 'singles', counts: [1, 0, 1] });
});

test('where a tile would hold answers up too long, a piece of the prompt goes along with each of their steps', () => {
  expect(plan([1, 1000, 1], 'singles', { promptTokens: 5 })).toEqual({ kind: 'singles', counts: [1, 5, 1] });
});

test('prompts that came together share a step equally, and short ones leave their rest to the others', () => {
  expect(plan([40, 1, 40, 1], 'tiles').counts).toEqual([32, 1, 32, 1]);
  expect(plan([40, 10, 40], 'tiles').counts).toEqual([27, 10, 27]);
  expect(plan([60, 60, 60], 'tiles', { promptTokens: 2 }).counts).toEqual([1, 1, 0]);
});

test('in one pool all sequences together stay below a tile', () => {
  expect(plan([40, 1, 40, 1], 'tiles', { onePool: true }).counts).toEqual([31, 1, 30, 1]);
});

test('more answers than a tile still all go on', () => {
  const left = Array.from({ length: 80 }, () => 1);
  expect(plan(left, 'tiles', { onePool: true }).counts).toEqual(left);
});

test('while no answer is written, the path of each prompt token depends on its own prompt only', () => {
  // Evaluates prompts of the given lengths together; returns for each the step kind of every token.
  const paths = (lengths: readonly number[]): string[] => {
    const done = lengths.map(() => '');
    let previous: 'tiles' | 'singles' = 'singles';
    for (;;) {
      const left = lengths.map((length, index) => length - (done[index]?.length ?? 0));
      if (left.every((count) => count === 0)) return done;
      const { kind, counts } = plan(left, previous, { batchTokens: 128 });
      previous = kind;
      for (const [index, count] of counts.entries()) done[index] += kind[0]?.repeat(count) ?? '';
    }
  };
  const lengths = [300, 38, 64, 700, 1, 129];
  const together = paths(lengths);
  for (const [index, length] of lengths.entries()) expect(together[index]).toBe(paths([length])[0]);
});
