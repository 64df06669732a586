import { expect, test } from 'vitest';
import { type Usage, densestRate, isKnown, noUsage, recordEnd, recordUse, reuseRate } from './usage.ts';

const MINUTE = 60_000;

/** Uses at these times. */
function usedAt(...timesMs: readonly number[]): Usage {
  return timesMs.reduce((usage, atMs) => recordUse(usage, atMs), noUsage);
}

/** Uses so many times, one gap apart; the last at 0. */
function every(gapMs: number, times = 30): Usage {
  return usedAt(...Array.from({ length: times }, (_, at) => (at + 1 - times) * gapMs));
}

test('what is used every minute is expected about once a minute', () => {
  const perMinute = reuseRate(every(MINUTE), 1_000) * 60;
  expect(perMinute).toBeGreaterThan(0.5);
  expect(perMinute).toBeLessThan(2);
});

test('a periodic use is expected more and more until it is due', () => {
  const usage = every(30 * MINUTE);
  expect(reuseRate(usage, 29 * MINUTE)).toBeGreaterThan(5 * reuseRate(usage, MINUTE));
});

test('after a burst a model is expected less and less', () => {
  const usage = every(2_000);
  const rates = [3_000, 30_000, 5 * MINUTE, 60 * MINUTE].map((atMs) => reuseRate(usage, atMs));
  expect(rates).toEqual(rates.toSorted((a, b) => b - a));
  expect(rates[0]).toBeGreaterThan(100 * (rates[3] ?? 0));
});

test('the long pauses between bursts are remembered through the bursts', () => {
  const bursts = usedAt(
    ...Array.from({ length: 80 }, (_, at) => Math.floor(at / 20) * 20 * MINUTE + (at % 20) * 1_000),
  );
  const last = 3 * 20 * MINUTE + 19_000;
  expect(reuseRate(bursts, last + 18 * MINUTE)).toBeGreaterThan(2 * reuseRate(every(1_000), 18 * MINUTE));
});

test('of models used once, the one used last is expected first', () => {
  expect(reuseRate(usedAt(9 * MINUTE), 10 * MINUTE)).toBeGreaterThan(reuseRate(usedAt(0), 10 * MINUTE));
});

test('a model that was never used is not expected', () => {
  expect(reuseRate(noUsage, 0)).toBe(0);
  expect(densestRate(noUsage)).toBe(0);
});

test('a month without use, and a clock that goes back, are borne', () => {
  const month = 30 * 24 * 60 * MINUTE;
  for (const rate of [reuseRate(every(MINUTE), month), reuseRate(every(MINUTE), -month)]) {
    expect(Number.isFinite(rate)).toBe(true);
    expect(rate).toBeGreaterThanOrEqual(0);
  }
  expect(reuseRate(recordUse(every(MINUTE), -month), 0)).toBeGreaterThanOrEqual(0);
});

test('what is remembered of a model does not grow', () => {
  const bytes = (usage: Usage): number => usage.gaps.length;
  expect(bytes(every(MINUTE, 1_000))).toBe(bytes(noUsage));
});

test('how long a request waited and worked is no part of the gap to the next', () => {
  let usage: Usage = noUsage;
  for (let at = 0; at < 20; at++) usage = recordEnd(recordUse(usage, at * 61_000), at * 61_000 + 60_000);
  expect(densestRate(usage)).toBeGreaterThan(0.5);
  expect(recordEnd(noUsage, 5)).toBe(noUsage);
});

test('a model is known from its fourth use on', () => {
  expect(isKnown(usedAt(0, 1_000, 2_000))).toBe(false);
  expect(isKnown(usedAt(0, 1_000, 2_000, 3_000))).toBe(true);
});
