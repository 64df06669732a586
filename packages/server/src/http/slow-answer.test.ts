import { expect, test } from 'vitest';
import type { AnswerEvent } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { createApp } from './app.ts';
import { deferred, FAKE_ANSWER, fakeDeps, manualClock, tinyPng } from './fake-deps.ts';

const CHAT = {
  method: 'POST',
  url: '/v1/chat/completions',
  payload: { model: 'hub', messages: [{ role: 'user', content: 'Hi' }] },
} as const;

/** A chat that waits for `go` after it named its model. */
function slowChat() {
  const clock = manualClock();
  const asked = deferred();
  const gate = deferred();
  const lines: Record<string, unknown>[] = [];
  const log = {
    debug() {},
    info: (fields: object) => void lines.push({ ...fields }),
    warn() {},
    error() {},
    child: () => log,
  };
  const deps = fakeDeps({
    clock,
    log,
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield { kind: 'start', model: 'small-llm' };
      asked.resolve();
      await gate.promise;
      yield* FAKE_ANSWER;
    },
  });
  return { clock, lines, app: createApp(deps), asked: asked.promise, go: gate.resolve, fail: gate.reject };
}

test('an answer in one piece is kept alive with white space while its model loads (LiteLLM#37322)', async () => {
  const { clock, app, asked, go } = slowChat();
  const answering = app.inject(CHAT);
  await asked;
  for (let second = 0; second < 35; second++) clock.pass(1_000);
  go();
  const answer = await answering;
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toMatch(/^\n\n\n\{"id"/);
  expect(answer.json()).toMatchObject({ object: 'chat.completion', usage: { total_tokens: 10 } });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-accel-buffering': 'no',
    'x-concert-model': 'small-llm',
    'x-request-id': expect.stringMatching(/^req_/) as string,
  });
});

test('an answer that comes in time begins with its JSON and has a length', async () => {
  const { clock, app, asked, go } = slowChat();
  const answering = app.inject(CHAT);
  await asked;
  clock.pass(9_999);
  go();
  const { body, headers } = await answering;
  expect(body).toMatch(/^\{"id"/);
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
});

test('a failure before the tenth second has its status, a later one is told by the body and its status is logged', async () => {
  for (const { waitMs, status } of [
    { waitMs: 9_999, status: 503 },
    { waitMs: 10_000, status: 200 },
  ]) {
    const { clock, app, asked, fail, lines } = slowChat();
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const headers = { 'content-type': 'application/json' };
    const answering = fetch(url + CHAT.url, { method: 'POST', headers, body: JSON.stringify(CHAT.payload) });
    await asked;
    clock.pass(waitMs);
    fail(new GatewayError('out_of_memory', 'it does not fit'));
    const answer = await answering;
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({
      error: { message: 'it does not fit', type: 'server_error', param: null, code: 'out_of_memory' },
    });
    await expect.poll(() => lines.at(-1)).toMatchObject({ status: 503 });
    await app.close();
  }
});

test('reading a picture and loading a model are kept alive too', async () => {
  for (const request of [
    { url: '/v1/ocr', payload: { image: tinyPng(2, 2).toString('base64') } },
    { url: '/admin/models/small-llm/load' },
  ]) {
    const clock = manualClock();
    const asked = deferred();
    const gate = deferred();
    const fake = fakeDeps();
    const deps = fakeDeps({
      clock,
      async readText(...given) {
        asked.resolve();
        await gate.promise;
        return fake.readText(...given);
      },
      load() {
        asked.resolve();
        return gate.promise;
      },
    });
    const answering = createApp(deps).inject({ method: 'POST', ...request });
    await asked.promise;
    clock.pass(10_000);
    gate.resolve();
    expect((await answering).body).toMatch(/^\n\{"/);
  }
});
