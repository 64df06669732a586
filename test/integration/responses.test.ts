import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI, { type APIError, BadRequestError, NotFoundError } from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import type { ResponseInputItem, ResponseStreamEvent, Tool } from 'openai/resources/responses/responses';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../packages/server/src/http/app.ts';
import {
  deferred,
  FAKE_ANSWER,
  FAKE_END,
  type FakeDeps,
  fakeDeps,
  manualClock,
  tinyPng,
} from '../../packages/server/src/http/fake-deps.ts';
import type { AnswerEvent, ChatInput } from '../../packages/server/src/pipeline/request.ts';
import { RESPONSE_TABLES, ResponseStore } from '../../packages/server/src/pipeline/response-store.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';
import { Database } from '../../packages/server/src/shared/database.ts';
import { GatewayError } from '../../packages/server/src/shared/errors.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';

type Overrides = NonNullable<Parameters<typeof fakeDeps>[0]>;

let folder: string;
let deps: FakeDeps;
let client: OpenAI;
let url: string;
let close: () => Promise<void>;

async function serve(overrides: Overrides = {}): Promise<void> {
  const database = new Database({ path: join(folder, 'concert.db'), tables: [RESPONSE_TABLES], log: silentLog });
  const responses = new ResponseStore({ database, clock: systemClock, keepMs: 3_600_000, mostBytes: 50_000_000 });
  deps = fakeDeps({ responses, ...overrides });
  const app = createApp(deps);
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/v1`;
  client = new OpenAI({ baseURL: url, apiKey: 'EMPTY', maxRetries: 0 });
  close = async () => {
    await app.close();
    responses.close();
    database.close();
  };
}

/** Serves with other dependencies, on the same folder. */
async function serveWith(overrides: Overrides): Promise<void> {
  await close();
  await serve(overrides);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concert-responses-'));
  await serve();
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const weather = (strict = true): Tool => ({
  type: 'function',
  name: 'get_weather',
  description: 'The weather of a place.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict,
});

/** Answers each request in its own way. */
function answering(answers: ((input: ChatInput) => readonly AnswerEvent[])[]): Overrides {
  const asked: ChatInput[] = [];
  return {
    async *answer(input) {
      const answer = answers[asked.length];
      asked.push(input);
      deps.chats.push(input);
      yield* answer?.(input) ?? FAKE_ANSWER;
    },
  };
}

const said = (text: string): AnswerEvent[] => [
  { kind: 'start', model: 'small-llm' },
  { kind: 'text-delta', choice: 0, text },
  ...FAKE_END,
];
const called = (name: string, json: string): AnswerEvent[] => [
  { kind: 'start', model: 'small-llm' },
  { kind: 'tool-call', choice: 0, index: 0, id: 'call_abc', name },
  { kind: 'tool-call-delta', choice: 0, index: 0, text: json.slice(0, 4) },
  { kind: 'tool-call-delta', choice: 0, index: 0, text: json.slice(4) },
  { kind: 'choice-finished', choice: 0, reason: 'tool-calls' },
  ...FAKE_END.slice(1),
];

async function eventsOf(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe('an answer', () => {
  test('comes in one piece, with its id, usage and the thoughts as an item', async () => {
    const { data, response } = await client.responses.create({ model: 'hub', input: 'Hi' }).withResponse();
    expect(data.output_text).toBe('Hello "world"\n');
    expect(data.id).toMatch(/^resp_[0-9a-f]{48}$/);
    expect(data.status).toBe('completed');
    expect(data.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(data.usage).toMatchObject({ input_tokens: 7, output_tokens: 3, input_tokens_details: { cached_tokens: 2 } });
    expect(response.headers.get('x-concert-model')).toBe('small-llm');
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect(response.headers.get('server-timing')).toContain('ocr;dur=12.3');
  });

  test('comes as events that the official client puts together', async () => {
    const stream = client.responses.stream({ model: 'hub', input: 'Hi' });
    const events = await eventsOf(stream);
    const final = await stream.finalResponse();
    expect(final.output_text).toBe('Hello "world"\n');
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { id: final.id } });
    expect((await client.responses.retrieve(final.id)).output_text).toBe(final.output_text);
  });

  test('names each event in the stream itself, as programs without a client read it', async () => {
    const answer = await fetch(`${url}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'hub', input: 'Hi', stream: true }),
    });
    const lines = (await answer.text()).split('\n\n').filter((block) => block !== '');
    for (const block of lines) {
      const [event, data] = block.split('\n');
      expect(`event: ${(JSON.parse(data?.slice('data: '.length) ?? '') as { type: string }).type}`).toBe(event);
    }
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
  });

  test('is parsed by the schema that the caller gave', async () => {
    await serveWith(answering([() => said('{"name":"Ada","age":36}')]));
    const Person = z.object({ name: z.string(), age: z.int() });
    const response = await client.responses.parse({
      model: 'hub',
      input: 'Who?',
      text: { format: zodTextFormat(Person, 'person') },
    });
    expect(response.output_parsed).toEqual({ name: 'Ada', age: 36 });
    expect(deps.chats[0]?.format).toMatchObject({ kind: 'json-schema', schema: { type: 'object' } });
  });

  test('that the token limit cuts is incomplete', async () => {
    await serveWith(
      answering([
        () => [
          { kind: 'text-delta', choice: 0, text: 'once' },
          { kind: 'choice-finished', choice: 0, reason: 'length' },
          ...FAKE_END.slice(1),
        ],
      ]),
    );
    const response = await client.responses.create({ model: 'hub', input: 'Hi', max_output_tokens: 16 });
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    expect(deps.chats[0]?.maxTokens).toBe(16);
  });

  test('tells log probabilities where they are asked for', async () => {
    await client.responses.create({
      model: 'hub',
      input: 'Hi',
      include: ['message.output_text.logprobs'],
      top_logprobs: 2,
    });
    expect(deps.chats[0]?.logprobs).toBe(2);
  });

  test('is told how many tokens it would read, without being written', async () => {
    const { input_tokens } = await client.responses.inputTokens.count({ model: 'hub', input: 'Hi' });
    expect([input_tokens, deps.chats[0]?.countOnly]).toEqual([7, true]);
  });
});

