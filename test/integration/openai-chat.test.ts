import OpenAI, { type APIError, BadRequestError } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type FakeChatServer, startFakeChat } from './fake-chat-server.ts';

let client: OpenAI;
let server: FakeChatServer;

/** The wire, the decision and the pipeline over the fake engine, which does what the last message tells it. */
beforeAll(async () => {
  vi.stubEnv('CONCERT_TEST_FAKE_ENGINE', '1');
  server = await startFakeChat();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

/** A message that tells the fake engine what to answer. */
function telling(told: Record<string, unknown>): OpenAI.ChatCompletionMessageParam[] {
  return [{ role: 'user', content: JSON.stringify(told) }];
}

const model = 'hub';
const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'The weather of a town.',
    parameters: {
      type: 'object' as const,
      properties: { town: { type: 'string' as const } },
      required: ['town'],
    },
  },
};
const callWeather = { name: 'weather', arguments: '{"town":"北京"}' };

test('a streamed call is put together by the client, with the right id, name and arguments', async () => {
  const stream = client.chat.completions.stream({
    model,
    messages: telling({ say: 'Let me look.', calls: [callWeather, { name: 'weather', arguments: '{"town":"Bonn"}' }] }),
    tools: [weather],
  });
  const fragments: string[] = [];
  stream.on('tool_calls.function.arguments.delta', ({ index, arguments_delta }) =>
    fragments.push(`${index}${arguments_delta}`),
  );
  const [choice] = (await stream.finalChatCompletion()).choices;
  expect(choice?.finish_reason).toBe('tool_calls');
  expect(choice?.message.content).toBe('Let me look.');
  expect(choice?.message.tool_calls).toMatchObject([
    { id: 'call_0_weather', type: 'function', function: callWeather },
    { id: 'call_1_weather', type: 'function', function: { name: 'weather', arguments: '{"town":"Bonn"}' } },
  ]);
  expect(fragments.length).toBeGreaterThan(6);
});

test('the client’s tool loop runs the function and gets the answer about its result', async () => {
  const asked: unknown[] = [];
  const runner = client.chat.completions.runTools({
    model,
    messages: telling({ calls: [callWeather] }),
    tools: [
      {
        type: 'function',
        function: {
          ...weather.function,
          parse: JSON.parse as (text: string) => { town: string },
          function: (given: { town: string }) => {
            asked.push(given);
            return JSON.stringify({ say: `20 °C in ${given.town}` });
          },
        },
      },
    ],
  });
  expect(await runner.finalContent()).toBe('20 °C in 北京');
  expect(asked).toEqual([{ town: '北京' }]);
});

test('the same loop runs streamed', async () => {
  const runner = client.chat.completions.runTools({
    model,
    stream: true,
    messages: telling({ calls: [callWeather], fragment: 1 }),
    tools: [
      {
        type: 'function',
        function: { ...weather.function, function: () => '{"say":"warm"}' },
      },
    ],
  });
  expect(await runner.finalContent()).toBe('warm');
});

test('functions, the form before tools, are answered as function_call', async () => {
  const { choices } = await client.chat.completions.create({
    model,
    messages: telling({ calls: [callWeather] }),
    functions: [weather.function],
    function_call: 'auto',
  });
  expect(choices[0]).toMatchObject({ finish_reason: 'function_call', message: { function_call: callWeather } });
});

test('a structured answer is parsed by the client, streamed or not, and its schema reaches the engine', async () => {
  const response_format = zodResponseFormat(z.object({ town: z.string(), degrees: z.number() }), 'weather');
  const messages = telling({ say: '{"town":"Bonn", "degrees":20}' });
  const whole = await client.chat.completions.parse({ model, messages, response_format });
  expect(whole.choices[0]?.message.parsed).toEqual({ town: 'Bonn', degrees: 20 });
  const streamed = await client.chat.completions.stream({ model, messages, response_format }).finalChatCompletion();
  expect(streamed.choices[0]?.message.parsed).toEqual({ town: 'Bonn', degrees: 20 });
  expect(server.asked.at(-1)).toMatchObject({
    format: { kind: 'json-schema', schema: { properties: { degrees: { type: 'number' } } } },
  });
});

