import { expect, test } from 'vitest';
import { baselineRows } from './rows.ts';

const concert = {
  seconds: 2,
  tokens: 200,
  ended: 0,
  engineCpu: 2,
  serverCpu: 0,
  firstTextMs: [100],
  promptTokens: 240,
  cachedTokens: 0,
  peakMegabytes: 500,
};

test('speed and memory are held against each number format of the other', () => {
  const run = { seconds: 4, cpuSeconds: 4, tokens: 100, promptTokens: 240, peakBytes: 1e9 };
  const rows = baselineRows([concert], { float32: [run], bfloat16: [{ ...run, seconds: 1, peakBytes: null }] });
  const judged = rows.filter((row) => row.target !== undefined).map((row) => [row.what, row.values[0]]);
  expect(judged).toEqual([
    ['tokens/s: Concert / Transformers, float32', 4],
    ['memory: Concert / Transformers, float32', 0.5],
    ['tokens/s: Concert / Transformers, bfloat16', 1],
    ['memory: Concert / Transformers, bfloat16', Number.NaN],
  ]);
});
