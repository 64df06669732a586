import { expect, test } from 'vitest';
import { planStep, type StepKind, type StepLimits, type StepPlan } from './plan-step.ts';

const LIMITS: StepLimits = { batchTokens: 64, promptTokens: Infinity, onePool: false, turn: 0, newcomers: null };
const plan = (left: number[], previous: StepKind, limits: Partial<StepLimits> = {}): StepPlan =>
  planStep(left, { ...LIMITS, ...limits }, previous);

test('a lone prompt is evaluated in whole tiles, then its end', () => {
  const alone = { newcomers: [{ size: 150, group: 1 }] };
  expect(plan([150], 'singles', alone)).toEqual({ kind: 'tiles', counts: [64] });
  expect(plan([150], 'singles', { ...alone, batchTokens: 256 })).toEqual({ kind: 'tiles', counts: [128] });
  expect(plan([22], 'tiles', alone)).toEqual({ kind: 'singles', counts: [22] });
  // A last tile would be evaluated otherwise if its last token were held back for others.
  expect(plan([64], 'tiles', alone)).toEqual({ kind: 'singles', counts: [32] });
});

test('answers being written take turns with the tiles of a long prompt while they may be held up so long', () => {
  const first = plan([1, 1000, 1], 'singles', { promptTokens: 70 });
  expect(first).toEqual({ kind: 'tiles', counts: [0, 64, 0] });
  expect(plan([1, 936, 1], first.kind, { promptTokens: 70 })).toEqual({ kind: 'singles', counts: [1, 0, 1] });
});

test('where a tile would hold answers up too long, they take turns with pieces of it', () => {
  const first = plan([1, 1000, 1], 'singles', { promptTokens: 16 });
  expect(first).toEqual({ kind: 'pieces', counts: [0, 16, 0] });
  expect(plan([1, 984, 1], first.kind, { promptTokens: 16 })).toEqual({ kind: 'singles', counts: [1, 0, 1] });
  expect(plan([1, 9], 'singles', { promptTokens: 16 })).toEqual({ kind: 'pieces', counts: [0, 9] });
});

test('prompts take turns beside answers, however long they are', () => {
  const turns = [0, 1, 2, 3].map((turn) => plan([1, 5000, 1, 40, 90], 'singles', { promptTokens: 8, turn }).counts);
  expect(turns).toEqual([
    [0, 8, 0, 0, 0],
    [0, 0, 0, 8, 0],
    [0, 0, 0, 0, 8],
    [0, 8, 0, 0, 0],
  ]);
});

test('in one pool prompts go along with answers and share a step equally; short ones leave their rest to the others', () => {
  const pool = (left: number[], limits: Partial<StepLimits> = {}): readonly number[] =>
    plan(left, 'tiles', { onePool: true, ...limits }).counts;
  expect(pool([1, 1000, 1], { promptTokens: 5 })).toEqual([1, 5, 1]);
  expect(pool([40, 10, 40])).toEqual([27, 10, 26]);
  expect(pool([60, 60, 60], { promptTokens: 2 })).toEqual([1, 1, 0]);
  // What is a tile but for its last token is no tile.
  expect(pool([1, 64, 500], { promptTokens: 70 })).toEqual([1, 62, 0]);
});

test('in one pool all sequences together stay below a tile', () => {
  expect(plan([40, 1, 40, 1], 'tiles', { onePool: true }).counts).toEqual([31, 1, 30, 1]);
});

test('more newcomers than a tile still all begin', () => {
  const lengths = Array.from({ length: 80 }, () => 10);
  expect(new Set(evaluate(lengths, { onePool: true }).begins).size).toBe(1);
});

test('more answers than a tile still all go on', () => {
  const left = Array.from({ length: 80 }, () => 1);
  expect(plan(left, 'tiles', { onePool: true }).counts).toEqual(left);
});

const newcomersOf = (sizes: readonly number[]): StepLimits['newcomers'] => sizes.map((size) => ({ size, group: 1 }));

