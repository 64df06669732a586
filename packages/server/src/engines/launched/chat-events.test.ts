import { expect, test } from 'vitest';
import type { ChatEvent, ToolUse } from '../engine.ts';
import { type Asked, ChatEvents } from './chat-events.ts';

const TOOLS: ToolUse = {
  definitions: [{ name: 'get_weather', description: null, parameters: {}, strict: false }],
  choice: 'auto',
  parallel: true,
};

function eventsOf(pieces: readonly object[], asked: Partial<Asked> = {}): ChatEvent[] {
  const reader = new ChatEvents('test', { stop: [], ...asked });
  return [...pieces.map((piece) => JSON.stringify(piece)), '[DONE]'].flatMap((data) => reader.read(data));
}

const piece = (delta: object, more: object = {}): object => ({ choices: [{ index: 0, delta, ...more }] });
const call = (index: number | undefined, called: object, id?: string): object =>
  piece({ tool_calls: [{ ...(index !== undefined && { index }), ...(id !== undefined && { id }), function: called }] });
const USAGE = { choices: [], usage: { prompt_tokens: 9, completion_tokens: 4 } };
const end = (reason: string, more: object = {}): object => piece({}, { finish_reason: reason, ...more });
const ID = expect.stringMatching(/^call_[A-Za-z0-9]{24}$/);

test('streamed calls are told with ids of our own and the arguments as they come', () => {
  const events = eventsOf(
    [
      piece({ content: 'Look: ' }),
      call(0, { name: 'get_weather', arguments: '' }, 'chatcmpl-tool-1'),
      call(0, { arguments: '{"city": "上' }),
      call(0, { arguments: '海"}' }),
      call(1, { name: 'get_weather', arguments: '{"city": "北京"}' }, 'chatcmpl-tool-2'),
      end('tool_calls'),
      USAGE,
    ],
    { tools: TOOLS },
  );
  expect(events).toEqual([
    { kind: 'text-delta', text: 'Look: ' },
    { kind: 'tool-call', index: 0, id: ID, name: 'get_weather' },
    { kind: 'tool-call-delta', index: 0, text: '{"city": "上' },
    { kind: 'tool-call-delta', index: 0, text: '海"}' },
    { kind: 'tool-call', index: 1, id: ID, name: 'get_weather' },
    { kind: 'tool-call-delta', index: 1, text: '{"city": "北京"}' },
    { kind: 'prompt', promptTokens: 9, cachedTokens: 0 },
    { kind: 'finish', reason: 'tool-calls', completionTokens: 4 },
  ]);
});

test('a call without arguments has an empty object of them; an obliged call ends as a call though vLLM says stop', () => {
  const events = eventsOf([call(0, { name: 'get_weather' }), end('stop'), USAGE], { tools: TOOLS });
  expect(events.slice(1)).toEqual([
    { kind: 'tool-call-delta', index: 0, text: '{}' },
    { kind: 'prompt', promptTokens: 9, cachedTokens: 0 },
    { kind: 'finish', reason: 'tool-calls', completionTokens: 4 },
  ]);
});

test('calls whose numbers an engine leaves out or counts oddly are told apart by their names', () => {
  const events = eventsOf(
    [
      call(undefined, { name: 'a', arguments: '{' }),
      call(undefined, { arguments: '}' }),
      call(undefined, { name: 'b', arguments: '{}' }),
      call(7, { name: 'c', arguments: '{}' }),
      end('tool_calls'),
      USAGE,
    ],
    { tools: TOOLS },
  );
  const told = events.filter((event) => event.kind === 'tool-call' || event.kind === 'tool-call-delta');
  expect(told.map((event) => [event.index, event.kind === 'tool-call' ? event.name : event.text])).toEqual([
    [0, 'a'],
    [0, '{'],
    [0, '}'],
    [1, 'b'],
    [1, '{}'],
    [2, 'c'],
    [2, '{}'],
  ]);
});

