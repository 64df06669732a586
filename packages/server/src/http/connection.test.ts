import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import http from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { AnswerEvent } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import { type ClientTimeouts, createApp } from './app.ts';
import type { AppDeps } from './app-deps.ts';
import { deferred, FAKE_END, fakeDeps, manualClock } from './fake-deps.ts';

const apps: FastifyInstance[] = [];

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

async function listen(overrides: Partial<AppDeps>, timeouts?: ClientTimeouts): Promise<number> {
  const app = createApp(fakeDeps(overrides), timeouts);
  apps.push(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

/** A log that settles `line` with the first request's line. */
function requestLog(): { log: Log; line: Promise<Record<string, unknown>> } {
  let done: (fields: Record<string, unknown>) => void;
  const line = new Promise<Record<string, unknown>>((resolve) => (done = resolve));
  const log: Log = {
    debug: () => undefined,
    info: (fields) => done({ ...fields }),
    warn: () => undefined,
    error: () => undefined,
    child: () => log,
  };
  return { log, line };
}

/** An answer that begins, then waits until it is aborted. */
function endlessAnswer(first: readonly AnswerEvent[]): { answer: AppDeps['answer']; aborted: Promise<void> } {
  let tell: () => void;
  const aborted = new Promise<void>((resolve) => (tell = resolve));
  return {
    aborted,
    async *answer(_input, signal) {
      yield* first;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      tell();
      signal.throwIfAborted();
    },
  };
}

function post(port: number, body: object): http.ClientRequest {
  const request = http.request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
  });
  request.end(JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...body }));
  return request;
}

async function textOf(answer: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk as string;
  return text;
}

test('a client that leaves a stream stops the answer, and the log says 499', async () => {
  const { answer, aborted } = endlessAnswer([{ kind: 'text-delta', choice: 0, text: 'He' }]);
  const { log, line } = requestLog();
  const request = post(await listen({ answer, log }), { stream: true });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  expect(response.statusCode).toBe(200);
  await once(response, 'data');
  request.on('error', () => undefined);
  request.destroy();
  await aborted;
  expect(await line).toMatchObject({ status: 499, path: '/v1/chat/completions' });
});

test('a client that does not wait for a whole answer stops it too', async () => {
  const { answer, aborted } = endlessAnswer([{ kind: 'start', model: 'm' }]);
  const { log, line } = requestLog();
  const asked = deferred();
  const request = post(
    await listen({
      log,
      answer(...asking) {
        asked.resolve();
        return answer(...asking);
      },
    }),
    {},
  );
  request.on('error', () => undefined);
  await asked.promise;
  request.destroy();
  await aborted;
  expect(await line).toMatchObject({ status: 499 });
});

test('a client that uploads too much reads the 413 instead of a reset', async () => {
  const port = await listen({ limits: { bodyBytes: 1000, imagePixels: 1, imagesPerRequest: 1 } });
  const chunk = Buffer.alloc(256 * 1024, 0x20);
  for (const headers of [{ 'content-length': chunk.length * 40 }, { 'transfer-encoding': 'chunked' }]) {
    const request = http.request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { ...headers, 'content-type': 'application/json' },
    });
    const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
    for (let sent = 0; sent < 40; sent++) if (!request.write(chunk)) await once(request, 'drain');
    request.end();
    const [response] = await answered;
    expect(response.statusCode).toBe(413);
    expect(JSON.parse(await textOf(response))).toMatchObject({
      error: { code: 'too_large', param: null, type: 'invalid_request_error' },
    });
  }
});

test('a client that is too slow gets 408 in OpenAI’s form', async () => {
  const socket = connect(await listen({}, { headersMs: 50, requestMs: 100, checkMs: 20 }), '127.0.0.1');
  socket.write(
    'POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"messages"',
  );
  const text = await received(socket);
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(text).toContain('x-request-id: req_');
  expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({
    error: { code: 'request_timeout', param: null },
  });
});

test('what is not HTTP gets 400 in OpenAI’s form', async () => {
  const socket = connect(await listen({}), '127.0.0.1');
  socket.write('HELLO\r\n\r\n');
  const text = await received(socket);
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({ error: { code: 'invalid_request' } });
});

async function received(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk as string;
  return text;
}

/** Settles when a count no longer grows. */
async function standstill(count: () => number): Promise<void> {
  let before = 0;
  while (before !== count() || before === 0) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a client that takes nothing for two minutes is cut off, and the answer stops', async () => {
  let produced = 0;
  const aborted = deferred();
  const clock = manualClock();
  const { log, line } = requestLog();
  const port = await listen({
    log,
    clock,
    async *answer(_input, signal): AsyncGenerator<AnswerEvent> {
      signal.addEventListener('abort', () => aborted.resolve());
      for (; ; produced++) yield { kind: 'text-delta', choice: 0, text: 'x'.repeat(10_000) };
    },
  });
  const request = post(port, { stream: true });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.pause();
  response.on('error', () => undefined);
  await standstill(() => produced);
  clock.pass(120_000);
  await aborted.promise;
  expect(await line).toMatchObject({ status: 499 });
});

test('a slow reader holds the pipeline back and loses nothing', async () => {
  let produced = 0;
  const big = 'x'.repeat(10_000);
  async function* answer(): AsyncGenerator<AnswerEvent> {
    for (; produced < 3_000; produced++) yield { kind: 'text-delta', choice: 0, text: big };
    yield* FAKE_END;
  }
  const request = post(await listen({ answer }), { stream: true });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.pause();
  await standstill(() => produced);
  expect(produced).toBeLessThan(3_000);
  const text = await textOf(response);
  expect(produced).toBe(3_000);
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(text.length).toBeGreaterThan(3_000 * 10_000);
});

test('speech that fails after its first bytes is cut, so that no client takes it for complete, and logged as what it was', async () => {
  const { log, line } = requestLog();
  const begun = deferred();
  const port = await listen({
    log,
    async *speak() {
      yield { kind: 'audio-chunk', sampleRate: 16_000, samples: Float32Array.of(0, 0) };
      await begun.promise;
      throw new GatewayError('model_crashed', 'it fell over');
    },
  });
  const request = http.request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/v1/audio/speech',
    headers: { 'content-type': 'application/json' },
  });
  request.end(JSON.stringify({ input: 'Hi', response_format: 'wav' }));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  begun.resolve();
  await expect(textOf(response)).rejects.toThrow(/aborted/);
  expect(await line).toMatchObject({ status: 502 });
});

test('closing ends unused connections at once and used ones as soon as their answer is complete', async () => {
  const asked = deferred();
  const go = deferred();
  const port = await listen({
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield { kind: 'text-delta', choice: 0, text: 'He' };
      asked.resolve();
      await go.promise;
      yield* FAKE_END;
    },
  });
  const unused = connect(port, '127.0.0.1');
  const unusedClosed = once(unused, 'close');
  await once(unused, 'connect');
  const agent = new http.Agent({ keepAlive: true });
  const request = http.request({
    agent,
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
  });
  request.end(JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], stream: true }));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  await asked.promise;
  const [app] = apps.splice(0);
  const closed = app?.close();
  await unusedClosed;
  go.resolve();
  expect((await textOf(response)).endsWith('data: [DONE]\n\n')).toBe(true);
  await closed;
  agent.destroy();
});
