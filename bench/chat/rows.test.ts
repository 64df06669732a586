import { expect, test } from 'vitest';
import { inequalities, rowsOf } from './rows.ts';
import { type SideRun, sumOf } from './run-figures.ts';

const run: SideRun = {
  seconds: 2,
  tokens: 200,
  ended: 0,
  engineCpu: 4,
  serverCpu: 0.5,
  firstTextMs: [10, 30, 20, 40],
  promptTokens: 240,
  cachedTokens: 8,
};
const compared = {
  streams: 4,
  bare: [run, run],
  http: [
    { ...run, seconds: 2.5 },
    { ...run, seconds: 2 },
  ],
};

test('each round of the server is held against the same round of the bare loop', () => {
  const ratio = rowsOf(compared).find((row) => row.what === '4 streams: over HTTP / bare loop');
  expect(ratio).toMatchObject({ unit: 'ratio', values: [0.8, 1], target: { atLeast: 0.97 } });
});

test('CPU time is told for a thousand tokens, of engine and server apart', () => {
  const rows = rowsOf(compared);
  expect(rows.find((row) => row.what.endsWith('engine over HTTP'))?.values).toEqual([20, 20]);
  expect(rows.find((row) => row.what.endsWith(': server'))?.values).toEqual([2.5, 2.5]);
});

test('the time to the first text is told as the middle and the slow end of each round', () => {
  const rows = rowsOf(compared);
  expect(rows.find((row) => row.what.endsWith('p50'))?.values).toEqual([20, 20]);
  expect(rows.find((row) => row.what.endsWith('p95'))?.values).toEqual([40, 40]);
});

test('the sets of a round count as one run', () => {
  const both = sumOf([run, { ...run, ended: 1 }]);
  expect(both).toMatchObject({ seconds: 4, tokens: 400, ended: 1, engineCpu: 8, serverCpu: 1, cachedTokens: 16 });
  expect(both.firstTextMs).toHaveLength(8);
});

test('what makes the sides unequal is said', () => {
  expect(inequalities([compared])).toEqual([expect.stringContaining('2.0 of 60 prompt tokens an answer')]);
  const longer = { ...compared, http: [{ ...run, promptTokens: 244 }, run] };
  expect(inequalities([longer])[1]).toContain('484 tokens over HTTP and 480 in the bare loop');
  expect(inequalities([{ ...compared, bare: [{ ...run, ended: 2 }, run] }])[1]).toContain(
    'about 2 of the bare loop, 0',
  );
});
