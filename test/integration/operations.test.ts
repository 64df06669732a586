import type { AdminModels, AdminRequests, LifecycleReport, SlotReport } from '@concert/protocol';
import { request } from 'node:http';
import OpenAI, { type APIError } from 'openai';
import { afterEach, expect, test, vi } from 'vitest';
import type { ModelManager, ModelSpec } from '../../packages/server/src/models/model-manager.ts';
import { MB, fakeManager, fakeModel, isAlive, noSignal, pidOf, stateOf } from './fake-models.ts';
import { type OperatedServer, serveModels } from './operated-server.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function operate(
  specs: readonly ModelSpec[],
  options: Parameters<typeof serveModels>[1] & { readonly queueLimit?: number } = {},
): Promise<{ models: ModelManager; server: OperatedServer; client: OpenAI }> {
  const { queueLimit } = options;
  const models = fakeManager(specs, queueLimit === undefined ? {} : { queueLimit });
  const server = await serveModels(models, options);
  open.push({ close: () => models.close(0) }, server);
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
  return { models, server, client };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 30_000, interval: 20 });
}

const chat = (model: string, told: string | object, more: object = {}) => ({
  model,
  messages: [{ role: 'user' as const, content: typeof told === 'string' ? told : JSON.stringify(told) }],
  ...more,
});

/** Told so, the fake engine answers until it is stopped. */
const ENDLESS = { tokens: 1_000_000, delayMs: 20 };

/** Reads the feed in the background until `stop`. */
function follow(server: OperatedServer, lastEventId?: string) {
  const stop = new AbortController();
  const events: LifecycleReport[] = [];
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const opened = fetch(`${server.url}/admin/events`, { headers, signal: stop.signal });
  const reading = (async () => {
    const { body } = await opened;
    let text = '';
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (data !== undefined) events.push(JSON.parse(data) as LifecycleReport);
      }
    }
  })().catch(() => undefined);
  const kinds = (): string[] => events.map(({ kind }) => kind);
  const end = async (): Promise<void> => {
    stop.abort();
    await reading;
  };
  return { events, kinds, opened, stop: end };
}

test('an operator loads and unloads a model over the wire, and its process comes and goes', async () => {
  const { models, server } = await operate([fakeModel('a', { holdBytes: 30 * MB })]);
  const loaded = await server.post<SlotReport>('/admin/models/a/load');
  expect(loaded).toMatchObject({ id: 'a', state: 'ready', users: 0, loads: [{ result: 'loaded' }] });
  expect(loaded.measured_bytes).toBeGreaterThan(30 * MB);
  const pid = pidOf(models, 'a');
  expect(loaded.pid).toBe(pid);
  expect(await server.post('/admin/models/a/unload')).toEqual({ id: 'a', state: 'unloaded' });
  expect(isAlive(pid)).toBe(false);
  const { data, memory } = await server.get<AdminModels>('/admin/models');
  expect(data[0]).toMatchObject({ state: 'unloaded', reserved_bytes: 0 });
  expect(memory).toMatchObject({ reserved_bytes: 0 });
});

test('a pinned model outlives its idle time, an unpinned one does not', async () => {
  const { models, server } = await operate([fakeModel('a', {}, 50)]);
  expect(await server.post('/admin/models/a/pin')).toMatchObject({ pinned: true });
  await server.post('/admin/models/a/load');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(stateOf(models, 'a')).toBe('ready');
  await server.post('/admin/models/a/unpin');
  await until(() => stateOf(models, 'a') === 'unloaded');
});

test('a request’s keep_alive decides when its model leaves: 0 at once, -1 never (Ollama#7773)', async () => {
  const { models, server, client } = await operate([fakeModel('a', {}, 60_000), fakeModel('b', {}, 50)]);
  await client.chat.completions.create(chat('a', 'hello', { keep_alive: 0 }));
  await until(() => stateOf(models, 'a') === 'unloaded');
  await client.chat.completions.create(chat('b', 'hello', { keep_alive: -1 }));
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(stateOf(models, 'b')).toBe('ready');
  expect(await server.get('/admin/models/b')).toMatchObject({ keep_alive_ms: null, expires_at: null });
  expect(await server.post('/admin/models/b/keep-alive', { keep_alive: '10m' })).toMatchObject({
    keep_alive_ms: 600_000,
  });
  await server.post('/admin/models/b/keep-alive', { keep_alive: 0.05 });
  await until(() => stateOf(models, 'b') === 'unloaded');
});

