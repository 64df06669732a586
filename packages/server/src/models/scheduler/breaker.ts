/**
 * Stops a retry storm: a model that failed three times within a minute is not started again until a cool-down has
 * passed, and then by one trial.
 */
export type Breaker =
  | { readonly kind: 'closed'; readonly failuresMs: readonly number[] }
  | { readonly kind: 'open'; readonly reason: string; readonly retryAtMs: number };

/** Three failures within this many milliseconds open the breaker. */
export const FAILURE_WINDOW_MS = 60_000;
/** How long an open breaker refuses. */
export const COOL_DOWN_MS = 30_000;
const FAILURES_ALLOWED = 3;

/** A breaker that has seen no failure. */
export const closedBreaker: Breaker = { kind: 'closed', failuresMs: [] };

/** The breaker after a crash or a failed load; a failed trial opens it again at once. */
export function afterFailure(breaker: Breaker, reason: string, nowMs: number): Breaker {
  const open: Breaker = { kind: 'open', reason, retryAtMs: nowMs + COOL_DOWN_MS };
  if (breaker.kind === 'open') return open;
  const failuresMs = [...breaker.failuresMs.filter((at) => nowMs - at < FAILURE_WINDOW_MS), nowMs];
  return failuresMs.length >= FAILURES_ALLOWED ? open : { kind: 'closed', failuresMs };
}

/**
 * The breaker after a successful load. A trial closes it, but one more failure within the window opens it again: a
 * model that loads well and dies at its first request has not recovered.
 */
export function afterLoad(breaker: Breaker, nowMs: number): Breaker {
  if (breaker.kind === 'closed') return breaker;
  return { kind: 'closed', failuresMs: Array.from({ length: FAILURES_ALLOWED - 1 }, () => nowMs) };
}

/** Whether a request may start the model now. */
export function admits(breaker: Breaker, nowMs: number): boolean {
  return breaker.kind === 'closed' || nowMs >= breaker.retryAtMs;
}
