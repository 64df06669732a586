import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BENCHES } from './benches.ts';
import { newestRuns, pageOf, writePage } from './page.ts';
import { keepReport, type Report } from './report.ts';

const noise = { noiseMs: { min: 1, median: 2, max: 3 }, loadAverage: 0.5 };
const report: Report = {
  name: 'chat',
  subject: null,
  command: 'npm run bench -- chat --threads 1',
  rounds: 3,
  quick: false,
  rows: [
    { what: 'speed', unit: 'tokens/s', values: [100, 120, Number.NaN], target: { atLeast: 105 } },
    { what: 'memory', unit: 'MB', values: [10], target: { atMost: 20 } },
  ],
  notes: ['nothing was odd'],
  machine: { cpu: 'Abacus', cores: 2, memoryGib: 24, node: 'v20.20.2', platform: 'linux x64' },
  commit: 'abc1234',
  at: '2026-11-22T10:00:00.000Z',
  before: noise,
  after: noise,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concert-page-'));
  mkdirSync(join(folder, 'docs/benchmarks'), { recursive: true });
  mkdirSync(join(folder, 'results'));
  writeFileSync(join(folder, 'docs/benchmarks/preface.md'), '# Benchmarks\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const folders = () => ({ results: join(folder, 'results'), docs: join(folder, 'docs'), benches: ['engine', 'chat'] });

test('the newest full run of each bench counts, of each model apart', () => {
  const later = { ...report, at: '2026-11-23T10:00:00.000Z' };
  const quick = { ...report, at: '2026-11-24T10:00:00.000Z', quick: true };
  const other = { ...report, subject: 'qwen' };
  expect(newestRuns([report, later, quick, other])).toEqual([later, other]);
});

test('the page tells what was missed before what was met, then the command and the table of each', () => {
  keepReport({ ...report, rows: [{ ...report.rows[0]!, values: [100] }, report.rows[1]!] }, folders().results);
  keepReport({ ...report, name: 'engine' }, folders().results);
  writePage(folders());
  const page = readFileSync(join(folder, 'docs/benchmarks.md'), 'utf8');
  expect(page).toMatch(/^# Benchmarks\n\n## Targets\n\n3 of 4 targets are met\.\n\nMissed:/);
  expect(page.indexOf('### engine')).toBeLessThan(page.indexOf('### chat (3 rounds)'));
  expect(page).toContain('```sh\nnpm run bench -- chat --threads 1\n```');
  expect(page).toMatch(/\| chat +\| speed +\| ≥ 105 +\| 100 +\| missed \|/);
});

test('a page that is made again from what is kept is the same, without the runs it came from', () => {
  const plot = {
    title: 'Memory',
    xLabel: 'minutes',
    yLabel: 'GB',
    series: [{ name: 'a', colour: 'red', points: '0,1 2,3' }],
  };
  keepReport({ ...report, plot }, folders().results);
  writePage(folders());
  const page = readFileSync(join(folder, 'docs/benchmarks.md'), 'utf8');
  expect(page).toContain('![Memory](images/chat.svg)');
  expect(readFileSync(join(folder, 'docs/images/chat.svg'), 'utf8')).toContain('<polyline');
  rmSync(folders().results, { recursive: true });
  mkdirSync(folders().results);
  writePage(folders());
  expect(readFileSync(join(folder, 'docs/benchmarks.md'), 'utf8')).toBe(page);
});

test('docs/benchmarks.md is what its kept runs make', () => {
  const docs = fileURLToPath(new URL('../docs', import.meta.url));
  const benches = BENCHES.map(({ name }) => name);
  expect(readFileSync(join(docs, 'benchmarks.md'), 'utf8')).toBe(pageOf({ docs, benches }));
});
