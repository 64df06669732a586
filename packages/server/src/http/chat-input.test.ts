import { ChatCompletionRequest } from '@concert/protocol';
import { expect, test } from 'vitest';
import type { ChatInput } from '../pipeline/request.ts';
import type { GatewayError } from '../shared/errors.ts';
import { toChatInput } from './chat-input.ts';
import { tinyPng } from './fake-deps.ts';
import { parse } from './parse.ts';
import type { MediaContext } from './read-part.ts';

const HI = [{ role: 'user', content: 'Hi' }];
const context: MediaContext = {
  limits: { bodyBytes: 1_000_000, imagePixels: 1_000_000, imagesPerRequest: 2 },
  fetchMedia: () => Promise.reject(new Error('nothing is fetched here')),
  signal: new AbortController().signal,
};

function inputOf(fields: object): Promise<ChatInput> {
  return toChatInput(parse(ChatCompletionRequest, { messages: HI, ...fields }), context);
}

async function refusal(fields: object): Promise<Pick<GatewayError, 'code' | 'param'>> {
  try {
    await inputOf(fields);
  } catch (error) {
    const { code, param } = error as GatewayError;
    return { code, param };
  }
  throw new Error('the request was taken');
}

const weather = {
  type: 'function',
  function: { name: 'weather', description: 'of a town', parameters: { type: 'object', properties: { town: {} } } },
};
const clock = { type: 'function', function: { name: 'clock' } };

test('a request that says nothing more asks for one answer of plain text, as the model does by itself', async () => {
  expect(await inputOf({})).toMatchObject({
    prompt: null,
    prefill: '',
    choices: 1,
    tools: null,
    format: { kind: 'text' },
    logprobs: null,
    speech: null,
    sampling: {},
    maxTokens: null,
    stop: [],
    thinking: { enabled: null, budgetTokens: null },
    returnReasoning: false,
    templateOptions: {},
    trace: false,
  });
});

test('every knob of sampling reaches the engine under our own names', async () => {
  const { sampling, choices, maxTokens, stop } = await inputOf({
    n: 3,
    temperature: 0.5,
    top_p: 0.9,
    top_k: 7,
    min_p: 0.1,
    frequency_penalty: -1,
    presence_penalty: 1,
    repetition_penalty: 1.1,
    seed: -4,
    logit_bias: { '50256': -100, '7': 2.5 },
    max_tokens: 1,
    max_completion_tokens: 9,
    stop: ['a', 'b'],
  });
  expect(sampling).toEqual({
    temperature: 0.5,
    topP: 0.9,
    topK: 7,
    minP: 0.1,
    frequencyPenalty: -1,
    presencePenalty: 1,
    repeatPenalty: 1.1,
    seed: -4,
    logitBias: [
      [7, 2.5],
      [50256, -100],
    ],
  });
  expect({ choices, maxTokens, stop }).toEqual({ choices: 3, maxTokens: 9, stop: ['a', 'b'] });
});

test('log probabilities are told alone or with their alternatives', async () => {
  expect((await inputOf({ logprobs: true })).logprobs).toBe(0);
  expect((await inputOf({ logprobs: true, top_logprobs: 20 })).logprobs).toBe(20);
  expect((await inputOf({ logprobs: false, top_logprobs: 0 })).logprobs).toBeNull();
});

test.each([
  [{ type: 'text' }, { kind: 'text' }],
  [{ type: 'json_object' }, { kind: 'json-object' }],
  [
    { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'array' } } },
    { kind: 'json-schema', schema: { type: 'array' } },
  ],
  [{ type: 'json_schema', json_schema: { name: 'x' } }, { kind: 'json-object' }],
  [
    { type: 'grammar', grammar: 'root ::= "x"' },
    { kind: 'grammar', gbnf: 'root ::= "x"' },
  ],
])('the response format %j is %j', async (response_format, format) => {
  expect((await inputOf({ response_format })).format).toEqual(format);
});

