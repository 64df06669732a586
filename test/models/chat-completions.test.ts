import OpenAI, { BadRequestError } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RealServer, startRealServer, testHome } from './real-server.ts';

const ready = testHome() !== null;
if (!ready) console.log('skipped: chat completions on real weights (run npm test, which brings them)');

const model = 'autoglm-phone-9b';
const asks = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }];

describe.skipIf(!ready)('OpenAI’s options for chats, on a real model', () => {
  let server: RealServer;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startRealServer();
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  test('several answers to one question differ, and the same seed gives the same ones again', async () => {
    const asked = {
      model,
      messages: asks('Invent the name of a ship. Answer with the name alone.'),
      n: 3,
      seed: 5,
      temperature: 1.5,
      max_tokens: 12,
    };
    const namesOf = ({ choices }: OpenAI.ChatCompletion): (string | null)[] =>
      choices.map(({ message }) => message.content);
    const first = await client.chat.completions.create(asked);
    expect(first.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(namesOf(first)).size).toBeGreaterThan(1);
    expect(first.usage?.prompt_tokens).toBeLessThan(200);
    const again = await client.chat.completions.create(asked);
    expect(namesOf(again)).toEqual(namesOf(first));
    expect(again.system_fingerprint).toBe(first.system_fingerprint);
  });

  test('log probabilities are those of the tokens that were written', async () => {
    const asked = {
      model,
      messages: asks('What is the capital of France? One word.'),
      temperature: 0,
      max_tokens: 8,
      logprobs: true,
      top_logprobs: 3,
    };
    const { choices } = await client.chat.completions.create(asked);
    const tokens = choices[0]?.logprobs?.content ?? [];
    const text = Buffer.concat(tokens.map(({ bytes }) => Buffer.from(bytes ?? []))).toString();
    expect(text).toContain(choices[0]?.message.content);
    for (const { token, logprob, top_logprobs } of tokens) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top_logprobs).toHaveLength(3);
      // The likeliest token is what greedy choice takes.
      expect(top_logprobs[0]?.token).toBe(token);
    }
  });

  test('a bias forces a token or keeps it out', async () => {
    const asked = { model, messages: asks('What is 1 + 2? Answer with one digit.'), temperature: 0, max_tokens: 3 };
    const saidWith = async (logit_bias: Record<string, number>): Promise<string> =>
      (await client.chat.completions.create({ ...asked, logit_bias })).choices[0]?.message.content ?? '';
    expect(await saidWith({})).toContain('3');
    // Qwen's vocabulary has the digits as its tokens 15 to 24.
    expect(await saidWith({ '18': -100 })).not.toContain('3');
    expect(await saidWith({ '19': 100 })).toBe('444');
  });

  test('a structured answer follows its schema, streamed or not', async () => {
    const Person = z.object({ name: z.string(), age: z.int(), hobbies: z.array(z.enum(['chess', 'rowing', 'music'])) });
    const asked = {
      model,
      messages: asks('Ann is 41 and likes chess and music. Describe her as JSON.'),
      temperature: 0,
      max_tokens: 120,
      response_format: zodResponseFormat(Person, 'person'),
    };
    const whole = await client.chat.completions.parse(asked);
    expect(whole.choices[0]?.message.parsed).toMatchObject({ name: 'Ann', age: 41 });
    const streamed = await client.chat.completions.stream(asked).finalChatCompletion();
    expect(Person.parse(streamed.choices[0]?.message.parsed)).toEqual(whole.choices[0]?.message.parsed);
  });

  test('a required call is made, its arguments follow the schema, and its result is used', async () => {
    const towns: string[] = [];
    const runner = client.chat.completions.runTools({
      model,
      temperature: 0,
      max_tokens: 100,
      messages: asks('What is the temperature in Oslo right now? Use the tool.'),
      tools: [
        {
          type: 'function',
          function: {
            name: 'temperature',
            description: 'The temperature of a town, now.',
            parameters: { type: 'object', properties: { town: { type: 'string' } }, required: ['town'] },
            parse: JSON.parse as (text: string) => { town: string },
            function: ({ town }: { town: string }) => {
              towns.push(town);
              return '{"celsius":-17}';
            },
          },
        },
      ],
    });
    const answer = await runner.finalContent();
    expect(towns[0]).toContain('Oslo');
    expect(answer).toContain('17');
  });

  test('a conversation that does not fit is refused with the counts, streamed or not', async () => {
    const asked = { model, messages: asks('word '.repeat(9_000)), max_tokens: 5 };
    for (const stream of [false, true]) {
      const failure = await client.chat.completions.create({ ...asked, stream }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(BadRequestError);
      expect(failure).toMatchObject({ code: 'context_length_exceeded', param: 'messages', status: 400 });
      expect((failure as Error).message).toMatch(/\d{4} tokens.*\d{4,}/);
    }
  });
});
