import type { Waiter } from './state.ts';

/** A request of this priority goes as if it had come so much earlier: so each goes first in the end. */
const HEAD_START_MS = { high: 30_000, normal: 0, low: -30_000 } as const satisfies Record<Waiter['priority'], number>;

/** The time by which waiting requests are ordered, earliest first. */
function queueTimeMs({ sinceMs, priority }: Pick<Waiter, 'sinceMs' | 'priority'>): number {
  return sinceMs - HEAD_START_MS[priority];
}

/** Negative where the first is served before the second; those of equal rank are served as they came. */
export function compareWaiters(a: Waiter, b: Waiter): number {
  return queueTimeMs(a) - queueTimeMs(b) || a.ticket - b.ticket;
}

/** In the order in which they are served. */
export function inOrder(waiters: readonly Waiter[]): readonly Waiter[] {
  return waiters.toSorted(compareWaiters);
}

/** When a waiter may make busy models leave: its patience begins late when its priority is low, and never before it came. */
export function patienceEndsMs(waiter: Waiter, patienceMs: number): number {
  return Math.max(waiter.sinceMs, queueTimeMs(waiter)) + patienceMs;
}

/** The first waiter of each model, in the order in which models are to be loaded. */
export function firstOfEach(waiters: readonly Waiter[]): readonly Waiter[] {
  const first = new Map<string, Waiter>();
  for (const waiter of waiters) {
    const best = first.get(waiter.modelId);
    if (best === undefined || compareWaiters(waiter, best) < 0) first.set(waiter.modelId, waiter);
  }
  return inOrder([...first.values()]);
}
