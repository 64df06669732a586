import { CountTokensRequest, MessagesRequest } from '@concert/protocol';
import { expect, test } from 'vitest';
import type { ChatInput } from '../../pipeline/request.ts';
import { tinyPng } from '../fake-deps.ts';
import { parse } from '../parse.ts';
import { toCountInput, toMessageInput } from './message-input.ts';

const picture = tinyPng(4, 4);
const context = {
  limits: { bodyBytes: 1, imagePixels: 1_000_000, imagesPerRequest: 2 },
  fetchMedia: () => Promise.resolve(picture),
  signal: new AbortController().signal,
};
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture.toString('base64') } };
const hello = { role: 'user', content: 'Hi' };

function read(fields: object): Promise<ChatInput> {
  const body = { model: 'hub', max_tokens: 10, messages: [hello], ...fields };
  return Promise.resolve().then(() => toMessageInput(parse(MessagesRequest, body), context));
}

function text(words: string): object {
  return { kind: 'text', text: words };
}

test('a plain message becomes a chat whose answer may be shorter than max_tokens where the context is small', async () => {
  const input = await read({ temperature: 0.5, top_p: 0.9, top_k: -1, stop_sequences: ['END'], stream: null });
  expect(input).toMatchObject({
    model: 'hub',
    messages: [{ role: 'user', parts: [text('Hi')] }],
    prefill: '',
    prompt: null,
    tools: null,
    format: { kind: 'text' },
    sampling: { temperature: 0.5, topP: 0.9, topK: 0 },
    maxTokens: 10,
    fitsContext: true,
    countOnly: false,
    stop: ['END'],
    thinking: { enabled: false, budgetTokens: null },
    returnReasoning: false,
  });
  expect(input.id).toMatch(/^msg_[0-9a-f]{32}$/);
});

test('the system prompt leads, as a text or as blocks', async () => {
  expect((await read({ system: 'Be brief.' })).messages[0]).toEqual({ role: 'system', parts: [text('Be brief.')] });
  const blocks = [
    { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
    { type: 'text', text: 'Be kind.' },
  ];
  expect((await read({ system: blocks })).messages[0]?.parts).toEqual([text('Be brief.'), text('Be kind.')]);
  expect((await read({ system: '' })).messages).toHaveLength(1);
});

test('pictures and documents stand where the caller put them', async () => {
  const content = [
    { type: 'text', text: 'Compare' },
    image,
    { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
    { type: 'document', title: 'Notes', source: { type: 'text', media_type: 'text/plain', data: 'Once.' } },
    { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'Twice.' }] } },
    {
      type: 'search_result',
      source: 'https://example.org',
      title: 'Found',
      content: [{ type: 'text', text: 'Thrice.' }],
    },
  ];
  const [turn] = (await read({ messages: [{ role: 'user', content }] })).messages;
  expect(turn?.parts.map((part) => (part.kind === 'text' ? part.text : part.kind))).toEqual([
    'Compare',
    'image',
    'image',
    'Notes',
    'Once.',
    'Twice.',
    'Found\nhttps://example.org\nThrice.',
  ]);
});

test('calls, their results and thoughts in the history keep their places', async () => {
  const { messages } = await read({
    messages: [
      hello,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'A clock is needed.', signature: 'x' },
          { type: 'redacted_thinking', data: 'x' },
          { type: 'text', text: 'Let me look.' },
          { type: 'tool_use', id: 'call_1', name: 'clock', input: { zone: 'UTC' } },
          { type: 'tool_use', id: 'call_2', name: 'clock', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And now?' },
          { type: 'tool_result', tool_use_id: 'call_1', content: 'noon' },
          {
            type: 'tool_result',
            tool_use_id: 'call_2',
            is_error: true,
            content: [{ type: 'text', text: 'broken' }, image],
          },
        ],
      },
    ],
  });
  expect(messages.slice(1)).toEqual([
    {
      role: 'assistant',
      parts: [text('Let me look.')],
      toolCalls: [
        { id: 'call_1', name: 'clock', arguments: '{"zone":"UTC"}' },
        { id: 'call_2', name: 'clock', arguments: '{}' },
      ],
      reasoning: 'A clock is needed.',
    },
    { role: 'tool', parts: [text('noon')], toolCallId: 'call_1' },
    {
      role: 'tool',
      parts: [text('Error:'), text('broken'), { kind: 'image', bytes: picture, mediaType: 'image/png' }],
      toolCallId: 'call_2',
    },
    { role: 'user', parts: [text('And now?')] },
  ]);
});

test('turns of one role that follow each other are one, as at Anthropic’s', async () => {
  const { messages } = await read({
    messages: [hello, { role: 'user', content: 'Again' }, { role: 'assistant', content: 'Yes?' }, hello],
  });
  expect(messages.map(({ role, parts }) => [role, parts.length])).toEqual([
    ['user', 2],
    ['assistant', 1],
    ['user', 1],
  ]);
});

