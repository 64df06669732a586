import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import type { AnswerEvent } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { createMetrics } from '../shared/prometheus.ts';
import { readMetrics } from '../shared/read-metrics.ts';
import { createApp } from './app.ts';
import type { AppDeps } from './app-deps.ts';
import { FAKE_PLAN, fakeDeps, manualClock, tinyPng } from './fake-deps.ts';

const CHAT = '/v1/chat/completions';
const HI = [{ role: 'user', content: 'Hi' }];

const apps: FastifyInstance[] = [];

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

/** A server on a port of its own, as only real connections end the way that is counted. */
async function measured(overrides: Partial<AppDeps> = {}) {
  const app = createApp(fakeDeps({ metrics: createMetrics('1.2.3'), ...overrides }));
  apps.push(app);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const headers = { 'content-type': 'application/json' };
  const values = async () => readMetrics(await (await fetch(`${url}/metrics`)).text());
  return {
    get: async (path: string) => (await fetch(url + path)).arrayBuffer(),
    post: async (path: string, body: object) =>
      (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).arrayBuffer(),
    async read(): Promise<(series: string) => number | undefined> {
      const found = await values();
      return (series) => found.get(series);
    },
    names: async (): Promise<string[]> => [...(await values()).keys()],
  };
}

test('a chat’s tokens, its speed and its steps are counted', async () => {
  const clock = manualClock();
  const { post, read } = await measured({
    clock,
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield { kind: 'start', model: 'small-llm' };
      yield { kind: 'step-started', step: 'chat', model: 'small-llm' };
      clock.pass(300);
      yield { kind: 'text-delta', choice: 0, text: 'a' };
      for (const ms of [40, 60, 100]) {
        clock.pass(ms);
        yield { kind: 'text-delta', choice: 0, text: 'b' };
      }
      const trace = { step: 'chat', model: 'small-llm', startMs: 0, durationMs: 500 } as const;
      yield { kind: 'step-finished', trace };
      yield {
        kind: 'finish',
        promptTokens: 70,
        completionTokens: 5,
        reasoningTokens: 0,
        cachedTokens: 20,
        plan: FAKE_PLAN,
      };
    },
  });
  await post(CHAT, { messages: HI, stream: true });
  await post(CHAT, { messages: HI });
  const of = await read();
  const model = 'model="small-llm"';
  expect(of(`concert_prompt_tokens_total{${model}}`)).toBe(140);
  expect(of(`concert_cached_prompt_tokens_total{${model}}`)).toBe(40);
  expect(of(`concert_completion_tokens_total{${model}}`)).toBe(10);
  expect(of(`concert_time_to_first_token_seconds_bucket{le="0.25",${model}}`)).toBe(0);
  expect(of(`concert_time_to_first_token_seconds_bucket{le="0.5",${model}}`)).toBe(2);
  expect(of(`concert_inter_token_latency_seconds_count{${model}}`)).toBe(6);
  expect(of(`concert_inter_token_latency_seconds_sum{${model}}`)).toBeCloseTo(0.4);
  expect(of(`concert_inter_token_latency_seconds_bucket{le="0.05",${model}}`)).toBe(2);
  // Five tokens, four of them within 0.2 s after the first.
  expect(of(`concert_completion_tokens_per_second_sum{${model}}`)).toBeCloseTo(40);
  expect(of(`concert_step_duration_seconds_sum{step="chat",${model}}`)).toBeCloseTo(1);
  const labels = `method="POST",path="/v1/chat/completions",status="200",${model}`;
  expect(of(`concert_requests_total{${labels}}`)).toBe(2);
  expect(of('concert_request_duration_seconds_count{path="/v1/chat/completions"}')).toBe(2);
});

test('memory by device, users, queue and state of each model are there', async () => {
  const of = await (await measured()).read();
  expect(of('concert_memory_budget_bytes{device="ram"}')).toBe(100);
  expect(of('concert_memory_reserved_bytes{device="ram"}')).toBe(10);
  expect(of('concert_memory_measured_bytes{device="ram"}')).toBe(8);
  expect(of('concert_memory_kept_bytes{device="gpu:0"}')).toBe(5);
  expect(of('concert_model_reserved_bytes{model="small-llm",device="ram"}')).toBe(10);
  expect(of('concert_model_users{model="small-llm"}')).toBe(1);
  expect(of('concert_model_queue_depth{model="small-llm"}')).toBe(2);
  expect(of('concert_model_state{model="small-llm",state="ready"}')).toBe(1);
  expect(of('concert_build_info{version="1.2.3"}')).toBe(1);
});

test('the process tells of itself: event loop lag, memory, CPU', async () => {
  const names = await (await measured()).names();
  expect(names).toEqual(
    expect.arrayContaining([
      'nodejs_eventloop_lag_p99_seconds',
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
    ]),
  );
});

test('each kind of request is counted by its step and the model that did it', async () => {
  const { post, read } = await measured();
  await post('/v1/ocr', { image: tinyPng(2, 2).toString('base64') });
  await post('/v1/audio/speech', { input: 'Hi', response_format: 'wav' });
  const of = await read();
  expect(of('concert_step_duration_seconds_count{step="ocr",model="reader"}')).toBe(1);
  expect(of('concert_step_duration_seconds_count{step="tts",model="mouth"}')).toBe(1);
});

test('names that clients make up become no series', async () => {
  const { post, get, names } = await measured({
    async *answer(input): AsyncGenerator<AnswerEvent> {
      yield* [];
      throw new GatewayError('model_not_found', `no model ${input.model}`);
    },
  });
  const requestSeries = async (): Promise<number> =>
    (await names()).filter((name) => name.startsWith('concert_request')).length;
  const before = await requestSeries();
  for (let at = 0; at < 50; at++) {
    await post(CHAT, { model: `invented-${at}`, messages: HI });
    await get(`/no/such/path/${at}`);
    await get(`/v1/models/invented-${at}`);
    await get(`/admin/models/invented-${at}`);
  }
  const after = await names();
  expect(after.filter((name) => name.includes('invented') || name.includes('such'))).toEqual([]);
  expect(after).toContain('concert_requests_total{method="POST",path="/v1/chat/completions",status="404",model=""}');
  // Four new paths: a series of counts and a histogram of sixteen for each, whatever the number of requests.
  expect((await requestSeries()) - before).toBeLessThan(100);
});
