import type { AddressInfo } from 'node:net';
import OpenAI, { type APIError, BadRequestError, InternalServerError, NotFoundError } from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../packages/server/src/http/app.ts';
import { type FakeDeps, fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import type { AnswerEvent } from '../../packages/server/src/pipeline/request.ts';
import { GatewayError } from '../../packages/server/src/shared/errors.ts';

let deps: FakeDeps;
let client: OpenAI;
let close: () => Promise<void>;

async function serve(overrides: Parameters<typeof fakeDeps>[0] = {}): Promise<void> {
  deps = fakeDeps(overrides);
  const app = createApp(deps);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
  close = () => app.close();
}

beforeEach(() => serve());
afterEach(() => close());

const messages = [{ role: 'user' as const, content: 'Hi' }];

/** Serves with other dependencies for the rest of the test. */
async function serveWith(overrides: Parameters<typeof fakeDeps>[0]): Promise<void> {
  await close();
  await serve(overrides);
}

test('the official client chats', async () => {
  const { data, response } = await client.chat.completions.create({ model: 'hub', messages }).withResponse();
  expect(data.choices[0]?.message.content).toBe('Hello "world"\n');
  expect(data.usage?.total_tokens).toBe(10);
  expect(response.headers.get('x-concert-model')).toBe('small-llm');
});

test('the official client streams, with usage', async () => {
  const stream = await client.chat.completions.create({
    model: 'hub',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let total = 0;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    total += chunk.usage?.total_tokens ?? 0;
  }
  expect({ text, total }).toEqual({ text: 'Hello "world"\n', total: 10 });
});

test('the official client’s stream helper puts the answer together', async () => {
  const answer = await client.chat.completions.stream({ model: 'hub', messages }).finalChatCompletion();
  expect(answer.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { role: 'assistant', content: 'Hello "world"\n' },
  });
});

test('a failure in mid-stream reaches the official client as an error with its code', async () => {
  await serveWith({
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield { kind: 'text-delta', choice: 0, text: 'He' };
      throw new GatewayError('model_crashed', 'it fell over');
    },
  });
  const stream = await client.chat.completions.create({ model: 'hub', messages, stream: true });
  const read = async (): Promise<void> => {
    for await (const chunk of stream) expect(chunk.object).toBe('chat.completion.chunk');
  };
  await expect(read()).rejects.toThrow(
    expect.objectContaining({ code: 'model_crashed', type: 'server_error' }) as APIError,
  );
});

test('breaking off the official client’s stream aborts the answer', async () => {
  let tell: () => void;
  const aborted = new Promise<void>((resolve) => (tell = resolve));
  await serveWith({
    async *answer(_input, signal): AsyncGenerator<AnswerEvent> {
      yield { kind: 'text-delta', choice: 0, text: 'He' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      tell();
    },
  });
  const stream = await client.chat.completions.create({ model: 'hub', messages, stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'He') break;
  await aborted;
});

test('the official client transcribes in every format', async () => {
  const file = (): File => new File([new Uint8Array(100)], 'a.wav');
  const ask = { model: 'whisper-1', file: file(), language: 'en-US' };
  expect((await client.audio.transcriptions.create(ask)).text).toBe('Try again. Fail better.');
  expect(deps.recordings[0]).toMatchObject({ model: 'whisper-1', language: 'en', mode: 'transcribe' });
  expect(deps.recordings[0]?.audio).toHaveLength(100);
  const verbose = await client.audio.transcriptions.create({
    ...ask,
    response_format: 'verbose_json',
    timestamp_granularities: ['segment'],
  });
  expect(verbose).toMatchObject({
    language: 'english',
    duration: 3.5,
    segments: [{ id: 0, start: 0, end: 1.25 }, { id: 1 }],
  });
  expect(await client.audio.transcriptions.create({ ...ask, response_format: 'text' })).toBe(
    'Try again. Fail better.\n',
  );
  expect(await client.audio.transcriptions.create({ ...ask, response_format: 'srt' })).toContain(
    '00:00:00,000 --> 00:00:01,250',
  );
  expect(await client.audio.transcriptions.create({ ...ask, response_format: 'vtt' })).toMatch(/^WEBVTT/);
});

test('the official client streams a transcription', async () => {
  const stream = await client.audio.transcriptions.create({
    model: 'whisper-1',
    file: new File([new Uint8Array(100)], 'a.wav'),
    stream: true,
  });
  const events = [];
  for await (const event of stream) events.push(event);
  expect(events).toEqual([
    { type: 'transcript.text.delta', delta: 'Try again.' },
    { type: 'transcript.text.delta', delta: ' Fail better.' },
    { type: 'transcript.text.done', text: 'Try again. Fail better.', usage: { type: 'duration', seconds: 3.5 } },
  ]);
});

test('the official client translates', async () => {
  const answer = await client.audio.translations.create({
    model: 'whisper-1',
    file: new File([new Uint8Array(100)], 'a.wav'),
  });
  expect(answer.text).toBe('Try again. Fail better.');
  expect(deps.recordings[0]).toMatchObject({ mode: 'translate', language: null });
});

test('the official client hears speech', async () => {
  const response = await client.audio.speech.create({
    model: 'tts-1',
    voice: 'alloy',
    input: 'Hi',
    response_format: 'wav',
  });
  expect(response.headers.get('content-type')).toBe('audio/wav');
  expect(Buffer.from(await response.arrayBuffer()).toString()).toMatch(/end$/);
  expect(deps.texts).toEqual([{ model: 'tts-1', text: 'Hi', voice: 'alloy', speed: 1 }]);
});

test('the official client lists and finds models', async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual(['hub']);
  expect((await client.models.retrieve('hub')).owned_by).toBe('concert');
});

test('the official client knows each failure by its class, code, param and request id', async () => {
  const missing = await client.models.retrieve('none').catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(NotFoundError);
  expect(missing).toMatchObject({
    status: 404,
    code: 'model_not_found',
    param: 'model',
    requestID: expect.stringMatching(/^req_/) as string,
  });
  const wrong = await client.chat.completions
    .create({ model: 'hub', messages, temperature: 9 })
    .catch((error: unknown) => error);
  expect(wrong).toBeInstanceOf(BadRequestError);
  expect(wrong).toMatchObject({
    status: 400,
    code: 'invalid_request',
    param: 'temperature',
    type: 'invalid_request_error',
  });
  await serveWith({
    unload: () => Promise.resolve(),
    answer: () => {
      throw new Error('internal detail');
    },
  });
  const broken = await client.chat.completions.create({ model: 'hub', messages }).catch((error: unknown) => error);
  expect(broken).toBeInstanceOf(InternalServerError);
  expect((broken as Error).message).not.toContain('internal detail');
});

test('the official client tries again when it is told to', async () => {
  let asked = 0;
  const again = fakeDeps();
  await serveWith({
    async *answer(input, signal, run): AsyncGenerator<AnswerEvent> {
      if (++asked === 1) throw new GatewayError('model_loading', 'loading', { retryAfterSeconds: 0.1 });
      yield* again.answer(input, signal, run);
    },
  });
  const answer = await client.chat.completions.create({ model: 'hub', messages }, { maxRetries: 1 });
  expect(answer.choices[0]?.message.content).toContain('Hello');
  expect(asked).toBe(2);
});
