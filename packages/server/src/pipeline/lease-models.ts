import type { AcquireOptions, LeaseModels, Priority } from '../models/model-manager.ts';
import type { Clock } from '../shared/clock.ts';
import { GatewayError } from '../shared/errors.ts';

/** What a request asks of the models it uses, beside its answer. */
export interface RequestDemand {
  readonly priority: Priority;
  /** From its end on its models stay for so long without users; 0 unloads them, null keeps them, undefined leaves it. */
  readonly keepAliveMs?: number | null | undefined;
}

/** Is told of a request's way to its models. */
export interface LeaseWatch {
  waiting(modelId: string): void;
  granted(modelId: string): void;
}

/** What a request waited for in vain, and when to come again. */
interface GivenUp {
  readonly why: 'loading' | 'busy';
  readonly retryAfterSeconds: number;
}

export interface LeaseModelsOptions {
  readonly demand: RequestDemand;
  readonly watch: LeaseWatch;
  readonly clock: Clock;
  /** Longest wait for a model; null: none. */
  readonly maxWaitMs: number | null;
  /** Told that a request gives up waiting; tells what for, and keeps a load going that would be cancelled with its last requester. */
  readonly giveUpWaiting: (modelId: string) => GivenUp;
}

/**
 * The models as one request sees them: each lease carries the request's priority and keep-alive. Waiting longer than allowed throws
 * `model_loading`, and the model goes on loading for the caller's next try; or `queue_full` where it is loaded and busy.
 */
export function leaseModels(models: LeaseModels, options: LeaseModelsOptions): LeaseModels {
  const { demand, watch } = options;
  const asked: AcquireOptions = {
    priority: demand.priority,
    ...(demand.keepAliveMs !== undefined && { keepAliveMs: demand.keepAliveMs }),
  };
  return {
    plan: (modelIds) => models.plan(modelIds),
    async acquire(id, task, signal, given) {
      watch.waiting(id);
      const patience = startPatience(id, options);
      const either = patience === null ? signal : AbortSignal.any([signal, patience.signal]);
      try {
        const lease = await models.acquire(id, task, either, { ...asked, ...given });
        watch.granted(id);
        return lease;
      } finally {
        patience?.stop();
      }
    },
  };
}

function startPatience(
  modelId: string,
  { maxWaitMs, clock, giveUpWaiting }: LeaseModelsOptions,
): { readonly signal: AbortSignal; stop(): void } | null {
  if (maxWaitMs === null) return null;
  const controller = new AbortController();
  const stop = clock.after(maxWaitMs, () => {
    const { why, retryAfterSeconds } = giveUpWaiting(modelId);
    const code = why === 'loading' ? 'model_loading' : 'queue_full';
    const sentence = `the model ${modelId} is still ${why} after ${Math.round(maxWaitMs / 1000)} s; try again in ${retryAfterSeconds} s`;
    controller.abort(new GatewayError(code, sentence, { retryAfterSeconds }));
  });
  return { signal: controller.signal, stop };
}
