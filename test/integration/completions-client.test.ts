import OpenAI, { BadRequestError } from 'openai';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type FakeChatServer, startFakeChat } from './fake-chat-server.ts';

let server: FakeChatServer;
let client: OpenAI;

beforeAll(async () => {
  vi.stubEnv('CONCERT_TEST_FAKE_ENGINE', '1');
  server = await startFakeChat();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});
beforeEach(() => {
  server.asked.length = 0;
});

test('the official client has a text continued, without template or persona', async () => {
  const { data, response } = await client.completions
    .create({ model: 'hub', prompt: 'Once upon a time', max_tokens: 3, stop: ['!'] })
    .withResponse();
  expect(data.choices).toEqual([{ text: 'Once upon a', index: 0, logprobs: null, finish_reason: 'length' }]);
  expect(data.usage).toMatchObject({ completion_tokens: 3 });
  expect(response.headers.get('x-concert-model')).toBe('small-llm');
  expect(server.asked).toMatchObject([{ prompt: 'Once upon a time', messages: [], maxTokens: 3, stop: ['!'] }]);
});

test('the official client gets several answers to several prompts, streamed and not', async () => {
  const asked = { model: 'hub', prompt: ['a b', 'c'], n: 2, echo: true, seed: 1 };
  const whole = await client.completions.create(asked);
  expect(whole.choices.map(({ index, text }) => [index, text])).toEqual([
    [0, 'a ba b'],
    [1, 'a ba b'],
    [2, 'cc'],
    [3, 'cc'],
  ]);
  const texts = ['', '', '', ''];
  let usage: OpenAI.CompletionUsage | null = null;
  const stream = await client.completions.create({ ...asked, stream: true, stream_options: { include_usage: true } });
  for await (const chunk of stream) {
    for (const { index, text } of chunk.choices) texts[index] += text;
    usage = chunk.usage ?? usage;
  }
  expect(texts).toEqual(whole.choices.map(({ text }) => text));
  expect(usage).toEqual(whole.usage);
});

test('the official client reads log probabilities in the older form', async () => {
  const { choices } = await client.completions.create({ model: 'hub', prompt: 'one two', logprobs: 2 });
  expect(choices[0]?.logprobs).toEqual({
    tokens: ['one', ' two'],
    token_logprobs: [-0.25, -0.5],
    top_logprobs: [
      { one: -0.25, one1: -1.25 },
      { ' two': -0.5, ' two1': -1.5 },
    ],
    text_offset: [0, 3],
  });
});

test('the official client knows a refusal by its class and field', async () => {
  const refused = await client.completions
    .create({ model: 'hub', prompt: 'x', best_of: 3 })
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(BadRequestError);
  expect(refused).toMatchObject({ code: 'unsupported_value', param: 'best_of' });
});
