import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { runClient } from './client.ts';
import { randomOf } from './random.ts';
import type { Attempt } from './tally.ts';

type Reply = readonly [status: number, headers: Readonly<Record<string, string>>, body: string];

let server: Server;
afterEach(() => server.close());

/** Runs a client against these answers, in turn, until the last was given. */
async function attemptsAgainst(replies: readonly Reply[]): Promise<Attempt[]> {
  let given = 0;
  server = createServer((request, response) => {
    const [status, headers, body] = replies[Math.min(given++, replies.length - 1)] as Reply;
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const attempts: Attempt[] = [];
  const client = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    draw: () => ({ kind: 'chat', path: '/v1/chat/completions', body: () => '{}' }),
    random: randomOf(1),
    thinkMs: 0,
    untilMs: performance.now() + 60_000,
    onAttempt: (attempt: Attempt) => {
      attempts.push(attempt);
      if (attempts.length === replies.length) client.untilMs = 0;
    },
  };
  await runClient(client);
  return attempts;
}

test('a client that is refused comes again as told, and that is known of its next try', async () => {
  const attempts = await attemptsAgainst([
    [429, { 'retry-after': '0' }, '{"error":{"message":"busy"}}'],
    [200, {}, '{}'],
    [500, {}, 'oh'],
  ]);
  expect(attempts.map(({ status, waited }) => [status, waited])).toEqual([
    [429, false],
    [200, true],
    [500, false],
  ]);
  expect(attempts[0]).toMatchObject({ retryAfterSeconds: 0, problem: expect.stringContaining('busy') });
});

test('a stream that ends with an error was not served', async () => {
  const body = 'data: {"choices":[]}\n\ndata: {"error":{"message":"the model crashed"}}\n\n';
  const [attempt] = await attemptsAgainst([[200, { 'content-type': 'text/event-stream' }, body]]);
  expect(attempt).toMatchObject({ status: null, problem: expect.stringContaining('the model crashed') });
});