test('a stream tells the id after two seconds, though the model is still loading, and a failure after that is told as one', async () => {
  const clock = manualClock();
  const loaded = deferred();
  await serveWith({
    clock,
    async *answer(): AsyncGenerator<AnswerEvent> {
      yield { kind: 'start', model: 'small-llm' };
      await loaded.promise;
      throw new GatewayError('out_of_memory', 'no room');
    },
  });
  let opened = false;
  const asked = client.responses.create({ model: 'hub', input: 'Hi', stream: true }).then((stream) => {
    opened = true;
    return stream;
  });
  while (!opened) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.pass(2_000);
  }
  const events: ResponseStreamEvent[] = [];
  const read = async (): Promise<void> => {
    for await (const event of await asked) {
      events.push(event);
      if (events.length === 2) loaded.resolve();
    }
  };
  await expect(read()).rejects.toMatchObject({ code: 'out_of_memory' });
  expect(events.map(({ type }) => type)).toEqual(['response.created', 'response.in_progress', 'response.failed']);
});

describe('the input', () => {
  test('keeps the order of roles, instructions first', async () => {
    await client.responses.create({
      model: 'hub',
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'Speak Chinese.' },
        { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        { role: 'assistant', content: '你好' },
        { role: 'user', content: 'And?' },
      ],
      reasoning: { effort: 'low' },
      temperature: 0.5,
      top_p: 0.9,
    });
    const [chat] = deps.chats;
    expect(chat?.messages.map(({ role, parts }) => [role, parts])).toEqual([
      ['system', [{ kind: 'text', text: 'Be brief.' }]],
      ['system', [{ kind: 'text', text: 'Speak Chinese.' }]],
      ['user', [{ kind: 'text', text: 'Hi' }]],
      ['assistant', [{ kind: 'text', text: '你好' }]],
      ['user', [{ kind: 'text', text: 'And?' }]],
    ]);
    expect(chat).toMatchObject({
      sampling: { temperature: 0.5, topP: 0.9 },
      thinking: { enabled: true, budgetTokens: 512 },
    });
  });

  test('takes pictures, recordings and files of text', async () => {
    const png = tinyPng(4, 4);
    await client.responses.create({
      model: 'hub',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: `data:image/png;base64,${png.toString('base64')}`, detail: 'auto' },
            { type: 'input_image', image_url: 'https://example.com/picture.png', detail: 'auto' },
            {
              type: 'input_audio',
              input_audio: { data: Buffer.alloc(64, 1).toString('base64'), format: 'wav' },
            } as never,
            { type: 'input_file', filename: 'notes.txt', file_data: `data:text/plain;base64,${btoa('one two')}` },
          ],
        },
      ],
    });
    const parts = deps.chats[0]?.messages[0]?.parts ?? [];
    expect(parts.map(({ kind }) => kind)).toEqual(['image', 'image', 'audio', 'text']);
    expect(parts[3]).toEqual({ kind: 'text', text: 'notes.txt:\none two' });
  });

  test.each([
    [
      { tools: [{ type: 'web_search' }] },
      'tools.0.type',
      /tools\.0 is web_search, which only exists at OpenAI's own service/,
    ],
    [{ tools: [{ type: 'file_search', vector_store_ids: ['vs'] }] }, 'tools.0.type', /file_search/],
    [{ tools: [{ type: 'computer_use_preview' }] }, 'tools.0.type', /computer_use_preview/],
    [{ tool_choice: 'required' }, 'tool_choice', /there are no tools/],
    [{ tools: [weather()], tool_choice: { type: 'function', name: 'nothing' } }, 'tool_choice', /"nothing"/],
    [{ conversation: 'conv_1' }, 'conversation', /send previous_response_id/],
    [{ prompt: { id: 'pmpt_1' } }, 'prompt', /send instructions and input/],
    [{ truncation: 'auto' }, 'truncation', /left out silently/],
    [{ input: null }, 'input', /input is missing/],
    [{ input: [] }, 'input', /input must not be empty/],
    [{ input: 5 }, 'input', /a string or an array/],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file-1' }] }] },
      'input.0.content.0.file_id',
      /files are not kept/,
    ],
    [
      { input: [{ type: 'function_call_output', call_id: 'call_1', output: 'x' }] },
      'input.0.call_id',
      /no tool call found/,
    ],
    [
      { input: [{ type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }] },
      'input.0',
      /no tool output found/,
    ],
    [{ input: [{ type: 'web_search_call', id: 'ws_1' }] }, 'input.0.type', /must be one of/],
    [{ metadata: { key: 'x'.repeat(600) } }, 'metadata.key', /at most 512/],
    [{ background: true, store: false }, 'store', /they must be kept/],
  ])('%j is refused with a plain sentence', async (fields, param, message) => {
    const asked = client.responses.create({ model: 'hub', input: 'Hi', ...(fields as object) } as never);
    await expect(asked).rejects.toThrow(BadRequestError);
    await expect(asked).rejects.toMatchObject({ param, message: expect.stringMatching(message) as string });
    expect(deps.calls).not.toContain('answer');
  });
});