test('tools are the model’s to call unless something else is said', async () => {
  const { tools } = await inputOf({ tools: [weather, clock] });
  expect(tools).toEqual({
    definitions: [
      {
        name: 'weather',
        description: 'of a town',
        parameters: { type: 'object', properties: { town: {} } },
        strict: false,
      },
      { name: 'clock', description: null, parameters: { type: 'object', properties: {} }, strict: false },
    ],
    choice: 'auto',
    parallel: true,
  });
});

test.each([
  [{ tool_choice: 'auto' }, 'auto', ['weather', 'clock'], true],
  [{ tool_choice: 'required', parallel_tool_calls: false }, 'required', ['weather', 'clock'], false],
  [{ tool_choice: clock }, { name: 'clock' }, ['weather', 'clock'], true],
  [
    { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [clock] } } },
    'required',
    ['clock'],
    true,
  ],
])('%j gives the choice %j among %j', async (fields, choice, names, parallel) => {
  const { tools } = await inputOf({ tools: [weather, clock], ...fields });
  expect(tools?.definitions.map(({ name }) => name)).toEqual(names);
  expect({ choice: tools?.choice, parallel: tools?.parallel }).toEqual({ choice, parallel });
});

test('tools that must not be called are as good as absent, and so is an empty list', async () => {
  expect((await inputOf({ tools: [weather], tool_choice: 'none' })).tools).toBeNull();
  expect((await inputOf({ tools: [], tool_choice: 'auto' })).tools).toBeNull();
});

test('functions, the form before tools, are tools of which one is called at a time', async () => {
  const functions = [weather.function, clock.function];
  expect((await inputOf({ functions })).tools).toMatchObject({ choice: 'auto', parallel: false });
  expect((await inputOf({ functions, function_call: { name: 'clock' } })).tools?.choice).toEqual({ name: 'clock' });
  expect((await inputOf({ functions, function_call: 'none' })).tools).toBeNull();
});

test.each([
  [{ top_logprobs: 2 }, 'top_logprobs'],
  [{ n: 9 }, 'n'],
  [{ logit_bias: { word: 1 } }, 'logit_bias.word'],
  [{ logit_bias: { 5: 101 } }, 'logit_bias.5'],
  [{ tools: [weather, weather] }, 'tools.1.function.name'],
  [{ tools: [{ type: 'function', function: { name: 'two words' } }] }, 'tools.0.function.name'],
  [
    { tools: [{ type: 'function', function: { name: 'x', parameters: { type: 'string' } } }] },
    'tools.0.function.parameters',
  ],
  [{ tools: [weather], functions: [clock.function] }, 'functions'],
  [{ tools: [weather], tool_choice: clock }, 'tool_choice.function.name'],
  [{ tool_choice: 'required' }, 'tool_choice'],
  [
    { tools: [weather], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [clock] } } },
    'tool_choice.allowed_tools.tools',
  ],
  [{ functions: [clock.function], function_call: { name: 'x' } }, 'function_call.name'],
  [{ function_call: { name: 'x' } }, 'function_call'],
  [{ continue_final_message: true }, 'continue_final_message'],

  [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
  [{ response_format: { type: 'grammar', grammar: '' } }, 'response_format.grammar'],
  [{ modalities: ['text', 'audio'] }, 'audio'],
  [{ audio: { voice: 'alloy', format: 'wav' } }, 'modalities'],
  [{ chat_template_kwargs: { deep: {} } }, 'chat_template_kwargs.deep'],
])('%j is refused, and the refusal names %s', async (fields, param) => {
  expect(await refusal(fields)).toEqual({ code: 'invalid_request', param });
});