test('a last turn of the assistant is the beginning of the answer', async () => {
  const begun = { role: 'assistant', content: [{ type: 'text', text: '{"city":' }] };
  const input = await read({ messages: [hello, begun] });
  expect(input.prefill).toBe('{"city":');
  expect(input.messages).toHaveLength(1);
  await expect(read({ messages: [begun] })).rejects.toThrow(/send a user message before it/);
  await expect(read({ messages: [hello, begun], thinking: { type: 'enabled', budget_tokens: 5 } })).rejects.toThrow(
    /leave out thinking/,
  );
  const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'clock', input: {} }] };
  await expect(read({ messages: [hello, call] })).rejects.toThrow(/tool_result/);
});

test('thinking is on, with its budget, only where it is asked for', async () => {
  const enabled = await read({ thinking: { type: 'enabled', budget_tokens: 2048 } });
  expect(enabled).toMatchObject({ thinking: { enabled: true, budgetTokens: 2048 }, returnReasoning: true });
  const adaptive = await read({ thinking: { type: 'adaptive' } });
  expect(adaptive).toMatchObject({ thinking: { enabled: null, budgetTokens: null }, returnReasoning: true });
  expect(await read({ thinking: { type: 'disabled' } })).toMatchObject({
    thinking: { enabled: false },
    returnReasoning: false,
  });
});

const clock = { name: 'clock', description: 'Tells the time.', input_schema: { type: 'object', properties: {} } };

test.each([
  [undefined, 'auto', true],
  [{ type: 'auto', disable_parallel_tool_use: true }, 'auto', false],
  [{ type: 'any' }, 'required', true],
  [{ type: 'tool', name: 'clock' }, { name: 'clock' }, true],
] as const)('tool_choice %j becomes %j', async (tool_choice, choice, parallel) => {
  const { tools } = await read({ tools: [{ ...clock, type: 'custom', strict: true }], tool_choice });
  const definition = { name: 'clock', description: 'Tells the time.', parameters: clock.input_schema, strict: true };
  expect(tools).toEqual({ definitions: [definition], choice, parallel });
});

test('with tool_choice none, nothing can be called', async () => {
  expect((await read({ tools: [clock], tool_choice: { type: 'none' } })).tools).toBeNull();
});

test('an answer can be held to a JSON schema', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } } };
  expect((await read({ output_config: { format: { type: 'json_schema', schema } } })).format).toEqual({
    kind: 'json-schema',
    schema,
  });
});

test.each([
  ['max_tokens is required', { max_tokens: undefined }, 'invalid_request', 'max_tokens'],
  [
    'a block of an unknown kind',
    { messages: [{ role: 'user', content: [{ type: 'video' }] }] },
    'unsupported_value',
    'messages.0.content.0.type',
  ],
  ['a turn of an unknown role', { messages: [{ role: 'tool', content: 'x' }] }, 'unsupported_value', 'messages.0.role'],
  [
    'a tool of Anthropic’s servers',
    { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    'unsupported_value',
    'tools.0.type',
  ],
  ['a tool without a schema', { tools: [{ name: 'clock' }] }, 'invalid_request', 'tools.0.input_schema'],
  [
    'a schema that is no object’s',
    { tools: [{ name: 'clock', input_schema: { type: 'array' } }] },
    'invalid_request',
    'tools.0.input_schema',
  ],
  ['a tool name with a space', { tools: [{ ...clock, name: 'a b' }] }, 'invalid_request', 'tools.0.name'],
  ['two tools of one name', { tools: [clock, clock] }, 'invalid_request', 'tools.1.name'],
  ['a choice among no tools', { tool_choice: { type: 'any' } }, 'invalid_request', 'tool_choice'],
  [
    'a choice of a tool that is not there',
    { tools: [clock], tool_choice: { type: 'tool', name: 'x' } },
    'invalid_request',
    'tool_choice.name',
  ],
  [
    'too many pictures, some in results',
    {
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'look', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [image, image] }, image] },
      ],
    },
    'too_large',
    'messages',
  ],
  [
    'a result of no call',
    { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] }] },
    'invalid_request',
    'messages.0.content.0.tool_use_id',
  ],
  [
    'a PDF',
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' } }],
        },
      ],
    },
    'unsupported_value',
    'messages.0.content.0.source.type',
  ],
  [
    'a picture at a file address',
    { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'file:///etc/passwd' } }] }] },
    'media_url_refused',
    'messages.0.content.0.source.url',
  ],
  [
    'a picture that is none',
    { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', data: 'AAAA' } }] }] },
    'invalid_media',
    'messages.0.content.0.source.data',
  ],
  ['a conversation that the server is to keep', { thread: { type: 'create' } }, 'unsupported_value', 'thread'],
  ['a temperature above 2', { temperature: 3 }, 'invalid_request', 'temperature'],
])('refused, naming the field: %s', async (_name, fields, code, param) => {
  await expect(read(fields)).rejects.toMatchObject({ code, param });
});

test('counting needs no max_tokens and writes nothing', async () => {
  const input = await toCountInput(
    parse(CountTokensRequest, { model: 'hub', messages: [hello], tools: [clock] }),
    context,
  );
  expect(input).toMatchObject({ countOnly: true, maxTokens: null, tools: { choice: 'auto' } });
});
