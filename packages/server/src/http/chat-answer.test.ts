import { ChatCompletion, ChatCompletionChunk } from '@concert/protocol';
import { expect, test } from 'vitest';
import type { AnswerEvent, TokenLogprob } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { createApp } from './app.ts';
import { FAKE_END, fakeDeps } from './fake-deps.ts';

const CHAT = '/v1/chat/completions';
const HI = [{ role: 'user', content: 'Hi' }];
const clock = { name: 'clock', parameters: { type: 'object', properties: {} } };
const tools = [{ type: 'function', function: clock }];

type Chunk = ChatCompletionChunk;

function answering(events: readonly AnswerEvent[]): ReturnType<typeof createApp> {
  return createApp(
    fakeDeps({
      async *answer() {
        yield* events;
      },
    }),
  );
}

async function collected(events: readonly AnswerEvent[], fields: object = {}): Promise<ChatCompletion> {
  const payload = { messages: HI, ...fields };
  const answer = await answering(events).inject({ method: 'POST', url: CHAT, payload });
  expect(answer.statusCode).toBe(200);
  return ChatCompletion.parse(answer.json());
}

async function streamed(events: readonly AnswerEvent[], fields: object = {}): Promise<Chunk[]> {
  const payload = { messages: HI, stream: true, ...fields };
  const { body } = await answering(events).inject({ method: 'POST', url: CHAT, payload });
  const frames = body.split('\n\n').flatMap((frame) => (frame.startsWith('data: ') ? [frame.slice(6)] : []));
  expect(frames.pop()).toBe('[DONE]');
  return frames.map((frame) => ChatCompletionChunk.parse(JSON.parse(frame)));
}

const deltas = (chunks: readonly Chunk[], choice = 0): unknown[] =>
  chunks
    .flatMap(({ choices }) => choices)
    .filter(({ index }) => index === choice)
    .map(({ delta }) => delta);
const reasons = (chunks: readonly Chunk[]): unknown[] =>
  chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason)).filter((reason) => reason !== null);

const CALLS: readonly AnswerEvent[] = [
  { kind: 'start', model: 'small-llm' },
  { kind: 'tool-call', choice: 0, index: 0, id: 'call_a', name: 'clock' },
  { kind: 'tool-call-delta', choice: 0, index: 0, text: '{"in":' },
  { kind: 'tool-call-delta', choice: 0, index: 0, text: '"北京"}' },
  { kind: 'tool-call', choice: 0, index: 1, id: 'call_b', name: 'clock' },
  { kind: 'tool-call-delta', choice: 0, index: 1, text: '{}' },
  { kind: 'choice-finished', choice: 0, reason: 'tool-calls' },
  ...FAKE_END.slice(1),
];

test('a streamed call tells its id and name once, and its arguments in pieces under its index', async () => {
  const chunks = await streamed(CALLS, { tools });
  expect(deltas(chunks)).toEqual([
    { role: 'assistant', content: '' },
    { tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'clock', arguments: '' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"in":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '"北京"}' } }] },
    { tool_calls: [{ index: 1, id: 'call_b', type: 'function', function: { name: 'clock', arguments: '' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
    {},
  ]);
  expect(reasons(chunks)).toEqual(['tool_calls']);
});

test('calls in one piece stand beside content that is null, unless something was said', async () => {
  const [choice] = (await collected(CALLS, { tools })).choices;
  expect(choice).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: null,
      tool_calls: [
        { id: 'call_a', type: 'function', function: { name: 'clock', arguments: '{"in":"北京"}' } },
        { id: 'call_b', type: 'function', function: { name: 'clock', arguments: '{}' } },
      ],
    },
  });
  const saying: AnswerEvent = { kind: 'text-delta', choice: 0, text: 'Let me look.' };
  expect((await collected([saying, ...CALLS], { tools })).choices[0]?.message.content).toBe('Let me look.');
  expect((await collected(FAKE_END)).choices[0]?.message).toEqual({ role: 'assistant', content: '', refusal: null });
});

test('whoever sends functions is answered with function_call', async () => {
  const one = CALLS.filter((event) => !('index' in event) || event.index === 0);
  const [choice] = (await collected(one, { functions: [clock] })).choices;
  expect(choice?.message).toMatchObject({
    content: null,
    function_call: { name: 'clock', arguments: '{"in":"北京"}' },
  });
  expect(choice?.finish_reason).toBe('function_call');
  const chunks = await streamed(one, { functions: [clock] });
  expect(deltas(chunks)).toEqual([
    { role: 'assistant', content: '' },
    { function_call: { name: 'clock', arguments: '' } },
    { function_call: { arguments: '{"in":' } },
    { function_call: { arguments: '"北京"}' } },
    {},
  ]);
  expect(reasons(chunks)).toEqual(['function_call']);
});

const token = (text: string, logprob: number, top: [string, number][] = []): TokenLogprob => ({
  text,
  bytes: Buffer.from(text),
  logprob,
  top: top.map(([other, value]) => ({ text: other, bytes: Buffer.from(other), logprob: value })),
});
const LIKELY: readonly AnswerEvent[] = [
  {
    kind: 'text-delta',
    choice: 0,
    text: '好',
    logprobs: [
      token('好', -0.5, [
        ['好', -0.5],
        ['坏', -Infinity],
      ]),
    ],
  },
  { kind: 'text-delta', choice: 0, text: '', logprobs: [token('\ufffd', -1)] },
  { kind: 'text-delta', choice: 0, text: '!' },
  ...FAKE_END,
];

