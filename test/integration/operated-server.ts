import type { AddressInfo } from 'node:net';
import { createApp } from '../../packages/server/src/http/app.ts';
import type { AppDeps } from '../../packages/server/src/http/app-deps.ts';
import { fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import { giveUpWaiting } from '../../packages/server/src/models/give-up-waiting.ts';
import { LifecycleFeed } from '../../packages/server/src/models/lifecycle/lifecycle-feed.ts';
import { meterLifecycle } from '../../packages/server/src/models/lifecycle/meter-lifecycle.ts';
import type { ModelManager } from '../../packages/server/src/models/model-manager.ts';
import { leaseModels } from '../../packages/server/src/pipeline/lease-models.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';
import type { Log } from '../../packages/server/src/shared/log.ts';
import { createMetrics } from '../../packages/server/src/shared/prometheus.ts';
import { readMetrics } from '../../packages/server/src/shared/read-metrics.ts';
import { chatTelling } from './fake-models.ts';

/** A server on a real port over a real manager of fake models, asked by model id alone. */
export interface OperatedServer {
  readonly url: string;
  /** The log lines so far. */
  readonly lines: readonly { readonly fields: Record<string, unknown>; readonly message: string }[];
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: object): Promise<T>;
  metrics(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** Serves the manager's models on a free port of the loopback; whoever calls closes both. */
export async function serveModels(
  models: ModelManager,
  options: { readonly maxWaitMs?: number } = {},
): Promise<OperatedServer> {
  const metrics = createMetrics('test');
  models.onEvent((event) => meterLifecycle(event, metrics));
  const lines: { fields: Record<string, unknown>; message: string }[] = [];
  const app = createApp(
    fakeDeps({
      answer: chatWith(models, options.maxWaitMs ?? null),
      status: () => ({ state: 'ready', ...models.status() }),
      load: (id, signal) => models.preload([id], signal),
      unload: (id) => models.unload(id),
      setPinned: (id, pinned) => models.setPinned(id, pinned),
      setKeepAlive: (id, keepAliveMs) => models.setKeepAlive(id, keepAliveMs),
      feed: new LifecycleFeed(models, systemClock),
      metrics,
      log: logInto(lines),
    }),
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    lines,
    get: async <T>(path: string) => (await (await fetch(url + path)).json()) as T,
    async post<T>(path: string, body?: object) {
      const json =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      return (await (await fetch(url + path, { method: 'POST', ...json })).json()) as T;
    },
    metrics: async () => readMetrics(await (await fetch(`${url}/metrics`)).text()),
    close: () => app.close(),
  };
}

/** A chat with one model: its words go to the fake engine as they are. */
function chatWith(models: ModelManager, maxWaitMs: number | null): AppDeps['answer'] {
  return async function* (input, signal, run) {
    const leases = leaseModels(models, {
      demand: run.demand,
      watch: run,
      clock: systemClock,
      maxWaitMs,
      giveUpWaiting: (id) => giveUpWaiting(models, id, Date.now()),
    });
    const { model } = input;
    const [part] = input.messages.at(-1)?.parts ?? [];
    yield { kind: 'start', model };
    yield { kind: 'step-started', step: 'chat', model };
    using lease = await leases.acquire(model, 'chat', signal);
    const startMs = Date.now();
    let promptTokens = 0;
    for await (const event of lease.engine.run(chatTelling(part?.kind === 'text' ? part.text : ''), signal)) {
      if (event.kind === 'text-delta') yield { ...event, choice: 0 };
      else if (event.kind === 'prompt') promptTokens = event.promptTokens;
      else if (event.kind === 'finish') {
        const trace = { step: 'chat', model, startMs: 0, durationMs: Date.now() - startMs } as const;
        yield { kind: 'step-finished', trace };
        const plan = { route: 'SELF_INFER', reason: 'a model was named', confidence: 1, steps: [trace] };
        const { reason, completionTokens } = event;
        yield { kind: 'choice-finished', choice: 0, reason };
        yield { kind: 'finish', promptTokens, completionTokens, reasoningTokens: 0, cachedTokens: 0, plan };
      }
    }
  };
}

function logInto(lines: { fields: Record<string, unknown>; message: string }[]): Log {
  const keep = (fields: object, message: string): void => void lines.push({ fields: { ...fields }, message });
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };
  return log;
}
