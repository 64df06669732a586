import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createApp } from '../../packages/server/src/http/app.ts';
import { fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';
import { createMetrics } from '../../packages/server/src/shared/prometheus.ts';
import { LifecycleFeed } from '../../packages/server/src/models/lifecycle/lifecycle-feed.ts';
import type { LifecycleEvent } from '../../packages/server/src/models/lifecycle/lifecycle-event.ts';
import { meterLifecycle } from '../../packages/server/src/models/lifecycle/meter-lifecycle.ts';

const ROUND = 1_500;
const CONNECTIONS = 8;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test(
  'the gateway’s own memory stays flat over thousands of requests (LiteLLM#12685, LiteLLM#15128)',
  { timeout: 200_000 },
  async () => {
    const metrics = createMetrics('test');
    const listeners: ((event: LifecycleEvent) => void)[] = [(event) => meterLifecycle(event, metrics)];
    const source = {
      onEvent: (listener: (event: LifecycleEvent) => void) => (
        listeners.push(listener),
        { [Symbol.dispose]: () => undefined }
      ),
    };
    // As small as the rounds are, so that it is full before the first measurement.
    const feed = new LifecycleFeed(source, systemClock, 100);
    const fake = fakeDeps();
    const deps = fakeDeps({
      metrics,
      feed,
      answer(input, signal, run) {
        // What the fake remembers for tests would grow.
        fake.chats.length = fake.calls.length = 0;
        for (const kind of ['granted', 'released'] as const) {
          const event = { modelId: 'small-llm', users: 1 };
          for (const listener of listeners)
            listener(kind === 'granted' ? { ...event, kind, waitedMs: 0 } : { ...event, kind, heldMs: 1 });
        }
        return fake.answer(input, signal, run);
      },
    });
    const app = createApp(deps);
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const send = async (path: string, id: string, body: object | null): Promise<number | undefined> => {
      const headers = { 'content-type': 'application/json', 'x-request-id': id };
      const asking = request({ agent, port, path, headers, method: body === null ? 'GET' : 'POST', host: '127.0.0.1' });
      asking.end(body === null ? undefined : JSON.stringify(body));
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
      return answer.statusCode;
    };
    const ask = async (at: number): Promise<void> => {
      // A name of its own each time, and a third of them wrong: neither may leave anything behind.
      const status = await send('/v1/chat/completions', `request-${at}`, {
        model: `name-${at}`,
        messages: [{ role: at % 3 === 0 ? 'nobody' : 'user', content: `question ${at} `.repeat(50) }],
        stream: at % 2 === 0,
        concert: { session: `session-${at}` },
      });
      expect(status).toBe(at % 3 === 0 ? 400 : 200);
    };
    const round = async (first: number): Promise<number> => {
      for (let at = first; at < first + ROUND; at += CONNECTIONS) {
        await Promise.all(Array.from({ length: CONNECTIONS }, (_, lane) => ask(at + lane)));
      }
      await send('/metrics', 'metrics', null);
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    try {
      await round(0);
      const early = await round(ROUND);
      const middle = await round(2 * ROUND);
      const late = await round(3 * ROUND);
      const perRequest = (late - early) / (2 * ROUND);
      const kilobytes = [early, middle, late].map((bytes) => Math.round(bytes / 1000));
      console.info(
        `heap after ${2 * ROUND}, ${3 * ROUND}, ${4 * ROUND} requests: ${kilobytes.join(', ')} kB; ${perRequest.toFixed(0)} B each`,
      );
      // A single leaked request or its 650 characters would be over a kilobyte.
      expect(perRequest).toBeLessThan(300);
    } finally {
      agent.destroy();
      await app.close();
    }
  },
);