test('log probabilities come with the text they belong to, in OpenAI’s form', async () => {
  const first = {
    token: '好',
    bytes: [229, 165, 189],
    logprob: -0.5,
    top_logprobs: [
      { token: '好', bytes: [229, 165, 189], logprob: -0.5 },
      { token: '坏', bytes: [229, 157, 143], logprob: -9999 },
    ],
  };
  const second = { token: '\ufffd', bytes: [239, 191, 189], logprob: -1, top_logprobs: [] };
  const asked = { logprobs: true, top_logprobs: 2 };
  const chunks = await streamed(LIKELY, asked);
  expect(chunks.flatMap(({ choices }) => choices.map(({ logprobs }) => logprobs))).toEqual([
    null,
    { content: [first], refusal: null },
    { content: [second], refusal: null },
    null,
    null,
  ]);
  const [choice] = (await collected(LIKELY, asked)).choices;
  expect(choice?.logprobs).toEqual({ content: [first, second], refusal: null });
  expect((await collected(FAKE_END)).choices[0]?.logprobs).toBeNull();
});

const TWO: readonly AnswerEvent[] = [
  { kind: 'start', model: 'small-llm' },
  { kind: 'text-delta', choice: 1, text: 'B' },
  { kind: 'text-delta', choice: 0, text: 'A' },
  { kind: 'choice-finished', choice: 1, reason: 'length' },
  { kind: 'text-delta', choice: 0, text: 'a' },
  { kind: 'choice-finished', choice: 0, reason: 'stop' },
  {
    ...(FAKE_END[1] as Extract<AnswerEvent, { kind: 'finish' }>),
    promptTokens: 5,
    completionTokens: 3,
    reasoningTokens: 1,
  },
];

test('two answers come side by side, each with its role, its end and its index', async () => {
  const chunks = await streamed(TWO, { n: 2, stream_options: { include_usage: true }, concert: { trace: true } });
  expect(deltas(chunks, 0)).toEqual([{ role: 'assistant', content: '' }, { content: 'A' }, { content: 'a' }, {}]);
  expect(deltas(chunks, 1)).toEqual([{ role: 'assistant', content: '' }, { content: 'B' }, {}]);
  expect(reasons(chunks)).toEqual(['length', 'stop']);
  expect(chunks.map(({ concert }) => concert !== undefined).filter(Boolean)).toHaveLength(1);
  const usage = {
    prompt_tokens: 5,
    completion_tokens: 3,
    total_tokens: 8,
    completion_tokens_details: { reasoning_tokens: 1 },
  };
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
  const whole = await collected(TWO, { n: 2 });
  expect(whole.choices.map(({ index, message, finish_reason }) => [index, message.content, finish_reason])).toEqual([
    [0, 'Aa', 'stop'],
    [1, 'B', 'length'],
  ]);
  expect(whole.usage).toMatchObject(usage);
});

test('an answer of nothing still tells who speaks and why it ended', async () => {
  const chunks = await streamed(FAKE_END);
  expect(deltas(chunks)).toEqual([{ role: 'assistant', content: '' }, {}]);
});

test('reasoning comes before the words and only when asked', async () => {
  const events: readonly AnswerEvent[] = [
    { kind: 'reasoning-delta', choice: 0, text: 'hm' },
    { kind: 'text-delta', choice: 0, text: 'Yes' },
    ...FAKE_END,
  ];
  expect(deltas(await streamed(events, { return_reasoning: true }))).toEqual([
    { role: 'assistant', content: '' },
    { reasoning_content: 'hm', reasoning: 'hm' },
    { content: 'Yes' },
    {},
  ]);
  expect(deltas(await streamed(events))).toEqual([{ role: 'assistant', content: '' }, { content: 'Yes' }, {}]);
});

test('the fingerprint is that of the weights that answer, in every chunk and in one piece', async () => {
  const chunks = await streamed(CALLS, { tools });
  const prints = new Set(chunks.map((chunk) => chunk.system_fingerprint));
  expect([...prints]).toEqual([(await collected(CALLS, { tools })).system_fingerprint]);
  const other = CALLS.map((event) => (event.kind === 'start' ? { ...event, model: 'other' } : event));
  expect(prints.has((await collected(other, { tools })).system_fingerprint)).toBe(false);
});

test('a prompt that is too long is a 400 with the counts, streamed or not, before anything else is sent', async () => {
  const app = createApp(
    fakeDeps({
      async *answer(): AsyncGenerator<AnswerEvent> {
        yield { kind: 'start', model: 'small-llm' };
        throw new GatewayError('context_length_exceeded', 'the prompt has 9000 tokens and 8192 fit', {
          param: 'messages',
        });
      },
    }),
  );
  for (const stream of [true, false]) {
    const answer = await app.inject({ method: 'POST', url: CHAT, payload: { messages: HI, stream } });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json()).toEqual({
      error: {
        message: 'the prompt has 9000 tokens and 8192 fit',
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    });
  }
});