test('log probabilities come with each token, streamed or not', async () => {
  const asked = { model, messages: telling({ say: 'a b' }), logprobs: true, top_logprobs: 2 };
  const { choices } = await client.chat.completions.create(asked);
  expect(choices[0]?.logprobs?.content).toMatchObject([
    { token: 'a', bytes: [97], logprob: -0.25, top_logprobs: [{ token: 'a' }, { token: 'a1', logprob: -1.25 }] },
    { token: ' b', logprob: -0.5 },
  ]);
  const streamed = await client.chat.completions.stream(asked).finalChatCompletion();
  expect(streamed.choices[0]?.logprobs?.content).toEqual(choices[0]?.logprobs?.content);
});

test('two answers to one question come apart, with the tokens of both counted once', async () => {
  const asked = { model, messages: telling({ say: 'a b c', delayMs: 1 }), n: 2 };
  const whole = await client.chat.completions.create(asked);
  expect(whole.choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, 'a b c'],
    [1, 'a b c'],
  ]);
  expect(whole.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 6, total_tokens: 8 });
  const stream = await client.chat.completions.create({
    ...asked,
    stream: true,
    stream_options: { include_usage: true },
  });
  const texts = ['', ''];
  const seen: (number | undefined)[] = [];
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    usage = chunk.usage;
    for (const { index, delta } of chunk.choices) {
      texts[index] += delta.content ?? '';
      seen.push(index);
    }
  }
  expect(texts).toEqual(['a b c', 'a b c']);
  expect(usage).toMatchObject({ completion_tokens: 6 });
  expect(seen.lastIndexOf(0)).toBeGreaterThan(seen.indexOf(1));
});

test('tokens of thinking are told in the usage, and the thoughts where they are asked for', async () => {
  const messages = telling({ think: 'let me see', say: 'yes' });
  const quiet = await client.chat.completions.create({ model, messages });
  expect(quiet.usage?.completion_tokens_details?.reasoning_tokens).toBe(3);
  expect(quiet.choices[0]?.message).not.toHaveProperty('reasoning_content');
  const asked = { model, messages, return_reasoning: true };
  const told = await client.chat.completions.create(asked);
  expect(told.choices[0]?.message).toMatchObject({
    content: 'yes',
    reasoning_content: 'let me see',
  });
});

test('sampling, limits and template options reach the engine', async () => {
  const asked = {
    model,
    messages: telling({ say: 'yes' }),
    seed: 11,
    temperature: 0,
    logit_bias: { '5': -100 },
    stop: ['\n'],
    chat_template_kwargs: { tone: 'dry' },
  };
  await client.chat.completions.create(asked);
  expect(server.asked.at(-1)).toMatchObject({
    sampling: { seed: 11, temperature: 0, logitBias: [[5, -100]] },
    stop: ['\n'],
    templateOptions: { tone: 'dry' },
  });
});

const code = (expected: string) => expect.objectContaining({ status: 400, code: expected }) as APIError;

test('what the model cannot do and what does not fit are errors of the request, streamed or not', async () => {
  for (const fail of ['context_length_exceeded', 'unsupported_value']) {
    const asked = { model, messages: telling({ fail, tokens: 1 }) };
    await expect(client.chat.completions.create(asked)).rejects.toThrow(code(fail));
    await expect(client.chat.completions.create({ ...asked, stream: true })).rejects.toThrow(code(fail));
    await expect(client.chat.completions.create({ ...asked, n: 3 })).rejects.toThrow(code(fail));
  }
});

test('a failure in the midst of a call is an error of the stream, and the answer is not taken for complete', async () => {
  const stream = await client.chat.completions.create({
    model,
    messages: telling({ tokens: 5, afterTokens: 2, fail: 'model_crashed' }),
    stream: true,
  });
  const read = async (): Promise<string[]> => {
    const texts: string[] = [];
    for await (const chunk of stream) texts.push(chunk.choices[0]?.delta.content ?? '');
    return texts;
  };
  await expect(read()).rejects.toThrow(expect.objectContaining({ code: 'model_crashed' }) as APIError);
});

test('a result of a call that nobody made is refused as OpenAI refuses it', async () => {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'user', content: 'x' },
    { role: 'tool', tool_call_id: 'call_1', content: '5' },
  ];
  const asked = client.chat.completions.create({ model, messages });
  await expect(asked).rejects.toThrow(BadRequestError);
  await expect(asked).rejects.toThrow(/'tool' must answer a preceding message with 'tool_calls'/);
});
