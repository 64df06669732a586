import { expect, test } from 'vitest';
import type { AnswerEvent, SpeakEvent } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { createApp } from './app.ts';
import { FAKE_ANSWER, type FakeDeps, fakeDeps, tinyPng } from './fake-deps.ts';

const CHAT = '/v1/chat/completions';
const HI = [{ role: 'user', content: 'Hi' }];

/** What stands after each `data:`. */
function dataOf(body: string): string[] {
  return body.split('\n\n').flatMap((frame) => (frame.startsWith('data: ') ? [frame.slice(6)] : []));
}

test('a chat is answered in OpenAI’s form, with the weights and the steps in headers', async () => {
  const deps = fakeDeps();
  const answer = await createApp(deps).inject({ method: 'POST', url: CHAT, payload: { model: 'hub', messages: HI } });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['x-concert-model']).toBe('small-llm');
  expect(answer.headers['server-timing']).toBe('ocr;dur=12.3;desc="reader", chat;dur=100.0;desc="small-llm"');
  const body = answer.json<Record<string, unknown>>();
  expect(body).toMatchObject({
    object: 'chat.completion',
    model: 'hub',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello "world"\n' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, prompt_tokens_details: { cached_tokens: 2 } },
  });
  expect(JSON.stringify(body)).not.toMatch(/reasoning_content|"reasoning"|concert/);
  expect(deps.chats[0]?.messages).toEqual([{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }]);
});

test('reasoning and plan come only when asked', async () => {
  const payload = { messages: HI, return_reasoning: true, concert: { trace: true } };
  const answer = await createApp(fakeDeps()).inject({ method: 'POST', url: CHAT, payload });
  expect(answer.json()).toMatchObject({
    choices: [{ message: { reasoning_content: 'hm', reasoning: 'hm' } }],
    concert: { plan: { route: 'OCR_SERVICE', steps: [{ step: 'ocr', duration_ms: 12.34 }, { step: 'chat' }] } },
  });
});

test('asked for reasoning that the model does not give, the answer says so in a header', async () => {
  const wordsOnly = fakeDeps({
    async *answer(): AsyncGenerator<AnswerEvent> {
      for (const event of FAKE_ANSWER) if (event.kind !== 'reasoning-delta') yield event;
    },
  });
  const notice = async (deps: FakeDeps, more: object): Promise<unknown> => {
    const payload = { messages: HI, ...more };
    return (await createApp(deps).inject({ method: 'POST', url: CHAT, payload })).headers['x-concert-notice'];
  };
  expect(await notice(wordsOnly, { enable_thinking: true })).toBe('reasoning is not available from small-llm');
  for (const stream of [true, false]) {
    expect(await notice(wordsOnly, { stream, return_reasoning: true })).toBe(
      'reasoning is not available from small-llm',
    );
    expect(await notice(fakeDeps(), { stream, return_reasoning: true })).toBeUndefined();
    expect(await notice(wordsOnly, { stream })).toBeUndefined();
  }
});

test('a model that thinks and keeps its thoughts back is not said to be unable to', async () => {
  const quiet = fakeDeps({
    async *answer(): AsyncGenerator<AnswerEvent> {
      for (const event of FAKE_ANSWER) {
        if (event.kind !== 'reasoning-delta') yield event.kind === 'finish' ? { ...event, reasoningTokens: 2 } : event;
      }
    },
  });
  for (const stream of [true, false]) {
    const payload = { messages: HI, enable_thinking: true, stream };
    const answer = await createApp(quiet).inject({ method: 'POST', url: CHAT, payload });
    expect(answer.headers['x-concert-notice']).toBeUndefined();
  }
});

test('a stream begins with the role, ends with finish_reason and [DONE], and has usage only when asked', async () => {
  const app = createApp(fakeDeps());
  const plain = await app.inject({ method: 'POST', url: CHAT, payload: { messages: HI, stream: true } });
  expect(plain.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  expect(plain.headers['x-request-id']).toMatch(/^req_/);
  expect(plain.headers['x-concert-model']).toBe('small-llm');
  expect(plain.headers['server-timing']).toBe('ocr;dur=12.3;desc="reader"');
  const frames = dataOf(plain.body);
  expect(frames.at(-1)).toBe('[DONE]');
  const chunks = frames
    .slice(0, -1)
    .map((frame) => JSON.parse(frame) as { choices: { delta: unknown; finish_reason: unknown }[] });
  expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
    { role: 'assistant', content: '' },
    { content: 'Hello' },
    { content: ' "world"\n' },
    {},
  ]);
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, null, 'stop']);
  expect(plain.body).not.toContain('usage');

  const payload = {
    messages: HI,
    stream: true,
    stream_options: { include_usage: true },
    concert: { trace: true },
    return_reasoning: true,
  };
  const full = dataOf((await app.inject({ method: 'POST', url: CHAT, payload })).body);
  expect(JSON.parse(full.at(-2) ?? '')).toMatchObject({ choices: [], usage: { total_tokens: 10 } });
  expect(JSON.parse(full.at(-3) ?? '')).toMatchObject({ concert: { plan: { route: 'OCR_SERVICE' } }, usage: null });
  expect(JSON.parse(full[1] ?? '')).toMatchObject({
    choices: [{ delta: { reasoning_content: 'hm', reasoning: 'hm' } }],
  });
});