test.each([
  [{ response_format: { type: 'xml' } }, 'response_format.type'],
  [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools.0.type'],
  [{ tools: [weather], tool_choice: 'always' }, 'tool_choice'],
  [{ tools: [weather], tool_choice: { type: 'custom' } }, 'tool_choice.type'],
  [{ reasoning_effort: 'enormous' }, 'reasoning_effort'],
  [{ modalities: ['video'] }, 'modalities.0'],
  [{ modalities: ['audio'], audio: { voice: 'alloy', format: 'midi' } }, 'audio.format'],
])('%j is unsupported, and the refusal names %s', async (fields, param) => {
  expect(await refusal(fields)).toEqual({ code: 'unsupported_value', param });
});

test.each([
  [{ enable_thinking: true }, { enabled: true, budgetTokens: null }],
  [{ reasoning_effort: 'none' }, { enabled: false, budgetTokens: null }],
  [{ reasoning_effort: 'minimal' }, { enabled: false, budgetTokens: null }],
  [{ reasoning_effort: 'low' }, { enabled: true, budgetTokens: 512 }],
  [{ reasoning_effort: 'medium' }, { enabled: true, budgetTokens: 2_048 }],
  [{ reasoning_effort: 'high' }, { enabled: true, budgetTokens: 8_192 }],
  [{ reasoning_effort: 'xhigh' }, { enabled: true, budgetTokens: 32_768 }],
  [{ reasoning: { effort: 'low' } }, { enabled: true, budgetTokens: 512 }],
  [{ reasoning: { max_tokens: 99 } }, { enabled: true, budgetTokens: 99 }],
  [{ reasoning: { enabled: false } }, { enabled: false, budgetTokens: null }],
  [{ chat_template_kwargs: { enable_thinking: false } }, { enabled: false, budgetTokens: null }],
  [
    { enable_thinking: false, reasoning_effort: 'high' },
    { enabled: false, budgetTokens: 8_192 },
  ],
])('%j is thought as %j', async (fields, thinking) => {
  expect((await inputOf(fields)).thinking).toEqual(thinking);
});

test('reasoning is returned where it is asked for, in either form', async () => {
  expect((await inputOf({ return_reasoning: true })).returnReasoning).toBe(true);
  expect((await inputOf({ reasoning: { effort: 'low' } })).returnReasoning).toBe(true);
  expect((await inputOf({ reasoning: { effort: 'low', exclude: true } })).returnReasoning).toBe(false);
  expect((await inputOf({ reasoning: { effort: 'low' }, return_reasoning: false })).returnReasoning).toBe(false);
  expect((await inputOf({ reasoning_effort: 'low' })).returnReasoning).toBe(false);
});

test('variables of the chat template are passed on, those that are null left out', async () => {
  const { templateOptions } = await inputOf({ chat_template_kwargs: { tone: 'dry', depth: 2, off: null } });
  expect(templateOptions).toEqual({ tone: 'dry', depth: 2 });
});

test('a spoken answer is asked for by a voice’s name or its id', async () => {
  const asked = { modalities: ['text', 'audio'] };
  expect((await inputOf({ ...asked, audio: { voice: 'alloy', format: 'pcm16' } })).speech).toEqual({
    voice: 'alloy',
    speed: 1,
  });
  expect((await inputOf({ ...asked, audio: { voice: { id: 'joe' }, format: 'wav', speed: 2 } })).speech).toEqual({
    voice: 'joe',
    speed: 2,
  });
});

test('what OpenAI’s other options say is taken and changes nothing', async () => {
  const plain = await inputOf({});
  const more = await inputOf({
    user: 'me',
    metadata: { a: 'b' },
    store: true,
    service_tier: 'auto',
    prediction: { type: 'content', content: 'x' },
    verbosity: 'low',
    safety_identifier: 'x',
    prompt_cache_key: 'x',
    modalities: ['text'],
    stream_options: { include_usage: true, include_obfuscation: false },
    parallel_tool_calls: true,
    tool_choice: 'none',
  });
  expect({ ...more, id: '' }).toEqual({ ...plain, id: '' });
});

test('an answer that goes on where a turn ends begins with that turn’s words', async () => {
  const messages = [...HI, { role: 'assistant', content: 'Dear' }];
  const input = await inputOf({ messages, continue_final_message: true });
  expect(input.prefill).toBe('Dear');
  expect(input.messages.map(({ role }) => role)).toEqual(['user']);
  expect((await inputOf({ messages })).prefill).toBe('');
});

test('pictures among the files count as pictures', async () => {
  const picture = { type: 'file', file: { file_data: tinyPng(2, 2).toString('base64') } };
  const content = [picture, picture, picture];
  expect(await refusal({ messages: [{ role: 'user', content }] })).toEqual({ code: 'too_large', param: 'messages' });
});
