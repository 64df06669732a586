import { expect, test } from 'vitest';
import type { SideRun } from '../chat/run-figures.ts';
import { batchRows } from './rows.ts';

const run: SideRun = {
  seconds: 16,
  tokens: 160,
  ended: 0,
  engineCpu: 16,
  serverCpu: 0.1,
  firstTextMs: Array.from({ length: 16 }, () => 100),
  promptTokens: 800,
  cachedTokens: 0,
};
const line = { promptSeconds: 1, decodeSeconds: 1, seconds: 2, tokens: 10 };
const rounds = [
  {
    alone: run,
    together: { ...run, seconds: 8 },
    bound: [
      { ...line, streams: 1 },
      { ...line, streams: 16, seconds: 16, decodeSeconds: 4 },
    ],
  },
];
const valueOf = (what: string, unit = 'ratio'): number | undefined =>
  batchRows(rounds, 16).find((row) => row.what.includes(what) && row.unit === unit)?.values[0];

test('what batching brings is held against what the engine itself can reach', () => {
  expect(valueOf('16 streams / one at a time')).toBe(2);
  expect(valueOf('the bound')).toBe(2);
  expect(valueOf('without prompts')).toBe(4);
  expect(valueOf('our ratio / the bound')).toBe(1);
  expect(valueOf('Concert, 16 streams', 'answers/s')).toBe(2);
});