test('a failure before the first event keeps its status, its Retry-After and the form of a JSON error', async () => {
  const deps = fakeDeps({
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield { kind: 'start', model: 'small-llm' };
      throw new GatewayError('model_loading', 'wait a little', { retryAfterSeconds: 2.2 });
    },
  });
  for (const stream of [true, false]) {
    const answer = await createApp(deps).inject({ method: 'POST', url: CHAT, payload: { messages: HI, stream } });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('3');
    expect(answer.json()).toEqual({
      error: { message: 'wait a little', type: 'server_error', param: null, code: 'model_loading' },
    });
  }
});

test('a failure in mid-stream is the last event, and nothing says that the answer is complete', async () => {
  const deps = fakeDeps({
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield { kind: 'text-delta', choice: 0, text: 'He' };
      throw new GatewayError('model_crashed', 'it fell over');
    },
  });
  const answer = await createApp(deps).inject({ method: 'POST', url: CHAT, payload: { messages: HI, stream: true } });
  expect(answer.statusCode).toBe(200);
  const frames = dataOf(answer.body);
  expect(JSON.parse(frames.at(-1) ?? '')).toEqual({
    error: { message: 'it fell over', type: 'server_error', param: null, code: 'model_crashed' },
  });
  expect(answer.body).not.toContain('[DONE]');
});

test('an unknown error shows nothing of itself and is logged with its cause', async () => {
  const logged: object[] = [];
  const log = {
    debug() {},
    info() {},
    warn() {},
    error: (fields: object) => void logged.push(fields),
    child: () => log,
  };
  const cause = new Error('secret /etc/path');
  const deps = fakeDeps({ log, readText: () => Promise.reject(cause) });
  const payload = { image: tinyPng(2, 2).toString('base64') };
  const answer = await createApp(deps).inject({ method: 'POST', url: '/v1/ocr', payload });
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('secret');
  expect(answer.json()).toMatchObject({ error: { code: 'internal_error', param: null } });
  expect(logged).toMatchObject([{ code: 'internal_error', err: { cause } }]);
});

