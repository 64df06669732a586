import type { FastifyInstance } from 'fastify';
import type { ModelManager } from './models/model-manager.ts';
import type { Clock } from './shared/clock.ts';

/** How long answers that were broken off may take to tell their clients so. */
const LAST_WORDS_MS = 1_000;
/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface DrainDeps {
  readonly app: FastifyInstance;
  readonly models: Pick<ModelManager, 'close'>;
  readonly clock: Clock;
  /** How long requests that were taken may go on. */
  readonly graceMs: number;
}

/**
 * Ends a server: it takes nothing new, finishes what it took while the grace lasts (loading the models for it included), then ends
 * every model, so that what still runs fails with its own error, and cuts the connections that are left.
 */
export async function drain({ app, models, clock, graceMs }: DrainDeps): Promise<void> {
  const closed = app.close();
  let finished = false;
  try {
    finished = await settledWithin(closed, Math.min(graceMs, LONGEST_TIMER_MS), clock);
  } finally {
    await models.close(0);
  }
  if (!finished && !(await settledWithin(closed, LAST_WORDS_MS, clock))) app.server.closeAllConnections();
  await closed;
}

function settledWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stopTimer = clock.after(ms, () => resolve(false));
    promise.then(() => resolve(true), reject).finally(stopTimer);
  });
}