describe('functions', () => {
  const run = z.object({ city: z.string() });

  test('are called and answered in a loop of previous_response_id and outputs', async () => {
    await serveWith(answering([() => called('get_weather', '{"city":"Oslo"}'), () => said('It snows.')]));
    const first = await client.responses.create({ model: 'hub', input: 'Weather in Oslo?', tools: [weather()] });
    const call = first.output.find(({ type }) => type === 'function_call');
    expect(call).toMatchObject({ name: 'get_weather', arguments: '{"city":"Oslo"}', call_id: 'call_abc' });
    const second = await client.responses.create({
      model: 'hub',
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: 'call_abc', output: '{"sky":"snow"}' }],
      tools: [weather()],
    });
    expect(second.output_text).toBe('It snows.');
    expect(deps.chats[1]?.messages).toEqual([
      { role: 'user', parts: [{ kind: 'text', text: 'Weather in Oslo?' }] },
      {
        role: 'assistant',
        parts: [],
        toolCalls: [{ id: 'call_abc', name: 'get_weather', arguments: '{"city":"Oslo"}' }],
      },
      { role: 'tool', toolCallId: 'call_abc', parts: [{ kind: 'text', text: '{"sky":"snow"}' }] },
    ]);
  });

  test('are called and answered by sending everything back, with nothing kept', async () => {
    await serveWith(
      answering([() => [{ kind: 'reasoning-delta', choice: 0, text: 'hm' }, ...called('get_weather', '{}')]]),
    );
    const input: ResponseInputItem[] = [{ role: 'user', content: 'Weather?' }];
    const first = await client.responses.create({ model: 'hub', input, tools: [weather()], store: false });
    await client.responses.create({
      model: 'hub',
      input: [
        ...input,
        ...first.output,
        { type: 'function_call_output', call_id: 'call_abc', output: 'snow' },
      ] as ResponseInputItem[],
      store: false,
    });
    expect(deps.chats[1]?.messages[1]).toEqual({
      role: 'assistant',
      parts: [],
      toolCalls: [{ id: 'call_abc', name: 'get_weather', arguments: '{}' }],
      reasoning: 'hm',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('have arguments that the client parses by the caller’s own schema', async () => {
    await serveWith(answering([() => called('get_weather', '{"city":"Oslo"}')]));
    const response = await client.responses.parse({
      model: 'hub',
      input: 'Weather?',
      tools: [zodResponsesFunction({ name: 'get_weather', parameters: run })],
    });
    expect(response.output[0]).toMatchObject({ parsed_arguments: { city: 'Oslo' } });
    expect(deps.chats[0]?.tools?.definitions[0]).toMatchObject({ name: 'get_weather', strict: true });
  });

  test('whose outputs are forgotten are asked for', async () => {
    await serveWith(answering([() => called('get_weather', '{}')]));
    const { id } = await client.responses.create({ model: 'hub', input: 'Weather?', tools: [weather()] });
    const asked = client.responses.create({ model: 'hub', input: 'And now?', previous_response_id: id });
    await expect(asked).rejects.toMatchObject({
      status: 400,
      param: 'input',
      message: expect.stringContaining('no tool output found for the function call "call_abc"') as string,
    });
  });

  test('that the token limit cut off were never called, and the conversation goes on without them', async () => {
    const cut: AnswerEvent[] = called('get_weather', '{"city":"Os').map((event) =>
      event.kind === 'choice-finished' ? { ...event, reason: 'length' } : event,
    );
    await serveWith(answering([() => cut, () => said('Well.')]));
    const { id, output } = await client.responses.create({ model: 'hub', input: 'Weather?', tools: [weather()] });
    expect(output).toMatchObject([{ type: 'function_call', status: 'incomplete' }]);
    const second = await client.responses.create({ model: 'hub', input: 'And now?', previous_response_id: id });
    expect(second.output_text).toBe('Well.');
  });

  test('stream their arguments', async () => {
    await serveWith(answering([() => called('get_weather', '{"city":"Oslo"}')]));
    const events = await eventsOf(client.responses.stream({ model: 'hub', input: 'Weather?', tools: [weather()] }));
    const deltas = events.filter(({ type }) => type === 'response.function_call_arguments.delta');
    expect(deltas.map((event) => ('delta' in event ? event.delta : '')).join('')).toBe('{"city":"Oslo"}');
  });

  test('are chosen among as the caller says', async () => {
    const other: Tool = { ...weather(false), name: 'other' } as Tool;
    const ask = (tool_choice: unknown): Promise<unknown> =>
      client.responses.create({
        model: 'hub',
        input: 'x',
        tools: [weather(), other],
        tool_choice,
        parallel_tool_calls: false,
      } as never);
    await ask('none');
    await ask({ type: 'function', name: 'other' });
    await ask({ type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'other' }] });
    expect(
      deps.chats.map(({ tools }) => tools && [tools.definitions.map(({ name }) => name), tools.choice, tools.parallel]),
    ).toEqual([null, [['get_weather', 'other'], { name: 'other' }, false], [['other'], 'required', false]]);
  });
});

