import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runPython, testPython } from './python.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';

const ready = testHome() !== null;
if (!ready) console.log('skipped: Responses on real weights (run npm test, which brings them)');

const model = 'autoglm-phone-9b';

describe.skipIf(!ready)('Responses on real weights', () => {
  let server: RealServer;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startRealServer();
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  test('a conversation goes on by the id of its last response, from what was computed for it', async () => {
    const first = await client.responses.create({
      model,
      input: 'My name is Ada and I live in Oslo. Just say hello.',
      max_output_tokens: 40,
      temperature: 0,
    });
    const second = await client.responses.create({
      model,
      previous_response_id: first.id,
      input: 'What is my name, and where do I live?',
      max_output_tokens: 40,
      temperature: 0,
    });
    expect(second.output_text).toMatch(/Ada[\s\S]*Oslo/);
    expect(second.usage?.input_tokens_details.cached_tokens).toBeGreaterThan(20);
  });

  test('an answer follows its schema, streamed too', async () => {
    const Person = z.object({ name: z.string(), age: z.int(), languages: z.array(z.enum(['en', 'zh', 'fr'])) });
    const asked = {
      model,
      instructions: 'Write down the person that the user speaks of.',
      input: 'Ada Lovelace, 36 years old, spoke English and French.',
      text: { format: zodTextFormat(Person, 'person') },
      max_output_tokens: 120,
      temperature: 0,
    };
    const { output_parsed: person } = await client.responses.parse(asked);
    expect(person).toMatchObject({ name: expect.stringContaining('Ada') as string, age: 36 });
    const streamed = await client.responses.stream(asked).finalResponse();
    expect(Person.parse(JSON.parse(streamed.output_text)).age).toBe(36);
  });

  test('a function is called, and its output answered from', async () => {
    const tools = [
      {
        type: 'function' as const,
        name: 'get_temperature',
        description: 'The temperature of a city now, in degrees Celsius.',
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
          additionalProperties: false,
        },
        strict: true,
      },
    ];
    const first = await client.responses.create({
      model,
      input: 'How cold is it in Oslo?',
      tools,
      tool_choice: 'required',
      max_output_tokens: 80,
      temperature: 0,
    });
    const call = first.output.find((item) => item.type === 'function_call');
    expect(JSON.parse(call?.arguments ?? '{}')).toEqual({ city: expect.stringContaining('Oslo') as string });
    const second = await client.responses.create({
      model,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call?.call_id ?? '', output: '{"celsius":-17}' }],
      tools,
      tool_choice: 'none',
      max_output_tokens: 60,
      temperature: 0,
    });
    expect(second.output_text).toContain('17');
  });

  test.skipIf(testPython() === null)('the official Python client', async () => {
    const seen = JSON.parse(await runPython('openai_responses.py', server.url)) as Record<string, unknown>;
    expect(seen['name']).toContain('Ada');
    expect(seen).toMatchObject({
      remembers: true,
      first_event: 'response.created',
      last_event: 'response.completed',
      usage: true,
      cancelled: true,
      items: ['message'],
      deleted: true,
    });
    expect(seen['deltas']).toBeGreaterThan(4);
    expect(seen['streamed']).toMatch(/6\D+7\D+8\D+9\D+10/);
    expect(seen['person']).toMatchObject({ age: 36 });
    expect(['completed', 'incomplete']).toContain((seen['statuses'] as string[])[0]);
    expect(seen['refused']).toContain('web_search');
  });
});
