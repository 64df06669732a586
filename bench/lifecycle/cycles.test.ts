import { expect, test } from 'vitest';
import { verdict } from '../report.ts';
import { cycleRows } from './cycles.ts';

test('a server that keeps something of each load is found out', () => {
  const leaking = Array.from({ length: 100 }, (_, cycle) => ({
    megabytes: 70 + cycle * 0.01,
    handles: 20 + cycle,
    processes: 0,
  }));
  expect(cycleRows(leaking).map(verdict)).toEqual(['≤ 2: missed', '≤ 0.5: missed', '≤ 0.5: met', '']);
});

test('one that only breathes is not', () => {
  const steady = Array.from({ length: 1000 }, (_, cycle) => ({
    megabytes: 70 + (cycle % 5),
    handles: 20 + (cycle % 2),
    processes: 0,
  }));
  expect(cycleRows(steady).map(verdict)).toEqual(['≤ 2: met', '≤ 0.5: met', '≤ 0.5: met', '']);
});