describe('a kept response', () => {
  test('is gone on with by its id, over a restart, without its instructions', async () => {
    const first = await client.responses.create({ model: 'hub', input: 'I am Ada.', instructions: 'Be kind.' });
    await serveWith({});
    const second = await client.responses.create({ model: 'hub', input: 'Who am I?', previous_response_id: first.id });
    await client.responses.create({ model: 'hub', input: 'Sure?', previous_response_id: second.id });
    const texts = deps.chats[1]?.messages.map(({ role, parts }) => [
      role,
      parts.map((part) => 'text' in part && part.text).join(),
    ]);
    expect(texts).toEqual([
      ['user', 'I am Ada.'],
      ['assistant', 'Hello "world"\n'],
      ['user', 'Who am I?'],
      ['assistant', 'Hello "world"\n'],
      ['user', 'Sure?'],
    ]);
    expect(second.previous_response_id).toBe(first.id);
  });

  test('lists what was sent, page by page', async () => {
    const input = ['one', 'two', 'three'].map((content) => ({ role: 'user' as const, content }));
    const { id } = await client.responses.create({ model: 'hub', input });
    const page = await client.responses.inputItems.list(id, { limit: 2 });
    expect(page.data.map((item) => ('content' in item ? item.content : null))).toEqual([
      [{ type: 'input_text', text: 'three' }],
      [{ type: 'input_text', text: 'two' }],
    ]);
    const all: string[] = [];
    for await (const item of client.responses.inputItems.list(id, { limit: 1, order: 'asc' })) all.push(item.id ?? '');
    expect([all.length, new Set(all).size]).toEqual([3, 3]);
  });

  test('is referred to by its items', async () => {
    const first = await client.responses.create({ model: 'hub', input: 'Hi' });
    const message = first.output.find(({ type }) => type === 'message');
    await client.responses.create({
      model: 'hub',
      input: [
        { type: 'item_reference', id: message?.id ?? '' },
        { role: 'user', content: 'Go on' },
      ],
    });
    expect(deps.chats[1]?.messages[0]).toEqual({
      role: 'assistant',
      parts: [{ kind: 'text', text: 'Hello "world"\n' }],
    });
    const unknown = client.responses.create({ model: 'hub', input: [{ type: 'item_reference', id: 'msg_nothing' }] });
    await expect(unknown).rejects.toThrow(NotFoundError);
  });

  test('is told again as events', async () => {
    const { id } = await client.responses.create({ model: 'hub', input: 'Hi' });
    const final = await client.responses.stream({ response_id: id } as never).finalResponse();
    expect(final.output_text).toBe('Hello "world"\n');
    await expect(client.responses.retrieve(id, { stream: true, starting_after: 3 })).rejects.toThrow(
      /leave starting_after out/,
    );
  });

  test('is deleted for good, and a conversation on it does not go on', async () => {
    const first = await client.responses.create({ model: 'hub', input: 'Hi' });
    const second = await client.responses.create({ model: 'hub', input: 'And?', previous_response_id: first.id });
    await client.responses.delete(first.id);
    await expect(client.responses.retrieve(first.id)).rejects.toThrow(NotFoundError);
    await expect(client.responses.delete(first.id)).rejects.toThrow(NotFoundError);
    await expect(
      client.responses.create({ model: 'hub', input: 'x', previous_response_id: second.id }),
    ).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found', param: 'previous_response_id' });
  });

  test('is deleted by a client that announces JSON and sends none, as Python’s does', async () => {
    const { id } = await client.responses.create({ model: 'hub', input: 'Hi' });
    const headers = { 'content-type': 'application/json' };
    const deleted = await fetch(`${url}/responses/${id}`, { method: 'DELETE', headers });
    expect(await deleted.json()).toEqual({ id, object: 'response', deleted: true });
    const empty = await fetch(`${url}/responses`, { method: 'POST', headers });
    expect([empty.status, await empty.json()]).toMatchObject([400, { error: { code: 'invalid_json' } }]);
  });

  test('that was not to be kept is nowhere', async () => {
    const { id, store } = (await client.responses.create({ model: 'hub', input: 'Hi', store: false })) as never as {
      id: string;
      store: boolean;
    };
    expect([store, readdirSync(folder)]).toEqual([false, []]);
    await expect(client.responses.retrieve(id)).rejects.toThrow(NotFoundError);
  });
});

