import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { WebSocket } from 'ws';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createApp } from '../../packages/server/src/http/app.ts';
import { FAKE_PLAN, type FakeDeps, fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import type { AnswerEvent, ChatInput } from '../../packages/server/src/pipeline/request.ts';
import { GatewayError } from '../../packages/server/src/shared/errors.ts';
import { runPython, testPython } from '../models/python.ts';
import { connectRealtime, pcm, type RealtimeClient } from './realtime-client.ts';

let deps: FakeDeps;
let url: string;
let close: () => Promise<void>;
const clients: RealtimeClient[] = [];

const END: readonly AnswerEvent[] = [
  { kind: 'choice-finished', choice: 0, reason: 'stop' },
  { kind: 'finish', promptTokens: 9, completionTokens: 4, reasoningTokens: 0, cachedTokens: 2, plan: FAKE_PLAN },
];
const speech = (transcript: string): AnswerEvent => ({
  kind: 'speech-delta',
  choice: 0,
  transcript,
  sampleRate: 16_000,
  samples: new Float32Array(16_000).fill(0.25),
});

/** Answers in writing or in speech, as asked. */
async function* answer(input: ChatInput): AsyncGenerator<AnswerEvent> {
  deps.chats.push(input);
  yield { kind: 'start', model: 'small-llm' };
  yield { kind: 'text-delta', choice: 0, text: 'Hello ' };
  yield { kind: 'text-delta', choice: 0, text: 'you' };
  if (input.speech !== null) {
    yield speech('Hello ');
    yield speech('you');
  }
  yield* END;
}

async function serve(overrides: Parameters<typeof fakeDeps>[0] = {}): Promise<void> {
  deps = fakeDeps({ answer, ...overrides });
  const app = createApp(deps);
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  close = () => app.close();
}

async function open(options: Parameters<typeof connectRealtime>[1] = {}): Promise<RealtimeClient> {
  const client = await connectRealtime(url, options);
  clients.push(client);
  return client;
}

/** Serves with other dependencies for the rest of the test. */
async function serveWith(overrides: Parameters<typeof fakeDeps>[0]): Promise<void> {
  await close();
  await serve(overrides);
}

/** An answer that speaks for ever, until it is stopped. */
function endless(): { readonly answer: FakeDeps['answer']; readonly stopped: Promise<void> } {
  let tell: () => void;
  const stopped = new Promise<void>((resolve) => (tell = resolve));
  return {
    stopped,
    async *answer(_input, signal) {
      try {
        for (;;) {
          yield speech('and on ');
          await sleep(5, undefined, { signal });
        }
      } finally {
        tell();
      }
    },
  };
}

beforeEach(() => serve());
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await close();
});

const question = {
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
};
const inWriting = { type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } };

/** A voice for 400 ms, then a second of silence, in frames of 20 ms. */
function speak(client: RealtimeClient): void {
  for (let at = 0; at < 70; at += 1) client.send({ type: 'input_audio_buffer.append', audio: pcm(20, at < 20) });
}

test('the official client asks in writing and is answered in writing', async () => {
  const client = await open();
  expect(client.heard[0]).toMatchObject({ session: { model: 'gpt-realtime', type: 'realtime' } });
  await client.ask(inWriting, 'session.updated');
  await client.ask(question, 'conversation.item.done');
  const done = await client.ask({ type: 'response.create' }, 'response.done');
  expect(done).toMatchObject({
    response: { status: 'completed', output: [{ content: [{ type: 'output_text', text: 'Hello you' }] }] },
  });
  const deltas = client.heard.filter(({ type }) => type === 'response.output_text.delta');
  expect(deltas.map(({ delta }) => delta)).toEqual(['Hello ', 'you']);
  // OpenAI's names of speaking models mean whoever leads here.
  expect(deps.chats[0]?.model).toBe('auto');
});