test('a request’s keep_alive of 0 unloads its model at the request’s end, not between its steps', async () => {
  const { models } = await operate([fakeModel('a', {}, 60_000)]);
  const pids: number[] = [];
  {
    // As speech does, which takes the model anew for each clause.
    using plan = models.plan(['a']);
    for (let clause = 0; clause < 3; clause++) {
      using _lease = await models.acquire('a', 'chat', noSignal, { plan, keepAliveMs: 0 });
      pids.push(pidOf(models, 'a'));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stateOf(models, 'a')).toBe('ready');
  }
  expect(new Set(pids).size).toBe(1);
  await until(() => stateOf(models, 'a') === 'unloaded');
});

test('cancelling a running stream frees the model, and its client gets the error', async () => {
  const { models, server, client } = await operate([fakeModel('a')]);
  const stream = await client.chat.completions.create({
    ...chat('a', ENDLESS),
    stream: true as const,
  });
  let pieces = 0;
  const reading = (async () => {
    for await (const _chunk of stream) pieces += 1;
  })();
  const failed = expect(reading).rejects.toThrow(expect.objectContaining({ code: 'request_cancelled' }) as APIError);
  await until(() => pieces > 3);
  const [running] = (await server.get<AdminRequests>('/admin/requests')).data;
  expect(running).toMatchObject({ model: 'a', answering: 'a', step: 'chat', state: 'running', stream: true });
  expect(running?.tokens).toBeGreaterThan(2);
  await server.post(`/admin/requests/${running?.id}/cancel`);
  await failed;
  await until(async () => (await server.get<SlotReport>('/admin/models/a')).users === 0);
  await until(async () => {
    const report = await client.chat.completions.create(chat('a', { report: 'ended-early' }));
    return report.choices[0]?.message.content === '1';
  });
  expect(stateOf(models, 'a')).toBe('ready');
  expect(server.lines).toContainEqual(
    expect.objectContaining({ fields: expect.objectContaining({ requestId: running?.id, status: 499 }) as object }),
  );
});

test('a client that leaves while its model loads is logged as 499, and the load ends with it (llama-swap#1029, llama-swap#727)', async () => {
  const { models, server } = await operate([fakeModel('a', { loadMs: 60_000 })]);
  for (const stream of [false, true]) {
    const asking = request(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': `left-${stream}` },
    });
    asking.on('error', () => undefined);
    asking.end(JSON.stringify(chat('a', 'hello', { stream })));
    await until(() => stateOf(models, 'a') === 'loading');
    asking.destroy();
    await until(() => stateOf(models, 'a') === 'unloaded');
    const line = server.lines.find(({ fields }) => fields['requestId'] === `left-${stream}` && 'status' in fields);
    expect(line?.fields).toMatchObject({ status: 499 });
  }
  const counted = await server.metrics();
  expect(counted.get('concert_requests_aborted_total{path="/v1/chat/completions"}')).toBe(2);
  expect(counted.get('concert_model_load_failures_total{model="a",reason="cancelled"}')).toBe(2);
});

test('the events feed tells of loads as they happen, and goes on where a reader broke off', async () => {
  const { server } = await operate([fakeModel('a'), fakeModel('b')]);
  const first = follow(server);
  expect((await first.opened).headers.get('content-type')).toMatch(/^text\/event-stream/);
  await server.post('/admin/models/a/load');
  await until(() => first.kinds().includes('loaded'));
  expect(first.events[0]).toMatchObject({ kind: 'load-started', model: 'a', reason: 'asked' });
  const seen = first.events.at(-1)?.id ?? '';
  await first.stop();
  await server.post('/admin/models/a/unload');
  await server.post('/admin/models/b/load');
  const second = follow(server, seen);
  await until(() => second.events.some(({ kind, model }) => kind === 'loaded' && model === 'b'));
  expect(second.kinds()).not.toContain('gap');
  expect(second.events.filter(({ kind }) => kind === 'unloaded')).toMatchObject([{ model: 'a', reason: 'asked' }]);
  expect(second.events.filter(({ model }) => model === 'a').map(({ kind }) => kind)).not.toContain('load-started');
  await second.stop();
  const stranger = follow(server, 'another-run-17');
  await until(() => stranger.events.length > 0);
  expect(stranger.kinds()[0]).toBe('gap');
  await stranger.stop();
});