describe('where nothing can be kept', () => {
  test('the sentence says so before anything runs, and store: false is answered', async () => {
    await close();
    writeFileSync(join(folder, 'concert.db'), 'no database '.repeat(1000));
    await serve();
    const asked = client.responses.create({ model: 'hub', input: 'Hi' });
    await expect(asked).rejects.toMatchObject({
      status: 503,
      code: 'storage_failed',
      message: expect.stringContaining('send store: false') as string,
    });
    expect(deps.calls).not.toContain('answer');
    expect((await client.responses.create({ model: 'hub', input: 'Hi', store: false })).output_text).not.toBe('');
  });

  test('at the end of an answer, it is given all the same and says that it is not kept', async () => {
    const database = new Database({ path: join(folder, 'small.db'), tables: [RESPONSE_TABLES], log: silentLog });
    const responses = new ResponseStore({ database, clock: systemClock, keepMs: 1_000_000, mostBytes: 100 });
    await serveWith({ responses });
    const response = await client.responses.create({ model: 'hub', input: 'Hi' });
    expect(response).toMatchObject({ status: 'completed', store: false, output_text: 'Hello "world"\n' });
    responses.close();
    database.close();
  });

  test('by configuration, answers are given and say that they are not kept', async () => {
    await serveWith({ responses: null });
    const response = await client.responses.create({ model: 'hub', input: 'Hi' });
    expect(response).toMatchObject({ status: 'completed', store: false });
    await expect(client.responses.create({ model: 'hub', input: 'Hi', store: true })).rejects.toThrow(
      /keeps no responses/,
    );
    await expect(
      client.responses.create({ model: 'hub', input: 'Hi', previous_response_id: response.id }),
    ).rejects.toThrow(/keeps no responses/);
  });
});