test('sound that the client commits is written down, answered and spoken', async () => {
  const client = await open();
  const input = { turn_detection: null, transcription: { model: 'gpt-4o-transcribe' } };
  await client.ask({ type: 'session.update', session: { type: 'realtime', audio: { input } } }, 'session.updated');
  client.send({ type: 'input_audio_buffer.append', audio: pcm(300, true) });
  await client.ask({ type: 'input_audio_buffer.commit' }, 'input_audio_buffer.committed');
  client.send({ type: 'response.create' });
  const heard = await client.next('conversation.item.input_audio_transcription.completed');
  expect(heard['transcript']).toBe('Try again. Fail better.');
  await client.next('response.done');
  const sound = client.heard.filter(({ type }) => type === 'response.output_audio.delta');
  expect(Buffer.concat(sound.map(({ delta }) => Buffer.from(String(delta), 'base64')))).toHaveLength(96_000);
  expect(await client.next('response.output_audio_transcript.done')).toMatchObject({ transcript: 'Hello you' });
  expect(deps.chats[0]?.messages).toMatchObject([{ role: 'user', parts: [{ text: 'Try again. Fail better.' }] }]);
  expect(deps.recordings[0]?.audio).toHaveLength(44 + 14_400);
});

test('the server finds the turn by itself, from frames of 20 ms', async () => {
  const client = await open();
  speak(client);
  await client.next('response.done');
  const order = [
    'input_audio_buffer.speech_started',
    'input_audio_buffer.speech_stopped',
    'input_audio_buffer.committed',
    'conversation.item.added',
    'response.created',
    'response.output_audio.delta',
    'response.done',
  ];
  const places = order.map((type) => client.types().indexOf(type));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
});

test('speaking into an answer cuts it off and stops the engine', async () => {
  const { answer: speaksOn, stopped } = endless();
  await serveWith({ answer: speaksOn });
  const client = await open();
  client.send(question);
  await client.ask({ type: 'response.create' }, 'response.output_audio.delta');
  speak(client);
  const done = await client.next('response.done');
  expect(done).toMatchObject({ response: { status: 'cancelled', status_details: { reason: 'turn_detected' } } });
  await stopped;
});

