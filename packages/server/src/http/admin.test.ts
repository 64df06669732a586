import { expect, test } from 'vitest';
import type { AnswerEvent } from '../pipeline/request.ts';
import { createApp } from './app.ts';
import type { AppDeps } from './app-deps.ts';
import { deferred, FAKE_ANSWER, fakeDeps } from './fake-deps.ts';

const SLOT = '/admin/models/small-llm';
const CHAT = { method: 'POST', url: '/v1/chat/completions' } as const;
const HI = [{ role: 'user', content: 'Hi' }];

interface Listed {
  readonly data: readonly Record<string, unknown>[];
}

/** An answer that waits for its model until it is aborted, or told to go on. */
function waitingAnswer() {
  const go = deferred();
  const answer: AppDeps['answer'] = async function* (_input, signal, run): AsyncGenerator<AnswerEvent> {
    yield { kind: 'start', model: 'small-llm' };
    yield { kind: 'step-started', step: 'chat', model: 'small-llm' };
    run.waiting('small-llm');
    await Promise.race([go.promise, aborted(signal)]);
    signal.throwIfAborted();
    run.granted('small-llm');
    yield* FAKE_ANSWER;
  };
  return { answer, go: go.resolve };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

test('operators see each model with its memory by device, its queue and its loads (Ollama#2004)', async () => {
  const app = createApp(fakeDeps());
  const answer = (await app.inject('/admin/models')).json<Listed & { memory: unknown }>();
  expect(answer.data).toEqual([
    {
      id: 'small-llm',
      task: 'chat',
      engine: 'fake',
      state: 'ready',
      progress: null,
      users: 1,
      waiters: 2,
      concurrency: 4,
      pid: 42,
      reason: null,
      retry_at: null,
      reserved_bytes: 10,
      measured_bytes: 8,
      memory: { reserved: { ram: 10 }, measured: { ram: 8 }, expected: { ram: 9 } },
      last_used: '1970-01-01T00:00:00.000Z',
      load_ms: 250,
      loads: [{ at: '1970-01-01T00:00:00.000Z', result: 'loaded', ms: 250, reason: null }],
      pinned: false,
      keep_alive_ms: 300_000,
      expires_at: null,
      shrunk: false,
    },
  ]);
  expect(answer.memory).toMatchObject({
    budget_bytes: 150,
    devices: [
      { id: 'ram', budget_bytes: 100, measured_bytes: 8 },
      { id: 'gpu:0', kept_bytes: 5 },
    ],
  });
  expect((await app.inject(SLOT)).json()).toEqual(answer.data[0]);
});

test('a load that is under way tells how far it has come', async () => {
  const deps = fakeDeps();
  const [model] = deps.status().models;
  const state = { kind: 'loading', sinceMs: 5, progress: { stage: 'weights loaded', fraction: 0.5 } } as const;
  const status = () => ({ ...deps.status(), models: model === undefined ? [] : [{ ...model, state }] });
  const answer = await createApp(fakeDeps({ status })).inject(SLOT);
  expect(answer.json()).toMatchObject({
    state: 'loading',
    progress: { stage: 'weights loaded', fraction: 0.5 },
    users: 0,
    pid: null,
  });
});

test('operators load, pin and unpin a model, and say how long it stays (Ollama#7773)', async () => {
  const deps = fakeDeps();
  const app = createApp(deps);
  for (const action of ['load', 'pin', 'unpin']) {
    const answer = await app.inject({ method: 'POST', url: `${SLOT}/${action}` });
    expect(answer.json()).toMatchObject({ id: 'small-llm', state: 'ready' });
  }
  for (const keepAlive of ['10m', 0, -1, 90, '1h30m', '-5m']) {
    const answer = await app.inject({ method: 'POST', url: `${SLOT}/keep-alive`, payload: { keep_alive: keepAlive } });
    expect(answer.statusCode).toBe(200);
  }
  expect(deps.calls).toEqual([
    'load',
    'setPinned true',
    'setPinned false',
    'setKeepAlive 600000',
    'setKeepAlive 0',
    'setKeepAlive null',
    'setKeepAlive 90000',
    'setKeepAlive 5400000',
    'setKeepAlive null',
  ]);
});

test('a keep-alive that is no time is refused and names the field', async () => {
  const deps = fakeDeps();
  const app = createApp(deps);
  for (const payload of [{ keep_alive: 'soon' }, { keep_alive: '5 parsecs' }, {}, { keep_alive: null }]) {
    const answer = await app.inject({ method: 'POST', url: `${SLOT}/keep-alive`, payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: 'invalid_request', param: 'keep_alive' } });
  }
  expect(deps.calls).toEqual([]);
});

