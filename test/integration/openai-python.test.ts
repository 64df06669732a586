import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createApp } from '../../packages/server/src/http/app.ts';
import { FAKE_ANSWER, fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import { GatewayError } from '../../packages/server/src/shared/errors.ts';
import { runPython, testPython } from '../models/python.ts';

if (testPython() === null) console.log('skipped: the official Python client (run npm test, which brings it)');

let stop: () => Promise<void> = async () => undefined;
afterEach(() => stop());

test.skipIf(testPython() === null)(
  'the official Python client waits for as long as Retry-After says, and then has its answer',
  async () => {
    let asked = 0;
    const app = createApp(
      fakeDeps({
        async *answer() {
          if (asked++ !== 1) {
            throw new GatewayError('queue_full', 'too many requests wait; try again in 2 seconds', {
              retryAfterSeconds: 2,
            });
          }
          yield* FAKE_ANSWER;
        },
      }),
    );
    stop = () => app.close();
    await app.listen({ host: '127.0.0.1', port: 0 });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    const seen = JSON.parse(await runPython('openai_retries.py', url)) as { waited: number };
    expect(seen).toMatchObject({ said: 'Hello "world"\n', refused: [429, 'queue_full', 'rate_limit_error', '2'] });
    // Left to itself, the client asks again after half a second to a second.
    expect(seen.waited).toBeGreaterThanOrEqual(2);
    expect(asked).toBe(3);
  },
);