test('a function call goes out and its result comes back', async () => {
  await serveWith({
    async *answer(input): AsyncGenerator<AnswerEvent> {
      deps.chats.push(input);
      if (input.messages.at(-1)?.role === 'tool') return yield* answer(input);
      yield { kind: 'tool-call', choice: 0, index: 0, id: 'call_1', name: 'now' };
      yield { kind: 'tool-call-delta', choice: 0, index: 0, text: '{}' };
      yield { kind: 'choice-finished', choice: 0, reason: 'tool-calls' };
      yield* END.slice(1);
    },
  });
  const client = await open();
  const tools = [{ type: 'function', name: 'now', description: 'The time', parameters: { type: 'object' } }];
  client.send({ type: 'session.update', session: { type: 'realtime', tools } });
  client.send(question);
  const called = await client.ask({ type: 'response.create' }, 'response.function_call_arguments.done');
  expect(called).toMatchObject({ call_id: 'call_1', name: 'now', arguments: '{}' });
  await client.next('response.done');
  const output = { type: 'function_call_output', call_id: 'call_1', output: 'noon' };
  await client.ask({ type: 'conversation.item.create', item: output }, 'conversation.item.done');
  await client.ask({ type: 'response.create' }, 'response.done');
  expect(deps.chats.at(-1)?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
});

test('what is no event is answered with an error, and the session goes on', async () => {
  const client = await open();
  const error = (sent: object): Promise<unknown> => client.ask(sent, 'error').then((event) => event['error']);
  expect(await error({ type: 'no.such.event', event_id: 'e1' })).toMatchObject({
    type: 'invalid_request_error',
    param: 'type',
    event_id: 'e1',
  });
  expect(await error({ type: 'response.create', response: { output_modalities: 'text' } })).toMatchObject({
    param: 'response.output_modalities',
  });
  expect(await error({ type: 'input_audio_buffer.append', audio: '???' })).toMatchObject({ code: 'invalid_media' });
  expect(await error({ type: 'input_audio_buffer.append', audio: 'QQ==' })).toMatchObject({ code: 'invalid_media' });
  const raw = client.client.socket as unknown as { send(data: string | Buffer): void };
  for (const data of ['{', '[]', 'null', Buffer.from([0xff, 0xfe])]) {
    const from = client.heard.length;
    raw.send(data);
    expect((await client.next('error', from))['error']).toMatchObject({ type: 'invalid_request_error' });
  }
  await client.ask(inWriting, 'session.updated');
});

test('clients of the first version are answered in its words', async () => {
  const client = await open({ first: true, model: 'gpt-4o-realtime-preview' });
  expect(client.heard[0]).toMatchObject({ session: { modalities: ['text', 'audio'], voice: 'alloy' } });
  await client.ask({ type: 'session.update', session: { turn_detection: null } }, 'session.updated');
  await client.ask(question, 'conversation.item.created');
  await client.ask({ type: 'response.create' }, 'response.done');
  expect(client.types()).toEqual(
    expect.arrayContaining(['response.audio.delta', 'response.audio_transcript.delta', 'response.audio.done']),
  );
  expect(client.types().some((type) => type.startsWith('response.output_audio'))).toBe(false);
});

test('the official browser client, which brings its key as a protocol, is taken', async () => {
  /** What a browser has, towards a server without TLS. */
  class PlainWebSocket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address.replace('wss:', 'ws:'), protocols);
    }
  }
  vi.stubGlobal('WebSocket', PlainWebSocket);
  try {
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-secret' });
    const client = new OpenAIRealtimeWebSocket({ model: 'hub' }, openai);
    const created = await new Promise<{ session: object }>((resolve, reject) => {
      client.on('session.created', resolve as never);
      client.on('error', reject);
    });
    expect(created).toMatchObject({ session: { model: 'hub' } });
    expect(client.socket.protocol).toBe('realtime');
    client.close();
  } finally {
    vi.unstubAllGlobals();
  }
});

test('an answer under way is an operator’s to see and to cancel', async () => {
  const { answer: speaksOn, stopped } = endless();
  await serveWith({ answer: speaksOn });
  const client = await open();
  client.send(question);
  const created = await client.ask({ type: 'response.create' }, 'response.created');
  const { id } = created['response'] as { id: string };
  await client.next('response.output_audio.delta');
  const list = (await (await fetch(`${url}/admin/requests`)).json()) as { data: object[] };
  expect(list.data).toMatchObject([{ id, path: '/v1/realtime', model: 'gpt-realtime', state: 'running' }]);
  await fetch(`${url}/admin/requests/${id}/cancel`, { method: 'POST' });
  expect(await client.next('response.done')).toMatchObject({
    response: { status: 'failed', status_details: { error: { code: 'request_cancelled' } } },
  });
  await stopped;
  await vi.waitFor(async () => {
    expect(await (await fetch(`${url}/admin/requests`)).json()).toMatchObject({ data: [] });
  });
});

test('a client that leaves stops its answer', async () => {
  const { answer: speaksOn, stopped } = endless();
  await serveWith({ answer: speaksOn });
  const client = await open();
  client.send(question);
  await client.ask({ type: 'response.create' }, 'response.output_audio.delta');
  client.close();
  await stopped;
});

test('a client that does not read holds up its answer instead of the server’s memory', async () => {
  let written = 0;
  await serveWith({
    async *answer(): AsyncGenerator<AnswerEvent> {
      for (; written < 2_000; written += 1) yield speech('and on ');
    },
  });
  const client = await open();
  client.send(question);
  await client.ask({ type: 'response.create' }, 'response.output_audio.delta');
  client.client.socket.pause();
  let before = -1;
  while (before !== written) {
    before = written;
    await sleep(300);
  }
  // A second of sound is 64 kB on the wire; some of it lies in the sockets' own buffers.
  expect(written).toBeLessThan(500);
  // A server that stops does not wait for it.
  await close();
  await serve();
});