test('every action on a model that there is not answers 404', async () => {
  const app = createApp(fakeDeps());
  for (const action of ['load', 'unload', 'pin', 'unpin', 'keep-alive']) {
    const url = `/admin/models/none/${action}`;
    const answer = await app.inject({ method: 'POST', url, payload: { keep_alive: 0 } });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: { code: 'model_not_found' } });
  }
  expect((await app.inject('/admin/models/none')).statusCode).toBe(404);
});

test('requests that wait are listed with their place in the queue, by priority and time (Ollama#4443)', async () => {
  const { answer, go } = waitingAnswer();
  const app = createApp(fakeDeps({ answer }));
  const ask = (id: string, priority: string) =>
    app.inject({
      ...CHAT,
      headers: { 'x-request-id': id },
      payload: { model: 'hub', messages: HI, concert: { priority, session: 'talk-1' } },
    });
  const asked = [ask('first', 'normal'), ask('second', 'low'), ask('third', 'high')];
  const list = async () => (await app.inject('/admin/requests')).json<Listed>().data;
  await expect.poll(async () => (await list()).filter(({ state }) => state === 'waiting').length).toBe(3);
  const requests = await list();
  expect(requests.map(({ id, queue_position }) => [id, queue_position])).toEqual([
    ['first', 2],
    ['second', 3],
    ['third', 1],
  ]);
  expect(requests[0]).toMatchObject({
    path: '/v1/chat/completions',
    model: 'hub',
    answering: 'small-llm',
    step: 'chat',
    tokens: 0,
    stream: false,
    priority: 'normal',
    session: 'talk-1',
  });
  go();
  for (const answered of await Promise.all(asked)) expect(answered.statusCode).toBe(200);
  expect(await list()).toEqual([]);
});

test('a cancelled request ends with an error that SDKs do not repeat, a stream with an error event', async () => {
  const { answer } = waitingAnswer();
  const begun: AppDeps['answer'] = async function* (input, signal, run): AsyncGenerator<AnswerEvent> {
    yield { kind: 'text-delta', choice: 0, text: 'He' };
    yield* answer(input, signal, run);
  };
  const app = createApp(
    fakeDeps({ answer: (input, ...more) => (input.maxTokens === 1 ? begun : answer)(input, ...more) }),
  );
  const ask = (id: string, more: object) =>
    app.inject({ ...CHAT, headers: { 'x-request-id': id }, payload: { model: 'hub', messages: HI, ...more } });
  const whole = ask('whole', {});
  const stream = ask('stream', { stream: true, max_tokens: 1 });
  const list = async () => (await app.inject('/admin/requests')).json<Listed>().data;
  await expect.poll(async () => (await list()).filter(({ state }) => state === 'waiting').length).toBe(2);
  for (const id of ['whole', 'stream']) {
    const cancelled = await app.inject({ method: 'POST', url: `/admin/requests/${id}/cancel` });
    expect(cancelled.json()).toEqual({ id, cancelled: true });
  }
  expect((await whole).statusCode).toBe(499);
  expect((await whole).json()).toMatchObject({ error: { code: 'request_cancelled' } });
  expect((await stream).statusCode).toBe(200);
  expect((await stream).body).toMatch(/"code":"request_cancelled"}}\n\n$/);
  const again = await app.inject({ method: 'POST', url: '/admin/requests/whole/cancel' });
  expect(again.statusCode).toBe(404);
});

test('a request says how long its models stay and who it goes before', async () => {
  const demands: unknown[] = [];
  const fake = fakeDeps();
  const app = createApp(
    fakeDeps({
      answer: (input, signal, run) => (demands.push(run.demand), fake.answer(input, signal, run)),
      speak: (input, signal, run) => (demands.push(run.demand), fake.speak(input, signal, run)),
      transcribe: (input, signal, run) => (demands.push(run.demand), fake.transcribe(input, signal, run)),
    }),
  );
  const concert = { priority: 'high', session: 's' };
  await app.inject({ ...CHAT, payload: { messages: HI, keep_alive: '5m', concert } });
  await app.inject({ method: 'POST', url: '/v1/audio/speech', payload: { input: 'Hi', keep_alive: -1, concert } });
  await app.inject({ ...CHAT, payload: { messages: HI } });
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(100)]), 'a.wav');
  form.set('keep_alive', '0');
  form.set('concert[priority]', 'low');
  await app.inject({ method: 'POST', url: '/v1/audio/transcriptions', payload: form });
  expect(demands).toEqual([
    { priority: 'high', session: 's', keepAliveMs: 300_000 },
    { priority: 'high', session: 's', keepAliveMs: null },
    { priority: 'normal', session: null },
    { priority: 'low', session: null, keepAliveMs: 0 },
  ]);
  const wrong = await app.inject({ ...CHAT, payload: { messages: HI, concert: { priority: 'urgent' } } });
  expect(wrong.json()).toMatchObject({ error: { param: 'concert.priority' } });
});