describe('a failure', () => {
  test('before the answer begins has its own status', async () => {
    await serveWith({
      async *answer(): AsyncGenerator<AnswerEvent> {
        yield { kind: 'start', model: 'small-llm' };
        throw new GatewayError('context_length_exceeded', 'too long');
      },
    });
    const asked = client.responses.create({ model: 'hub', input: 'Hi', stream: true });
    await expect(asked).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  test('in mid-stream is told as response.failed and thrown by the official client, and the response is kept as failed', async () => {
    await serveWith({
      async *answer(): AsyncGenerator<AnswerEvent> {
        yield { kind: 'text-delta', choice: 0, text: 'He' };
        throw new GatewayError('model_crashed', 'it fell over');
      },
    });
    const stream = await client.responses.create({ model: 'hub', input: 'Hi', stream: true });
    const events: ResponseStreamEvent[] = [];
    const read = async (): Promise<void> => {
      for await (const event of stream) events.push(event);
    };
    await expect(read()).rejects.toThrow(expect.objectContaining({ code: 'model_crashed' }) as APIError);
    const last = events.at(-1);
    expect(last).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { message: 'it fell over' } },
    });
    const id = last?.type === 'response.failed' ? last.response.id : '';
    expect(await client.responses.retrieve(id)).toMatchObject({ status: 'failed', output_text: 'He' });
  });

  test('of the client, which leaves, stops the answer', async () => {
    const left = deferred();
    await serveWith({
      async *answer(_input, signal): AsyncGenerator<AnswerEvent> {
        signal.addEventListener('abort', left.resolve);
        for (;;) {
          yield { kind: 'text-delta', choice: 0, text: 'more ' };
          await new Promise((resolve) => setTimeout(resolve, 5));
          signal.throwIfAborted();
        }
      },
    });
    const stream = await client.responses.create({ model: 'hub', input: 'Hi', stream: true });
    for await (const event of stream) if (event.type === 'response.output_text.delta') break;
    await left.promise;
  });
});

