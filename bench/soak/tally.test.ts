import { expect, test } from 'vitest';
import { verdict } from '../report.ts';
import { type Attempt, countsTable, isFair, lifeTable, soakRows } from './tally.ts';

const attempt = (status: number | null, more: Partial<Attempt> = {}): Attempt => ({
  kind: 'ocr',
  status,
  problem: null,
  seconds: 1,
  retryAfterSeconds: null,
  waited: false,
  ...more,
});
const sample = { second: 0, budgetBytes: 100, reservedBytes: 90, measuredBytes: 80 };
const rowOf = (rows: ReturnType<typeof soakRows>, what: string) => rows.find((row) => row.what === what);

test('a refusal is fair when it says when to come again', () => {
  expect(isFair(attempt(200))).toBe(true);
  expect(isFair(attempt(429, { retryAfterSeconds: 3 }))).toBe(true);
  expect(isFair(attempt(503))).toBe(false);
  expect(isFair(attempt(500, { retryAfterSeconds: 1 }))).toBe(false);
  expect(isFair(attempt(null))).toBe(false);
});

test('of those who came again as told it is known how many were served', () => {
  const attempts = [
    attempt(429, { retryAfterSeconds: 2 }),
    attempt(200, { waited: true }),
    attempt(503, { retryAfterSeconds: 2, waited: true }),
  ];
  const rows = soakRows(attempts, [sample], 0);
  expect(rowOf(rows, 'came again as told')?.values).toEqual([2]);
  expect(rowOf(rows, 'of these served')?.values).toEqual([50]);
  expect(rowOf(rows, 'told to come again in, p50')?.values).toEqual([2]);
  expect(rows.map(verdict).every((judgement) => judgement === '' || judgement.endsWith('met'))).toBe(true);
});

test('one second above the budget is a target missed', () => {
  const rows = soakRows([attempt(200)], [sample, { ...sample, measuredBytes: 101 }], 1);
  expect(verdict(rowOf(rows, 'measured / budget, at most')!)).toContain('missed');
  expect(rowOf(rows, 'seconds with more measured than the budget')?.values).toEqual([50]);
  expect(verdict(rowOf(rows, 'processes of models left after the stop')!)).toContain('missed');
});

test('answers are counted by kind and status', () => {
  const { header, lines } = countsTable([attempt(200, { seconds: 2 }), attempt(429), attempt(null, { kind: 'chat' })]);
  expect(header).toEqual(['request', '200', '429', 'none', 'served in s, p50', 'p95']);
  expect(lines).toEqual([
    ['ocr', '1', '1', '0', '2.0', '2.0'],
    ['chat', '0', '0', '1', '–', '–'],
    ['all', '1', '1', '1', '2.0', '2.0'],
  ]);
});

test('loads and unloads are counted by model and reason', () => {
  const { header, lines } = lifeTable([
    { kind: 'load-started', model: 'a', reason: 'request' },
    { kind: 'loaded', model: 'a', load_ms: 1500 },
    { kind: 'unloaded', model: 'a', reason: 'evicted' },
    { kind: 'load-started', model: 'a', reason: 'prefetch' },
    { kind: 'crashed', model: 'a', reason: 'it fell' },
  ]);
  expect(header.slice(1, 5)).toEqual(['loaded: prefetch', 'loaded: request', 'load in s, p50', 'left: evicted']);
  expect(lines).toEqual([['a', '1', '1', '1.50', '1', '0', '0', '1', '0']]);
});
