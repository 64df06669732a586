import { expect, test } from 'vitest';
import {
  type Breaker,
  COOL_DOWN_MS,
  FAILURE_WINDOW_MS,
  admits,
  afterFailure,
  afterLoad,
  closedBreaker,
} from './breaker.ts';

function failing(timesMs: readonly number[]): Breaker {
  return timesMs.reduce((breaker, at) => afterFailure(breaker, 'it broke', at), closedBreaker);
}

test('three failures within a minute open the breaker until the cool-down has passed', () => {
  const open = failing([0, 10_000, 20_000]);
  expect(open).toEqual({ kind: 'open', reason: 'it broke', retryAtMs: 20_000 + COOL_DOWN_MS });
  expect(admits(open, 20_000 + COOL_DOWN_MS - 1)).toBe(false);
  expect(admits(open, 20_000 + COOL_DOWN_MS)).toBe(true);
});

test('failures further apart than a minute never open it', () => {
  expect(failing([0, 40_000, FAILURE_WINDOW_MS, 100_000]).kind).toBe('closed');
});

test('a failed trial opens it again at once', () => {
  const again = afterFailure(failing([0, 0, 0]), 'still broken', 40_000);
  expect(again).toEqual({ kind: 'open', reason: 'still broken', retryAtMs: 40_000 + COOL_DOWN_MS });
});

test('a successful trial closes it, but a model that then dies at its first request opens it again', () => {
  const closed = afterLoad(failing([0, 0, 0]), 40_000);
  expect(admits(closed, 40_000)).toBe(true);
  expect(afterFailure(closed, 'it broke', 41_000).kind).toBe('open');
  expect(afterFailure(closed, 'it broke', 40_000 + FAILURE_WINDOW_MS).kind).toBe('closed');
});
