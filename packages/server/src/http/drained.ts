import type { ServerResponse } from 'node:http';
import type { Clock } from '../shared/clock.ts';

/** A client that takes nothing for so long is gone in all but name, and holds a model in memory. */
const STALLED_MS = 120_000;

/** Waits until the client has taken what was written, or is gone; cuts it off when it takes nothing for two minutes. */
export function drained(response: ServerResponse, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const stopTimer = clock.after(STALLED_MS, () => response.destroy());
    const done = (): void => {
      stopTimer();
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