test('a server that stops lets the answer finish, then tells its clients and goes', async () => {
  let finish: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (finish = resolve));
  await serveWith({
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield speech('Wait ');
      await held;
      yield speech('for me.');
      yield* END;
    },
  });
  const busy = await open();
  const idle = await open();
  busy.send(question);
  await busy.ask({ type: 'response.create' }, 'response.output_audio.delta');
  const closing = close();
  expect((await idle.next('error'))['error']).toMatchObject({ code: 'shutting_down' });
  expect(await idle.closed).toEqual({ code: 1001, reason: 'the server is stopping' });
  const refused = await busy.ask(question, 'error');
  expect(refused['error']).toMatchObject({ code: 'shutting_down' });
  finish();
  expect(await busy.next('response.done')).toMatchObject({ response: { status: 'completed' } });
  expect((await busy.closed).code).toBe(1001);
  await closing;
  await serve();
});

test('a model that is not here, and a plain request, are refused before the session begins', async () => {
  await serveWith({
    planVoice({ model }) {
      if (model === 'nobody') throw new GatewayError('model_not_found', 'there is no nobody', { param: 'model' });
      return { detector: null, steps: [] };
    },
  });
  await expect(open({ model: 'nobody' })).rejects.toThrow('refused with 404');
  const plain = await fetch(`${url}/v1/realtime?model=hub`);
  expect(plain.status).toBe(400);
  expect(await plain.json()).toMatchObject({ error: { message: expect.stringContaining('WebSocket') as string } });
});

/** Sends bytes as they are and reads the answer up to its end. */
function exchange(lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(lines.join('\r\n')));
    let answered = '';
    socket.on('data', (data) => {
      answered += data.toString();
      if (answered.includes('"choices"')) {
        resolve(answered);
        socket.destroy();
      }
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answered));
  });
}

test('a client that would rather speak HTTP/2, as Java’s does, is answered in HTTP/1.1', async () => {
  const body = JSON.stringify({ model: 'hub', messages: [{ role: 'user', content: 'x'.repeat(100_000) }] });
  const answered = await exchange([
    'POST /v1/chat/completions HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ]);
  expect(answered).toMatch(/^HTTP\/1.1 200 OK/);
  expect(deps.chats[0]?.messages[0]?.parts[0]).toMatchObject({ text: 'x'.repeat(100_000) });
});

test('a WebSocket to an address that speaks HTTP is refused in plain words', async () => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/nothing`);
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('error', () => undefined);
  });
  expect(status).toBe(404);
});

test.skipIf(testPython() === null)(
  'the official Python client talks, and knows every event that it is told',
  async () => {
    const seen = JSON.parse(await runPython('realtime_client.py', url)) as Record<string, unknown>;
    expect(seen['foreign']).toEqual([]);
    expect(seen).toMatchObject({
      text: 'Hello you',
      status: 'completed',
      sound: 96_000,
      error: 'input_audio_buffer_commit_empty',
    });
    expect(seen['types']).toEqual(
      expect.arrayContaining([
        'input_audio_buffer.speech_started',
        'input_audio_buffer.speech_stopped',
        'conversation.item.input_audio_transcription.completed',
        'conversation.item.truncated',
      ]),
    );
  },
);

test('a page of another site opens no conversation unless its origin is allowed', async () => {
  const upgrade = async (headers: Record<string, string>): Promise<number> => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime`, { headers });
    return new Promise((resolve, reject) => {
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.on('error', reject);
    });
  };
  expect(await upgrade({ origin: 'https://elsewhere.example' })).toBe(403);
  expect(await upgrade({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await upgrade({ origin: url })).toBe(101);
  expect(await upgrade({})).toBe(101);
  await serveWith({ origins: ['https://app.example'] });
  expect(await upgrade({ origin: 'https://app.example' })).toBe(101);
  expect(await upgrade({ origin: 'https://elsewhere.example' })).toBe(403);
});