test('pictures, speech and words reach the pipeline in the caller’s order, top-level media first', async () => {
  const deps = fakeDeps();
  const audio = Buffer.alloc(64).toString('base64');
  const content = [
    { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
    { type: 'text', text: 'and' },
    { type: 'input_audio', input_audio: { data: audio, format: 'wav' } },
  ];
  const payload = {
    messages: [
      { role: 'developer', content: 'be brief' },
      { role: 'user', content },
      { role: 'assistant', content: null },
    ],
    image: `data:image/jpeg;base64,${tinyPng(1, 1).toString('base64')}`,
    audio: `data:audio/wav;base64,${audio}`,
    temperature: 0,
    top_k: -1,
    stop: 'END',
    max_tokens: 5,
    chat_template_kwargs: { enable_thinking: true },
    some_new_field: { x: 1 },
  };
  const answer = await createApp(deps).inject({ method: 'POST', url: CHAT, payload });
  expect(answer.statusCode).toBe(200);
  const [input] = deps.chats;
  expect(input?.messages.map(({ role, parts }) => [role, parts.map(({ kind }) => kind)])).toEqual([
    ['system', ['text']],
    ['user', ['image', 'audio', 'image', 'text', 'audio']],
    ['assistant', []],
  ]);
  expect(input?.messages[1]?.parts[0]).toMatchObject({ mediaType: 'image/png' });
  expect(input).toMatchObject({
    sampling: { temperature: 0, topK: 0 },
    maxTokens: 5,
    stop: ['END'],
    thinking: { enabled: true, budgetTokens: null },
    model: 'auto',
  });
  expect(Object.keys(input?.sampling ?? {})).toEqual(['temperature', 'topK']);
});

test('a route is planned and not run', async () => {
  const deps = fakeDeps();
  const answer = await createApp(deps).inject({ method: 'POST', url: '/v1/route', payload: { messages: HI } });
  expect(answer.json()).toEqual({
    object: 'concert.route',
    route: 'SELF_INFER',
    reason: 'words only',
    confidence: 1,
    steps: ['chat'],
  });
  expect(deps.calls).toEqual(['decide']);
});

test('a picture is read from a form and from JSON', async () => {
  const app = createApp(fakeDeps());
  const form = new FormData();
  form.set('image', new Blob([new Uint8Array(tinyPng(3, 3))]), 'a.png');
  const sent = new Response(form);
  const answers = [
    await app.inject({
      method: 'POST',
      url: '/v1/ocr',
      payload: Buffer.from(await sent.arrayBuffer()),
      headers: { 'content-type': sent.headers.get('content-type') ?? '' },
    }),
    await app.inject({ method: 'POST', url: '/v1/ocr', payload: { image: 'http://example.org/a.png' } }),
  ];
  for (const answer of answers) {
    expect(answer.json()).toMatchObject({
      object: 'ocr',
      model: 'reader',
      text: '限时优惠\n满300减50',
      lines: [
        {
          box: [
            [0, 0],
            [9, 0],
            [9, 9],
            [0, 9],
          ],
        },
        {},
      ],
    });
    expect(answer.headers['server-timing']).toMatch(/^ocr;dur=/);
  }
});

test('cells of one row of a page stay on one line of the text', async () => {
  const box = (left: number) =>
    [
      [left, 0],
      [left + 9, 0],
      [left + 9, 9],
      [left, 9],
    ] as const;
  const lines = [
    { text: '牛奶', confidence: 1, box: box(0) },
    { text: '21.60', confidence: 1, box: box(40) },
  ];
  const result = { kind: 'ocr-result', width: 60, height: 9, rotation: 0, lines } as const;
  const deps = fakeDeps({ readText: () => Promise.resolve({ model: 'reader', result }) });
  const payload = { image: tinyPng(2, 2).toString('base64') };
  const answer = await createApp(deps).inject({ method: 'POST', url: '/v1/ocr', payload });
  expect(answer.json()).toMatchObject({ text: '牛奶  21.60', lines: [{ text: '牛奶' }, { text: '21.60' }] });
});

test('speech that fails gives the encoder’s memory back', async () => {
  let finished = 0;
  const fake = fakeDeps();
  const deps = fakeDeps({
    async *speak(): AsyncGenerator<SpeakEvent> {
      yield { kind: 'start', model: 'mouth' };
      throw new GatewayError('model_crashed', 'it fell over');
    },
    async createAudioEncoder(format) {
      const encoder = await fake.createAudioEncoder(format);
      return { ...encoder, finish: () => (finished++, encoder.finish()) };
    },
  });
  const answer = await createApp(deps).inject({ method: 'POST', url: '/v1/audio/speech', payload: { input: 'Hi' } });
  expect(answer.statusCode).toBe(502);
  expect(finished).toBe(1);
});

test('speech comes as bytes of the format asked, or as events', async () => {
  const deps = fakeDeps();
  const app = createApp(deps);
  const bytes = await app.inject({
    method: 'POST',
    url: '/v1/audio/speech',
    payload: { input: 'Hi', response_format: 'wav', voice: { id: 'joe' } },
  });
  expect(bytes.headers['content-type']).toBe('audio/wav');
  expect(bytes.headers['x-concert-model']).toBe('mouth');
  expect(bytes.rawPayload).toEqual(Buffer.concat([Buffer.from([0, 50, -100, 100]), Buffer.from('end')]));
  expect(deps.texts).toEqual([{ model: 'auto', text: 'Hi', voice: 'joe', speed: 1 }]);
  const events = await app.inject({
    method: 'POST',
    url: '/v1/audio/speech',
    payload: { input: 'Hi', stream_format: 'sse' },
  });
  const frames = dataOf(events.body).map((frame) => JSON.parse(frame) as { type: string; audio?: string });
  expect(frames.map(({ type }) => type)).toEqual([
    ...Array.from({ length: 3 }, () => 'speech.audio.delta'),
    'speech.audio.done',
  ]);
  expect(
    Buffer.concat(frames.flatMap(({ audio }) => (audio === undefined ? [] : [Buffer.from(audio, 'base64')]))),
  ).toEqual(bytes.rawPayload);
});

test('a format that has no encoder is refused before anything is spoken', async () => {
  const deps = fakeDeps();
  const answer = await createApp(deps).inject({
    method: 'POST',
    url: '/v1/audio/speech',
    payload: { input: 'Hi', response_format: 'aac' },
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ error: { code: 'unsupported_value', param: 'response_format' } });
  expect(deps.calls).toEqual(['createAudioEncoder']);
});

test('health is 200 only when the server is ready, and tells the state of each model', async () => {
  const ready = fakeDeps();
  const health = await createApp(ready).inject('/health');
  expect(health.statusCode).toBe(200);
  expect(health.json()).toMatchObject({
    status: 'ok',
    models: [{ id: 'small-llm', state: 'ready', bytes: 8, users: 1 }],
    memory: { budget_bytes: 150 },
  });
  const draining = createApp(fakeDeps({ status: () => ({ ...ready.status(), state: 'draining' }) }));
  expect((await draining.inject('/health')).statusCode).toBe(503);
  expect((await draining.inject('/health/ready')).json()).toEqual({ status: 'draining' });
  expect((await draining.inject('/health/live')).statusCode).toBe(200);
});

test('operators list and unload models', async () => {
  const deps = fakeDeps();
  const app = createApp(deps);
  expect((await app.inject('/admin/models')).json()).toMatchObject({
    data: [{ id: 'small-llm', pid: 42, load_ms: 250, last_used: '1970-01-01T00:00:00.000Z' }],
  });
  expect((await app.inject({ method: 'POST', url: '/admin/models/small-llm/unload' })).json()).toEqual({
    id: 'small-llm',
    state: 'unloaded',
  });
  expect((await app.inject({ method: 'POST', url: '/admin/models/other/unload' })).statusCode).toBe(404);
});

test('models tell which weights answer', async () => {
  const app = createApp(fakeDeps());
  expect((await app.inject('/v1/models')).json()).toMatchObject({
    object: 'list',
    data: [{ id: 'hub', created: 1_700_000_000, concert: { backing: 'small-llm' } }],
  });
  expect((await app.inject('/v1/models/hub')).json()).toMatchObject({
    id: 'hub',
    object: 'model',
    owned_by: 'concert',
  });
});

test('a wrong method is told which ones are right', async () => {
  const answer = await createApp(fakeDeps()).inject({ method: 'PUT', url: '/v1/models/x' });
  expect(answer.statusCode).toBe(405);
  expect(answer.headers['allow']).toBe('GET, HEAD');
});

test('the methods of an address are not those of an id that it looks like', async () => {
  const answer = await createApp(fakeDeps()).inject({ method: 'PUT', url: '/v1/responses/input_tokens' });
  expect(answer.headers['allow']).toBe('POST');
});

test('a QUERY without a content type is a wrong method, not a malformed request', async () => {
  const answer = await createApp(fakeDeps()).inject({ method: 'QUERY' as 'GET', url: '/v1/models' });
  expect(answer.statusCode).toBe(405);
  expect(answer.headers['allow']).toBe('GET, HEAD');
});

test('a picture in a form is a file though its part has no file name', async () => {
  const head = Buffer.from('--b\r\nContent-Disposition: form-data; name="image"\r\n\r\n');
  const payload = Buffer.concat([head, tinyPng(3, 3), Buffer.from('\r\n--b--\r\n')]);
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const answer = await createApp(fakeDeps()).inject({ method: 'POST', url: '/v1/ocr', payload, headers });
  expect(answer.statusCode).toBe(200);
});

test('a client’s own request id is kept when it is harmless', async () => {
  const app = createApp(fakeDeps());
  const kept = await app.inject({ url: '/health/live', headers: { 'x-request-id': 'trace-7:a.b' } });
  expect(kept.headers['x-request-id']).toBe('trace-7:a.b');
  const replaced = await app.inject({ url: '/nothing', headers: { 'x-request-id': 'a b\tc' } });
  expect(replaced.headers['x-request-id']).toMatch(/^req_[0-9a-f]{32}$/);
});

test('the OpenAPI document describes every route, and every reference in it leads somewhere', async () => {
  const app = createApp(fakeDeps());
  const mounted: string[] = [];
  const answer = await app.inject('/openapi.json');
  const document = answer.json<{
    openapi: string;
    paths: Record<string, Record<string, unknown>>;
    components: { schemas: Record<string, unknown> };
  }>();
  expect(document.openapi).toBe('3.1.0');
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of Object.keys(methods)) {
      const url = path.replace(/\{(\w+)\}/g, ':$1');
      expect(app.hasRoute({ method: method.toUpperCase() as 'GET', url }), `${method} ${path}`).toBe(true);
      mounted.push(url);
    }
  }
  const routes = app.printRoutes({ commonPrefix: false }).match(/\S*\/\S* \((?:GET|POST|DELETE)/g) ?? [];
  // What the page at /docs consists of is no part of the API.
  expect(mounted).toHaveLength(routes.filter((route) => !route.includes('/page.js')).length);
  const references = [...answer.body.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name ?? '',
  );
  expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
});