test('where one call is wanted no other is told', () => {
  const pieces = [
    call(0, { name: 'a', arguments: '{}' }),
    call(1, { name: 'b', arguments: '{}' }),
    end('tool_calls'),
    USAGE,
  ];
  const names = (tools: ToolUse): string[] =>
    eventsOf(pieces, { tools }).flatMap((event) => (event.kind === 'tool-call' ? [event.name] : []));
  expect(names({ ...TOOLS, parallel: false })).toEqual(['a']);
  expect(names({ ...TOOLS, choice: { name: 'a' } })).toEqual(['a']);
  expect(names(TOOLS)).toEqual(['a', 'b']);
});

test('a call that the token limit cut says so', () => {
  const events = eventsOf([call(0, { name: 'a', arguments: '{"b' }), end('length'), USAGE], { tools: TOOLS });
  expect(events.at(-1)).toMatchObject({ reason: 'length' });
});

const chance = (token: string, logprob: number): object => ({ token, logprob, bytes: [...Buffer.from(token)] });

test('log probabilities are told with their text, and no more alternatives than were asked for', () => {
  const content = [{ ...chance('你', -0.1), top_logprobs: [chance('你', -0.1), chance('您', -2)] }];
  const pieces = [piece({ content: '你' }, { logprobs: { content } }), end('stop'), USAGE];
  const [told] = eventsOf(pieces, { logprobs: 1 });
  const bytes = Uint8Array.from(Buffer.from('你'));
  expect(told).toEqual({
    kind: 'text-delta',
    text: '你',
    logprobs: [{ text: '你', bytes, logprob: -0.1, top: [{ text: '你', bytes, logprob: -0.1 }] }],
  });
  expect(eventsOf(pieces, { logprobs: 0 })[0]).toMatchObject({ logprobs: [{ top: [] }] });
  expect(eventsOf(pieces)[0]).toEqual({ kind: 'text-delta', text: '你' });
});

test('those of calls and thoughts are not told as the answer’s', () => {
  const logprobs = { content: [{ ...chance('x', -1), top_logprobs: [] }] };
  const pieces = [
    piece({ reasoning: 'hm' }, { logprobs }),
    piece({ tool_calls: [{ index: 0, function: { name: 'a', arguments: '{}' } }] }, { logprobs }),
    end('tool_calls'),
    USAGE,
  ];
  expect(eventsOf(pieces, { logprobs: 0, tools: TOOLS }).some((event) => event.kind === 'text-delta')).toBe(false);
});

test('a continued text comes with its own form of log probabilities', () => {
  const logprobs = { tokens: [' a'], token_logprobs: [-0.5], top_logprobs: [{ ' b': -1, ' a': -0.5 }] };
  const events = eventsOf(
    [
      { choices: [{ index: 0, text: ' a', logprobs, finish_reason: null }] },
      { choices: [{ index: 0, text: '', finish_reason: 'length' }] },
      USAGE,
    ],
    { logprobs: 2 },
  );
  expect(events[0]).toMatchObject({
    kind: 'text-delta',
    text: ' a',
    logprobs: [{ text: ' a', logprob: -0.5, top: [{ text: ' a' }, { text: ' b' }] }],
  });
  expect(events.at(-1)).toMatchObject({ kind: 'finish', reason: 'length' });
});

test('the stop string that ended an answer is told, a stop token is not', () => {
  const stop = ['\n', 'END'];
  expect(eventsOf([end('stop', { stop_reason: 'END' }), USAGE], { stop }).at(-1)).toMatchObject({ stopped: 'END' });
  expect(eventsOf([end('stop', { matched_stop: '\n' }), USAGE], { stop }).at(-1)).toMatchObject({ stopped: '\n' });
  expect(eventsOf([end('stop', { stop_reason: 151645 }), USAGE], { stop }).at(-1)).not.toHaveProperty('stopped');
});

test('tokens of thoughts are told where the engine counts them', () => {
  const usage = { prompt_tokens: 9, completion_tokens: 8, completion_tokens_details: { reasoning_tokens: 5 } };
  expect(eventsOf([end('stop'), { choices: [], usage }]).at(-1)).toMatchObject({ reasoningTokens: 5 });
});
