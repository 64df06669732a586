import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { figure, keepReport, type Report, renderReport, tableOf, verdict } from './report.ts';

const noise = { noiseMs: { min: 1, median: 2, max: 3 }, loadAverage: 0.5 };
const report: Report = {
  name: 'chat',
  rounds: 3,
  quick: false,
  rows: [{ what: 'speed', unit: 'tokens/s', values: [100, 120, 110], target: { atLeast: 105 } }],
  notes: ['nothing was odd'],
  machine: { cpu: 'Abacus', cores: 2, memoryGib: 24, node: 'v20.20.2', platform: 'linux x64' },
  commit: 'abc1234',
  at: '2026-11-22T10:00:00.000Z',
  before: noise,
  after: noise,
};

test('figures keep three digits that count, and what is not known is a dash', () => {
  expect([1234, 56.78, 3.456, 0.12345, Number.NaN].map(figure)).toEqual(['1234', '56.8', '3.46', '0.123', '–']);
});

test('the median decides whether a target is met', () => {
  const row = { what: 'x', unit: 's', values: [1, 2, 9] };
  expect(verdict({ ...row, target: { atMost: 2 } })).toBe('≤ 2: met');
  expect(verdict({ ...row, target: { atLeast: 3 } })).toBe('≥ 3: missed');
  expect(verdict({ ...row, values: [Number.NaN], target: { atMost: 2 } })).toBe('≤ 2: not known');
  expect(verdict(row)).toBe('');
});

test('the table has one line for each figure, its columns aligned', () => {
  const lines = tableOf([...report.rows, { what: 'a longer name', unit: 's', values: [1] }]).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[2]).toMatch(/^\| speed {9}\| tokens\/s \| 110 +\| 100 +\| 120 +\| ≥ 105: met \|$/);
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
});

test('a report tells the machine, its noise and the notes; a quick one says that it means nothing', () => {
  const text = renderReport(report);
  expect(text).toContain('## chat (3 rounds)');
  expect(text).toContain('- nothing was odd');
  expect(text).toContain('Abacus, 2 cores, 24 GiB, Node v20.20.2, linux x64, commit abc1234');
  expect(text).toContain('1.00 / 2.00 / 3.00 ms, load 0.5 before');
  expect(renderReport({ ...report, quick: true })).toContain('the figures mean nothing');
});

test('the kept file holds the figures of every round', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concert-bench-'));
  try {
    const kept: unknown = JSON.parse(readFileSync(keepReport(report, folder), 'utf8'));
    expect(kept).toMatchObject({ name: 'chat', rows: [{ values: [100, 120, 110], median: 110 }], before: noise });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
