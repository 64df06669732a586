import { type DeviceId, type Footprint, bytesOn, devicesOf, totalOf } from '../shared/footprint.ts';
import { GatewayError } from '../shared/errors.ts';
import type { Refusal } from './scheduler/state.ts';

/** What refusals tell of the machine's memory. */
export interface KnownMemory {
  readonly budgets: Footprint;
  readonly deviceNames: Readonly<Partial<Record<DeviceId, string>>>;
}

/** The error that a refused caller gets. */
export function refusalError(modelId: string, refusal: Refusal, memory: KnownMemory): Error {
  switch (refusal.kind) {
    case 'shutting-down':
      return new GatewayError('shutting_down', 'the server is shutting down; send the request to another one');
    case 'queue-full': {
      const retryAfterSeconds = wholeSeconds(refusal.retryAfterMs);
      const message = `too many requests wait for the model ${modelId}; try again in ${retryAfterSeconds} s`;
      return new GatewayError('queue_full', message, { retryAfterSeconds });
    }
    case 'never-fits':
      return outOfMemory(
        `the model ${modelId} needs ${inWords(refusal.need, memory)}, but all models together may use ` +
          `${inWords(onDevicesOf(refusal.need, memory.budgets), memory)}; give the server more memory, shorten the model's ` +
          'context, or choose a smaller model',
      );
    case 'no-room':
      return outOfMemory(noRoom(modelId, refusal, memory));
    case 'out-of-memory':
      return outOfMemory(
        `the model ${modelId} ran out of memory while it was loaded with ${inWords(refusal.need, memory)} set aside for it, ` +
          'and idle models were ended before it was tried again; close other programs that use this memory, ' +
          "shorten the model's context, or choose a smaller model",
        refusal.error,
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

/** Why the breaker counts a failed load; null where weights are missing or were tampered with and nothing is broken. */
export function failureOf(error: unknown): string | null {
  if (ranOutOfMemory(error)) return 'it ran out of memory';
  if (error instanceof GatewayError && (error.code === 'model_missing' || error.code === 'weights_refused'))
    return null;
  return 'it could not be loaded';
}

/** Whether a load failed for want of memory. */
export function ranOutOfMemory(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'out_of_memory';
}

function outOfMemory(message: string, cause?: unknown): GatewayError {
  return new GatewayError('out_of_memory', message, { param: 'model', ...(cause === undefined ? {} : { cause }) });
}

function noRoom(modelId: string, refusal: Extract<Refusal, { kind: 'no-room' }>, memory: KnownMemory): string {
  const { need, pinned, kept } = refusal;
  const whose = pinned.length === 1 ? `the model ${pinned[0]} is` : `the models ${pinned.join(', ')} are`;
  const causes = [
    ...(pinned.length > 0 ? [`${whose} pinned`] : []),
    ...(totalOf(kept) > 0 ? [`${inWords(kept, memory)} of ended models did not come back`] : []),
  ];
  const cures = [
    ...(pinned.length > 0 ? ['unpin a model or unload it'] : []),
    ...(totalOf(kept) > 0 ? ['end the processes that the log names'] : []),
  ];
  return `the model ${modelId} needs ${inWords(need, memory)}, which cannot become free: ${causes.join(', and ')}; ${cures.join(', or ')}`;
}

function onDevicesOf(named: Footprint, bytes: Footprint): Footprint {
  return Object.fromEntries(devicesOf(named).map((device) => [device, bytesOn(bytes, device)]));
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

function inWords(bytes: Footprint, { deviceNames }: KnownMemory): string {
  const parts = devicesOf(bytes).map((device) => {
    const size = `${(bytesOn(bytes, device) / 1e9).toFixed(2)} GB`;
    return device === 'ram' ? `${size} of memory` : `${size} on ${deviceNames[device] ?? device} (${device})`;
  });
  return parts.join(' and ');
}
