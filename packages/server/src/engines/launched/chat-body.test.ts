import { expect, test } from 'vitest';
import type { ChatRequest, ToolUse } from '../engine.ts';
import { wireRequest } from './chat-body.ts';
import type { ChatDialect } from './chat-dialect.ts';
import { GREEDY } from '../test-sampling.ts';

const REQUEST: ChatRequest = {
  messages: [{ role: 'user', content: 'hello' }],
  sampling: GREEDY,
  maxTokens: 5,
  stop: [],
};
const TOOLS: ToolUse = {
  definitions: [
    { name: 'get_weather', description: 'Weather', parameters: { type: 'object' }, strict: true },
    { name: 'get_time', description: null, parameters: {}, strict: false },
  ],
  choice: 'auto',
  parallel: true,
};
const ENGINES = ['vllm', 'sglang', 'trtllm', 'llama-server'] as const;

function bodyOf(changes: Partial<ChatRequest>, engine: ChatDialect['engine'] = 'vllm', readsCalls = true) {
  const dialect: ChatDialect = {
    engine,
    servedName: 'test',
    repeatPenalty: 'repetition_penalty',
    topKOff: -1,
    cacheSalt: null,
    readsCalls,
  };
  return wireRequest({ ...REQUEST, ...changes }, dialect);
}

test('a plain request carries nothing that nobody asked for', () => {
  expect(bodyOf({})).toEqual({
    path: '/v1/chat/completions',
    body: {
      model: 'test',
      messages: [{ role: 'user', content: 'hello' }],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      top_p: 1,
      top_k: -1,
      min_p: 0,
      frequency_penalty: 0,
      presence_penalty: 0,
      repetition_penalty: 1,
      max_tokens: 5,
    },
  });
});

test('functions are stated as OpenAI states them', () => {
  const { body } = bodyOf({ tools: TOOLS });
  expect(body).toMatchObject({
    tools: [
      {
        type: 'function',
        function: { name: 'get_weather', description: 'Weather', parameters: { type: 'object' }, strict: true },
      },
      { type: 'function', function: { name: 'get_time', parameters: {} } },
    ],
    tool_choice: 'auto',
    parallel_tool_calls: true,
  });
  expect(bodyOf({ tools: { ...TOOLS, choice: 'required', parallel: false } }).body).toMatchObject({
    tool_choice: 'required',
    parallel_tool_calls: false,
  });
});

test('an obligation to one function is said so that each engine understands it', () => {
  const tools: ToolUse = { ...TOOLS, choice: { name: 'get_time' } };
  for (const engine of ['vllm', 'sglang', 'trtllm'] as const) {
    expect(bodyOf({ tools }, engine).body).toMatchObject({
      tool_choice: { type: 'function', function: { name: 'get_time' } },
      parallel_tool_calls: false,
    });
  }
  const { body } = bodyOf({ tools }, 'llama-server');
  expect(body['tool_choice']).toBe('required');
  expect(body['tools']).toHaveLength(1);
});

test('an engine without a parser for calls refuses functions and names the setting', () => {
  expect(() => bodyOf({ tools: TOOLS }, 'vllm', false)).toThrow(
    expect.objectContaining({
      code: 'unsupported_value',
      param: 'tools',
      message: expect.stringContaining('`toolCallParser`'),
    }),
  );
});

test('earlier calls and their results are turns, with arguments that can be read as JSON', () => {
  const { body } = bodyOf({
    messages: [
      { role: 'user', content: 'x' },
      {
        role: 'assistant',
        content: '',
        reasoning: 'hm',
        toolCalls: [
          { id: 'call_1', name: 'f', arguments: '{"a":1}' },
          { id: 'call_2', name: 'f', arguments: '{"a": oops' },
          { id: 'call_3', name: 'f', arguments: '' },
        ],
      },
      { role: 'tool', content: 'done', toolCallId: 'call_1' },
    ],
  });
  expect(body['messages']).toEqual([
    { role: 'user', content: 'x' },
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'hm',
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
        { id: 'call_2', type: 'function', function: { name: 'f', arguments: '{"arguments":"{\\"a\\": oops"}' } },
        { id: 'call_3', type: 'function', function: { name: 'f', arguments: '{}' } },
      ],
    },
    { role: 'tool', content: 'done', tool_call_id: 'call_1' },
  ]);
});

test.each(ENGINES)('JSON is asked for in the words of %s', (engine) => {
  expect(bodyOf({ format: { kind: 'json-object' } }, engine).body['response_format']).toEqual({ type: 'json_object' });
  const schema = { type: 'object', properties: {} };
  expect(bodyOf({ format: { kind: 'json-schema', schema } }, engine).body['response_format']).toEqual(
    engine === 'trtllm'
      ? { type: 'json', schema }
      : { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
  );
});

test.each([
  ['vllm', { structured_outputs: { grammar: 'root ::= "a"' } }],
  ['sglang', { ebnf: 'root ::= "a"' }],
  ['trtllm', { response_format: { type: 'ebnf', ebnf: 'root ::= "a"' } }],
  ['llama-server', { grammar: 'root ::= "a"' }],
] as const)('a grammar is stated in the words of %s, and not beside functions', (engine, fields) => {
  const format = { kind: 'grammar', gbnf: 'root ::= "a"' } as const;
  expect(bodyOf({ format }, engine).body).toMatchObject(fields);
  expect(() => bodyOf({ format, tools: TOOLS }, engine)).toThrow(/not both/);
});

test('log probabilities and biases are asked for, at least one alternative', () => {
  expect(bodyOf({ logprobs: 0 }).body).toMatchObject({ logprobs: true, top_logprobs: 1 });
  expect(bodyOf({ logprobs: 5 }).body).toMatchObject({ logprobs: true, top_logprobs: 5 });
  const sampling = { ...REQUEST.sampling, logitBias: [[7, -100] as const, [8, 2.5] as const] };
  expect(bodyOf({ sampling }).body['logit_bias']).toEqual({ '7': -100, '8': 2.5 });
  expect(() => bodyOf({ logprobs: 1, tools: TOOLS }, 'llama-server')).toThrow(/log probabilities/);
});

test('an answer that has begun is a last turn that is continued', () => {
  const { body } = bodyOf({ prefill: '<think>\n' });
  expect(body).toMatchObject({
    messages: [
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: '<think>\n' },
    ],
    continue_final_message: true,
    add_generation_prompt: false,
  });
  expect(bodyOf({ prefill: 'a' }, 'sglang').body).not.toHaveProperty('add_generation_prompt');
  expect(bodyOf({ prefill: '' }, 'trtllm').body['messages']).toHaveLength(1);
  expect(() => bodyOf({ prefill: 'a' }, 'trtllm')).toThrow(/go on with an answer that has begun/);
});

test('variables of the template are passed on', () => {
  expect(bodyOf({ templateOptions: { enable_thinking: false } }).body['chat_template_kwargs']).toEqual({
    enable_thinking: false,
  });
});

test('a text that is continued goes to the completions, with all the room where no limit is given', () => {
  const { path, body } = bodyOf({ messages: [], prompt: 'once upon', maxTokens: null, logprobs: 2 });
  expect(path).toBe('/v1/completions');
  expect(body).toMatchObject({ prompt: 'once upon', max_tokens: null, logprobs: 2 });
  expect(body).not.toHaveProperty('messages');
  const other = bodyOf({ messages: [], prompt: [1, 2, 3], maxTokens: null, logprobs: 0 }, 'llama-server').body;
  expect(other).toMatchObject({ prompt: [1, 2, 3], n_probs: 1 });
  expect(other).not.toHaveProperty('max_tokens');
});