test('a server with readers of its feed can stop', async () => {
  const { server } = await operate([fakeModel('a')]);
  const reader = follow(server);
  await reader.opened;
  await server.close();
  await reader.stop();
});

test('metrics tell of loads, waits, tokens and requests', async () => {
  const { models, server, client } = await operate([fakeModel('a', { loadMs: 300 }), fakeModel('b')], {
    queueLimit: 1,
  });
  await client.chat.completions.create(chat('a', 'one two three'));
  const stream = await client.chat.completions.create({
    ...chat('a', { tokens: 5, delayMs: 20 }),
    stream: true as const,
  });
  for await (const _chunk of stream);
  const stop = new AbortController();
  const slow = client.chat.completions.create(chat('b', ENDLESS), { signal: stop.signal });
  await until(async () => (await server.get<SlotReport>('/admin/models/b')).users === 1);
  await expect(client.chat.completions.create(chat('b', 'too many'))).rejects.toMatchObject({ status: 429 });
  stop.abort();
  await Promise.allSettled([slow]);
  const during = await server.metrics();
  expect(during.get('concert_model_state{model="a",state="ready"}')).toBe(1);
  expect(during.get('concert_model_measured_bytes{model="a",device="ram"}')).toBeGreaterThan(5 * MB);
  await models.unload('a');
  const of = await server.metrics();
  expect(of.get('concert_model_loads_total{model="a",reason="request"}')).toBe(1);
  expect(of.get('concert_model_load_seconds_count{model="a"}')).toBe(1);
  expect(of.get('concert_model_load_seconds_sum{model="a"}')).toBeGreaterThan(0.3);
  expect(of.get('concert_model_unloads_total{model="a",reason="asked"}')).toBe(1);
  expect(of.get('concert_model_wait_seconds_count{model="a"}')).toBe(2);
  expect(of.get('concert_model_refusals_total{model="b",code="queue_full"}')).toBe(1);
  expect(of.get('concert_completion_tokens_total{model="a"}')).toBe(8);
  expect(of.get('concert_inter_token_latency_seconds_count{model="a"}')).toBe(6);
  expect(of.get('concert_requests_total{method="POST",path="/v1/chat/completions",status="200",model="a"}')).toBe(2);
  expect(of.get('concert_requests_total{method="POST",path="/v1/chat/completions",status="429",model="b"}')).toBe(1);
  expect(of.get('concert_requests_in_flight')).toBe(1);
  expect([...of.keys()].filter((series) => series.startsWith('concert_model_state{model="a"'))).toEqual([
    'concert_model_state{model="a",state="unloaded"}',
  ]);
});

test('waiting longer than allowed is refused with the time to come again, and the next try finds the model (Ollama#7758)', async () => {
  const { models, client } = await operate([fakeModel('a', { loadMs: 1_500 })], { maxWaitMs: 300 });
  const refused = await client.chat.completions.create(chat('a', 'hello')).catch((error: unknown) => error as APIError);
  expect(refused).toMatchObject({ status: 503, code: 'model_loading' });
  expect(Number((refused as APIError).headers?.get('retry-after'))).toBeGreaterThan(0);
  expect(stateOf(models, 'a')).not.toBe('unloaded');
  await until(() => stateOf(models, 'a') === 'ready');
  expect((await client.chat.completions.create(chat('a', 'hello'))).choices[0]?.message.content).toBe('hello');
});

test('a queue as long as configured refuses what comes more, with Retry-After (Ollama#4443)', async () => {
  const limited = { ...fakeModel('a', { concurrency: 1 }), queueLimit: 2 };
  const { server, client } = await operate([limited]);
  const stop = new AbortController();
  const { signal } = stop;
  const asked = [1, 2].map(() => client.chat.completions.create(chat('a', ENDLESS), { signal }));
  await until(async () => (await server.get<AdminRequests>('/admin/requests')).data.length === 2);
  const third = await client.chat.completions.create(chat('a', 'hello')).catch((error: unknown) => error as APIError);
  expect(third).toMatchObject({ status: 429, code: 'queue_full' });
  expect(Number((third as APIError).headers?.get('retry-after'))).toBeGreaterThan(0);
  stop.abort();
  await Promise.allSettled(asked);
});
