import Anthropic, { BadRequestError, InternalServerError, NotFoundError } from '@anthropic-ai/sdk';
import type { ContentBlock, MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { tinyPng } from '../../packages/server/src/http/fake-deps.ts';
import { type FakeChatServer, startFakeChat } from './fake-chat-server.ts';

let server: FakeChatServer;
let client: Anthropic;

beforeAll(async () => {
  vi.stubEnv('CONCERT_TEST_FAKE_ENGINE', '1');
  server = await startFakeChat();
  client = new Anthropic({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});
beforeEach(() => {
  server.asked.length = 0;
});

/** A question that tells the fake engine how to answer. */
function telling(told: object): MessageParam[] {
  return [{ role: 'user', content: JSON.stringify(told) }];
}

const base = { model: 'hub', max_tokens: 50 };
const clock: Tool = {
  name: 'clock',
  description: 'Tells the time.',
  input_schema: { type: 'object', properties: { zone: { type: 'string' } } },
};
const callsClock = { say: 'Let me look.', calls: [{ name: 'clock', arguments: '{"zone":"UTC"}' }] };

test('the official client is answered', async () => {
  const { data, response, request_id } = await client.messages
    .create({ ...base, system: 'Be brief.', messages: [{ role: 'user', content: 'Hello there' }] })
    .withResponse();
  expect(data).toMatchObject({
    type: 'message',
    role: 'assistant',
    model: 'hub',
    content: [{ type: 'text', text: 'Hello there' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 2, output_tokens: 2 },
  });
  expect(request_id).toMatch(/^req_/);
  expect(response.headers.get('x-concert-model')).toBe('small-llm');
  expect(server.asked[0]?.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
});

test('the official client’s stream helper puts together the message that comes in one piece', async () => {
  const asked = {
    ...base,
    messages: telling({ think: 'Which zone?', ...callsClock, cachedTokens: 1 }),
    tools: [clock],
    thinking: { type: 'adaptive' as const },
  };
  const deltas: string[] = [];
  const stream = client.messages.stream(asked).on('text', (delta) => deltas.push(delta));
  const streamed = await stream.finalMessage();
  const whole = await client.messages.create(asked);
  const ofThis = { id: expect.any(String) as string };
  expect({ ...streamed, ...ofThis }).toEqual({ ...whole, ...ofThis, parsed_output: null });
  expect(deltas).toEqual(['Let', ' me', ' look.']);
  expect(whole).toMatchObject({
    content: [
      { type: 'thinking', thinking: 'Which zone?' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', name: 'clock', input: { zone: 'UTC' } },
    ],
    stop_reason: 'tool_use',
    usage: { cache_read_input_tokens: 1 },
  });
});

test('the raw events come in Anthropic’s order', async () => {
  const stream = await client.messages.create({ ...base, messages: telling({ say: 'One two' }), stream: true });
  const kinds: string[] = [];
  for await (const event of stream) kinds.push(event.type);
  expect(kinds).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

test('a loop of tools: the call goes out, its result comes back, the answer follows', async () => {
  const messages = telling(callsClock);
  const first = await client.messages.create({ ...base, messages, tools: [clock] });
  const call = first.content.find(
    (block): block is Extract<ContentBlock, { type: 'tool_use' }> => block.type === 'tool_use',
  );
  expect(call).toMatchObject({ name: 'clock', input: { zone: 'UTC' } });
  messages.push(
    { role: 'assistant', content: first.content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'It is noon.' }] },
  );
  const second = await client.messages.create({ ...base, messages, tools: [clock] });
  expect(second).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: 'It is noon.' }] });
  expect(server.asked[1]?.messages.slice(-2)).toEqual([
    {
      role: 'assistant',
      content: 'Let me look.',
      toolCalls: [{ id: call?.id, name: 'clock', arguments: '{"zone":"UTC"}' }],
    },
    { role: 'tool', content: 'It is noon.', toolCallId: call?.id },
  ]);
});

test('the official client’s own tool runner runs its loop: refused a conversation kept by the server, it sends all of it', async () => {
  const seen: unknown[] = [];
  const answer = await client.beta.messages.toolRunner({
    ...base,
    messages: telling(callsClock) as never,
    tools: [
      {
        type: 'custom',
        ...clock,
        parse: (input: unknown) => input,
        run(input: unknown) {
          seen.push(input);
          return 'It is noon.';
        },
      } as never,
    ],
  });
  expect(seen).toEqual([{ zone: 'UTC' }]);
  expect(answer.content).toMatchObject([{ type: 'text', text: 'It is noon.' }]);
});

test('the stop sequence that ended the answer is named', async () => {
  const answer = await client.messages.create({
    ...base,
    messages: telling({ say: 'One two END three' }),
    stop_sequences: ['STOP', 'END'],
  });
  expect(answer).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
  expect(answer.content).toMatchObject([{ type: 'text', text: 'One two ' }]);
});

test('an answer that is too long ends with max_tokens', async () => {
  const answer = await client.messages.create({ ...base, max_tokens: 2, messages: telling({ tokens: 9 }) });
  expect(answer).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 2 } });
});

