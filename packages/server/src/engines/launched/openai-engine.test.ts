import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ChatEvent, ChatRequest } from '../engine.ts';
import { OpenAiEngine } from './openai-engine.ts';
import { GREEDY } from '../test-sampling.ts';

const open: (() => Promise<void>)[] = [];
const noSignal = new AbortController().signal;

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

async function engineAgainst(answer: Answer): Promise<{ engine: OpenAiEngine; requests: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(request, response, ++count));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const engine = new OpenAiEngine({
    modelId: 'test',
    address: { origin: `http://127.0.0.1:${port}`, socketPath: null, port },
    apiKey: null,
    dialect: {
      engine: 'vllm',
      servedName: 'test',
      repeatPenalty: 'repeat_penalty',
      topKOff: 0,
      cacheSalt: null,
      readsCalls: true,
    },
    howItEnded: () => Promise.resolve(null),
  });
  open.push(async () => {
    await engine.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { engine, requests: () => count };
}

const REQUEST: ChatRequest = {
  messages: [{ role: 'user', content: 'hello' }],
  sampling: GREEDY,
  maxTokens: 5,
  stop: ['\n'],
};

const WHOLE = [
  'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n',
  'data: {"choices":[{"index":0,"delta":{"reasoning_content":"想"}}]}\n\n',
  'data: {"choices":[{"index":0,"delta":{"content":"你好 🙂"}}]}\n\n',
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}\n\n',
  'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":8}}}\n\n',
  'data: [DONE]\n\n',
].join('');
const EVENTS: ChatEvent[] = [
  { kind: 'reasoning-delta', text: '想' },
  { kind: 'text-delta', text: '你好 🙂' },
  { kind: 'prompt', promptTokens: 9, cachedTokens: 8 },
  { kind: 'finish', reason: 'length', completionTokens: 3 },
];

async function eventsOf(engine: OpenAiEngine): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of engine.run(REQUEST, noSignal)) events.push(event);
  return events;
}

test('an answer that is cut at any byte is the same answer', async () => {
  const bytes = Buffer.from(WHOLE);
  const { engine } = await engineAgainst((_request, response, count) => {
    response.write(bytes.subarray(0, count - 1));
    setImmediate(() => response.end(bytes.subarray(count - 1)));
  });
  for (let cut = 0; cut <= bytes.length; cut++) expect(await eventsOf(engine), `cut at ${cut}`).toEqual(EVENTS);
});

test('an answer that ends at any byte before its last is an error', async () => {
  const bytes = Buffer.from(WHOLE);
  const end = bytes.length - '\n\n'.length;
  const { engine } = await engineAgainst((_request, response, count) => response.end(bytes.subarray(0, count - 1)));
  for (let cut = 0; cut < end; cut++) {
    await expect(eventsOf(engine), `cut at ${cut}`).rejects.toMatchObject({ code: 'model_crashed' });
  }
});

test('a request on a connection that the engine just closed is sent once more', async () => {
  const used = new Map<Socket, number>();
  const { engine, requests } = await engineAgainst((request, response) => {
    const times = (used.get(request.socket) ?? 0) + 1;
    used.set(request.socket, times);
    // What llama-server does: it promises to keep the connection and resets it when it is used again.
    if (times > 1) request.socket.resetAndDestroy();
    else response.end(WHOLE);
  });
  expect(await eventsOf(engine)).toEqual(EVENTS);
  // The connection is free again a moment after the last byte.
  await new Promise(setImmediate);
  expect(await eventsOf(engine)).toEqual(EVENTS);
  expect(requests()).toBe(3);
});

test('a request that an engine never answers is not sent again and again', async () => {
  const { engine, requests } = await engineAgainst((request) => request.socket.resetAndDestroy());
  await expect(eventsOf(engine)).rejects.toMatchObject({ code: 'model_crashed' });
  expect(requests()).toBe(2);
});

test('a request whose answer had begun is never sent again', async () => {
  const { engine, requests } = await engineAgainst((request, response) => {
    response.write('data: {"choices":[{"delta":{"content":"a"}}]}\n\n', () => request.socket.resetAndDestroy());
  });
  await expect(eventsOf(engine)).rejects.toMatchObject({ code: 'model_crashed' });
  expect(requests()).toBe(1);
});

test.each([
  [400, { error: { message: 'Unsupported image', code: 400 } }, 'invalid_request', 'Unsupported image'],
  [
    400,
    { error: { message: 'request (3031 tokens) exceeds the available context size (1024 tokens)', code: 400 } },
    'context_length_exceeded',
    '3031',
  ],
  [
    400,
    { object: 'error', message: "This model's maximum context length is 4096 tokens." },
    'context_length_exceeded',
    '4096',
  ],
  [500, { error: { message: 'CUDA out of memory', code: 500 } }, 'out_of_memory', 'memory'],
  [500, { error: 'EngineCore encountered an issue.' }, 'model_crashed', 'EngineCore'],
  [503, 'Service Unavailable', 'model_crashed', 'Service Unavailable'],
])('status %i with %j is %s', async (status, body, code, says) => {
  const { engine } = await engineAgainst((_request, response) => {
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await expect(eventsOf(engine)).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
});

test.each([
  ['{"error":{"message":"out of slots","code":500}}', 'out of slots'],
  ['{"object":"error","message":"it broke"}', 'it broke'],
  ['{"choices":[{"delta":{},"finish_reason":"abort"}]}', 'gave up the answer'],
  ['not JSON', 'something else than JSON'],
  ['{"choices":7}', 'something else than a piece of a chat'],
])('%s inside a stream is an error', async (data, says) => {
  const { engine } = await engineAgainst((_request, response) => response.end(`data: ${data}\n\ndata: [DONE]\n\n`));
  await expect(eventsOf(engine)).rejects.toMatchObject({
    code: 'model_crashed',
    message: expect.stringContaining(says),
  });
});

test('a whole answer does not wait for an engine that leaves the connection open', async () => {
  const { engine } = await engineAgainst((_request, response) => response.write(WHOLE));
  expect(await eventsOf(engine)).toEqual(EVENTS);
});