test('while no answer is written, the path of each prompt token depends on its own prompt only', () => {
  // Evaluates prompts of the given lengths together; returns for each the step kind of every token.
  const paths = (lengths: readonly number[]): string[] => {
    const done = lengths.map(() => '');
    evaluate(lengths, { batchTokens: 128 }, (kind, rows) => {
      for (const [index, count] of rows.entries()) done[index] += kind[0]?.repeat(count) ?? '';
    });
    return done;
  };
  const lengths = [300, 38, 64, 700, 1, 129];
  const together = paths(lengths);
  for (const [index, length] of lengths.entries()) expect(together[index]).toBe(paths([length])[0]);
});

/** Runs prompts of the given lengths, with nobody answering, until each began to; returns the rows of each step and, for each prompt, its last step. */
function evaluate(
  lengths: readonly number[],
  limits: Partial<StepLimits> = {},
  onStep: (kind: StepKind, rows: readonly number[]) => void = () => undefined,
): { steps: number[][]; begins: number[] } {
  const left = [...lengths];
  const begins = lengths.map(() => -1);
  const steps: number[][] = [];
  while (left.some((count) => count > 0)) {
    const present = [...left.keys()].filter((index) => (left[index] ?? 0) > 0);
    const { kind, counts } = plan(
      present.map((index) => left[index] ?? 0),
      'singles',
      { newcomers: newcomersOf(present.map((index) => lengths[index] ?? 0)), ...limits },
    );
    const rows = lengths.map(() => 0);
    for (const [at, index] of present.entries()) rows[index] = counts[at] ?? 0;
    for (const [index, count] of rows.entries()) {
      left[index] = (left[index] ?? 0) - count;
      if (left[index] === 0 && begins[index] === -1) begins[index] = steps.length;
    }
    steps.push(rows);
    onStep(kind, rows);
    if (steps.length > 1000) throw new Error('it never ends');
  }
  return { steps, begins };
}

test('prompts of one length are evaluated side by side, in as many rows as kernels take at once, and begin to answer in one step', () => {
  const { steps, begins } = evaluate([58, 58, 58, 58]);
  expect(steps).toEqual([
    [20, 20, 20, 20],
    [20, 20, 20, 20],
    [18, 18, 18, 18],
  ]);
  expect(begins).toEqual([2, 2, 2, 2]);
  expect(evaluate([58, 58, 58, 58, 58]).steps[0]).toEqual([16, 16, 16, 16, 16]);
});

test('prompts of about one length begin together however many tiles they have', () => {
  const { begins } = evaluate([200, 150, 164, 250, 128, 165]);
  expect(new Set(begins).size).toBe(1);
  // A tile that ends a prompt is no exception.
  expect(new Set(evaluate([128, 128, 64, 100]).begins).size).toBe(2);
});

test('a prompt that is much shorter than the others, or known already, does not wait for them', () => {
  expect(evaluate([58, 5, 58, 1]).begins).toEqual([3, 1, 3, 0]);
  const { begins } = evaluate([1000, 40, 40]);
  expect(begins.slice(1)).toEqual([0, 0]);
});

test('who comes later does not hold up those who are about to begin', () => {
  const newcomers = [
    { size: 100, group: 1 },
    { size: 100, group: 2 },
  ];
  expect(plan([20, 100], 'tiles', { newcomers })).toEqual({ kind: 'singles', counts: [20, 0] });
});

test('however prompts come together, each step evaluates something, stays within its room and ends keep their path', () => {
  let state = 7;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  for (let round = 0; round < 300; round++) {
    const onePool = round % 2 === 1;
    const lengths = Array.from({ length: 1 + random(16) }, () => 1 + random(round % 3 === 0 ? 200 : 63));
    for (const rows of evaluate(lengths, { onePool }).steps) {
      const sum = rows.reduce((total, count) => total + count, 0);
      expect(sum).toBeGreaterThan(0);
      expect(sum).toBeLessThanOrEqual(80 + lengths.length);
      if (onePool && sum % 64 !== 0) expect(sum).toBeLessThan(64);
    }
  }
});
