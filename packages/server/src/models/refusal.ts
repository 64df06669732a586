import { GatewayError } from '../shared/errors.ts';
import type { Refusal } from './scheduler-state.ts';

/** The error that a refused caller gets. */
export function refusalError(modelId: string, refusal: Refusal, budgetBytes: number): Error {
  switch (refusal.kind) {
    case 'shutting-down':
      return new GatewayError('shutting_down', 'the server is shutting down; send the request to another one');
    case 'queue-full': {
      const retryAfterSeconds = wholeSeconds(refusal.retryAfterMs);
      const message = `too many requests wait for the model ${modelId}; try again in ${retryAfterSeconds} s`;
      return new GatewayError('queue_full', message, { retryAfterSeconds });
    }
    case 'never-fits':
      return new GatewayError(
        'out_of_memory',
        `the model ${modelId} needs ${inGigabytes(refusal.needBytes)} of memory, but all models together may use ` +
          `${inGigabytes(budgetBytes)}; give the server more memory, shorten the model's context, or choose a smaller model`,
        { param: 'model' },
      );
    case 'breaker-open': {
      const retryAfterSeconds = wholeSeconds(refusal.retryAfterMs);
      const message = `the model ${modelId} failed repeatedly, last because ${refusal.reason}; it is tried again in ${retryAfterSeconds} s`;
      return new GatewayError('model_failed', message, { retryAfterSeconds });
    }
    case 'not-loaded':
      return new GatewayError('model_failed', `the model ${modelId} could not be loaded: ${refusal.reason}`, {
        retryAfterSeconds: 1,
      });
    case 'load-failed':
      return refusal.error;
    default:
      return refusal satisfies never;
  }
}

/** What callers are told of a failed load; errors that already say what to do pass through. */
export function loadError(modelId: string, error: unknown): GatewayError {
  if (error instanceof GatewayError && error.code !== 'model_crashed' && error.code !== 'internal_error') return error;
  const why = error instanceof GatewayError ? error.message : 'its engine failed; the log says why';
  return new GatewayError('model_failed', `the model ${modelId} could not be loaded: ${why}`, {
    retryAfterSeconds: 1,
    cause: error,
  });
}

/** Whether a failed load says that something is broken, rather than that weights are missing or were tampered with. */
export function countsAsFailure(error: unknown): boolean {
  return !(error instanceof GatewayError && (error.code === 'model_missing' || error.code === 'weights_refused'));
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