test('pictures and the beginning of the answer reach the model', async () => {
  const data = tinyPng(4, 4).toString('base64');
  await client.messages.create({
    ...base,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
          { type: 'text', text: 'What is it?' },
        ],
      },
      { role: 'assistant', content: 'It is' },
    ],
  });
  expect(server.asked[0]).toMatchObject({ prefill: 'It is', fitsContext: true });
  expect(server.asked[0]?.messages.at(-1)?.content).toMatchObject([
    { kind: 'image' },
    { kind: 'text', text: 'What is it?' },
  ]);
});

test('tokens are counted as the same request would read them, and nothing is written', async () => {
  const asked = { model: 'hub', system: 'Be brief.', messages: telling({ say: 'Hi' }) };
  const counted = await client.messages.countTokens(asked);
  const { usage } = await client.messages.create({ ...asked, max_tokens: 5 });
  expect(counted).toEqual({ input_tokens: usage.input_tokens });
  expect(server.asked[0]?.countOnly).toBe(true);
});

test('failures are of the official client’s classes, with type, code and request id', async () => {
  const ask = (fields: object): Promise<unknown> =>
    client.messages.create({ ...base, messages: [{ role: 'user', content: 'Hi' }], ...fields }).then(
      () => null,
      (error: unknown) => error,
    );
  const missing = await ask({ model: 'claude-unknown' });
  expect(missing).toBeInstanceOf(NotFoundError);
  expect(missing).toMatchObject({
    status: 404,
    type: 'not_found_error',
    errorCode: 'model_not_found',
    requestID: expect.stringMatching(/^req_/) as string,
    apiMessage: expect.stringMatching(/claude-unknown.*aliases/) as string,
  });
  const wrong = await ask({ max_tokens: 0 });
  expect(wrong).toBeInstanceOf(BadRequestError);
  expect(wrong).toMatchObject({ type: 'invalid_request_error', details: { param: 'max_tokens' } });
  const broken = await ask({ messages: telling({ fail: 'model_crashed' }) });
  expect(broken).toBeInstanceOf(InternalServerError);
  expect(broken).toMatchObject({ status: 502, type: 'api_error' });
});

test('a failure in mid-stream reaches the official client', async () => {
  const stream = client.messages.stream({
    ...base,
    messages: telling({ say: 'One two three', fail: 'model_crashed', afterTokens: 2 }),
  });
  await expect(stream.finalMessage()).rejects.toMatchObject({ type: 'api_error', errorCode: 'model_crashed' });
});

test('the official client tries again when the server is full, as it is told to', async () => {
  const again = new Anthropic({ baseURL: server.url, apiKey: 'none', maxRetries: 1 });
  const failed = again.messages.create({ ...base, messages: telling({ fail: 'queue_full' }) });
  await expect(failed).rejects.toMatchObject({ status: 429, type: 'rate_limit_error' });
  expect(server.asked).toHaveLength(2);
});