describe('a background response', () => {
  /** Answers "one ", waits for `go`, and ends. */
  function stepwise(go: Promise<void>): Overrides {
    return {
      async *answer(_input, signal): AsyncGenerator<AnswerEvent> {
        const aborted = new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
        aborted.catch(() => undefined);
        yield { kind: 'start', model: 'small-llm' };
        yield { kind: 'text-delta', choice: 0, text: 'one ' };
        await Promise.race([go, aborted]);
        yield { kind: 'text-delta', choice: 0, text: 'two' };
        yield* FAKE_END;
      },
    };
  }

  async function until(id: string, status: string): Promise<OpenAI.Responses.Response> {
    for (;;) {
      const response = await client.responses.retrieve(id);
      if (response.status === status) return response;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  test('is polled until it is complete', async () => {
    const go = deferred();
    await serveWith(stepwise(go.promise));
    const begun = await client.responses.create({ model: 'hub', input: 'Hi', background: true });
    expect(begun.status).toBe('queued');
    const running = await until(begun.id, 'in_progress');
    expect(running.background).toBe(true);
    go.resolve();
    expect((await until(begun.id, 'completed')).output_text).toBe('one two');
    await serveWith({});
    expect((await client.responses.retrieve(begun.id)).output_text).toBe('one two');
  });

  test('goes on when the client that followed it leaves, and is followed again from where it left', async () => {
    const go = deferred();
    await serveWith(stepwise(go.promise));
    const stream = await client.responses.create({ model: 'hub', input: 'Hi', background: true, stream: true });
    const seen: ResponseStreamEvent[] = [];
    for await (const event of stream) {
      seen.push(event);
      if (event.type === 'response.output_text.delta') break;
    }
    const first = seen[0];
    const id = first?.type === 'response.created' ? first.response.id : '';
    const after = seen.at(-1)?.sequence_number ?? 0;
    const rest = eventsOf(await client.responses.retrieve(id, { stream: true, starting_after: after }));
    go.resolve();
    const all = [...seen, ...(await rest)];
    expect(all.map(({ sequence_number }) => sequence_number)).toEqual(all.map((_, at) => at));
    expect(all.map(({ type }) => type).slice(0, 3)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
    ]);
    expect(all.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } });
  });

  test('is cancelled, keeps what was written, and whoever follows it is told', async () => {
    await serveWith(stepwise(new Promise(() => undefined)));
    const { id } = await client.responses.create({ model: 'hub', input: 'Hi', background: true });
    await until(id, 'in_progress');
    const followed = expect(eventsOf(await client.responses.retrieve(id, { stream: true }))).rejects.toMatchObject({
      code: 'request_cancelled',
    });
    expect(await client.responses.cancel(id)).toMatchObject({
      status: 'cancelled',
      output: [{ status: 'incomplete', content: [{ text: 'one ' }] }],
    });
    await followed;
    expect((await client.responses.cancel(id)).status).toBe('cancelled');
    expect((await client.responses.retrieve(id)).status).toBe('cancelled');
  });

  test('is stopped and forgotten by deleting it', async () => {
    await serveWith(stepwise(new Promise(() => undefined)));
    const { id } = await client.responses.create({ model: 'hub', input: 'Hi', background: true });
    await client.responses.delete(id);
    await expect(client.responses.retrieve(id)).rejects.toThrow(NotFoundError);
  });

  test('that fails says why', async () => {
    await serveWith({
      async *answer(): AsyncGenerator<AnswerEvent> {
        yield { kind: 'start', model: 'small-llm' };
        throw new GatewayError('model_crashed', 'it fell over');
      },
    });
    const { id } = await client.responses.create({ model: 'hub', input: 'Hi', background: true });
    expect(await until(id, 'failed')).toMatchObject({ error: { code: 'server_error', message: 'it fell over' } });
  });

  test('is finished by a stop of the server that has the time', async () => {
    const go = deferred();
    await serveWith(stepwise(go.promise));
    const { id } = await client.responses.create({ model: 'hub', input: 'Hi', background: true });
    await until(id, 'in_progress');
    const closing = close();
    go.resolve();
    await closing;
    await serve();
    expect((await client.responses.retrieve(id)).status).toBe('completed');
  });

  test('that a crash of the server broke off has failed', async () => {
    const go = deferred();
    await serveWith(stepwise(go.promise));
    const { id } = await client.responses.create({ model: 'hub', input: 'Hi', background: true });
    await until(id, 'in_progress');
    const before = { close, port: url };
    await serve();
    expect(await client.responses.retrieve(id)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('the server stopped') as string },
    });
    go.resolve();
    await before.close();
  });

  test('is listed among the requests under way, where an operator can cancel it', async () => {
    await serveWith(stepwise(new Promise(() => undefined)));
    const { data, request_id } = await client.responses
      .create({ model: 'hub', input: 'Hi', background: true })
      .withResponse();
    await until(data.id, 'in_progress');
    const admin = url.replace('/v1', '/admin');
    const listed = (await (await fetch(`${admin}/requests`)).json()) as { data: { id: string }[] };
    expect(listed.data.map(({ id }) => id)).toContain(request_id);
    await fetch(`${admin}/requests/${request_id}/cancel`, { method: 'POST' });
    expect((await until(data.id, 'cancelled')).status).toBe('cancelled');
  });

  test('only one of those can be cancelled', async () => {
    const { id } = await client.responses.create({ model: 'hub', input: 'Hi' });
    await expect(client.responses.cancel(id)).rejects.toThrow(/background: true/);
  });
});
