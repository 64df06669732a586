import type { ResponseListedItem } from '@concert/protocol';
import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import type { MediaContext } from '../read-part.ts';
import { type PlacedItem, readItems } from './read-items.ts';

const context: MediaContext = {
  limits: { bodyBytes: 1000, imagePixels: 1000, imagesPerRequest: 2 },
  async fetchMedia() {
    throw new GatewayError('media_fetch_failed', 'gone');
  },
  signal: new AbortController().signal,
};
const status = 'completed';
const says = (role: 'user' | 'assistant' | 'system', text: string): ResponseListedItem => ({
  type: 'message',
  id: 'msg',
  role,
  status,
  content: [role === 'assistant' ? { type: 'output_text', text } : { type: 'input_text', text }],
});
const thinks = (text: string): ResponseListedItem => ({
  type: 'reasoning',
  id: 'rs',
  summary: [],
  content: [{ type: 'reasoning_text', text }],
  encrypted_content: null,
  status,
});
const calls = (id: string): ResponseListedItem => ({
  type: 'function_call',
  id: 'fc',
  call_id: id,
  name: 'look',
  arguments: '{}',
  status,
});
const finds = (id: string, output: string): ResponseListedItem => ({
  type: 'function_call_output',
  id: 'fco',
  call_id: id,
  output,
  status,
});
const placed = (items: readonly ResponseListedItem[]): PlacedItem[] =>
  items.map((item, at) => ({ item, param: `input.${at}` }));

/** The turns in short: role, words, thoughts, calls. */
async function turnsOf(...items: readonly ResponseListedItem[]): Promise<string[]> {
  const turns = await readItems(placed(items), context);
  return turns.map(({ role, parts, reasoning, toolCalls, toolCallId }) =>
    [
      role,
      parts.map((part) => (part.kind === 'text' ? part.text : part.kind)).join('+'),
      ...(reasoning === undefined ? [] : [`(${reasoning})`]),
      ...(toolCalls ?? []).map(({ id }) => `→${id}`),
      ...(toolCallId === undefined ? [] : [`←${toolCallId}`]),
    ].join(' '),
  );
}

test('thoughts, words and calls of one turn become one turn', async () => {
  expect(
    await turnsOf(
      says('user', 'q'),
      thinks('hm'),
      says('assistant', 'let me see'),
      calls('a'),
      calls('b'),
      finds('a', '1'),
      finds('b', '2'),
    ),
  ).toEqual(['user q', 'assistant let me see (hm) →a →b', 'tool 1 ←a', 'tool 2 ←b']);
});

test('an answer after a function’s output is a turn of its own', async () => {
  expect(await turnsOf(calls('a'), finds('a', '1'), thinks('so'), says('assistant', 'x'), says('user', 'y'))).toEqual([
    'assistant  →a',
    'tool 1 ←a',
    'assistant x (so)',
    'user y',
  ]);
});

test('calls that were answered one after the other stay so', async () => {
  expect(await turnsOf(calls('a'), finds('a', '1'), calls('b'), finds('b', '2'))).toEqual([
    'assistant  →a',
    'tool 1 ←a',
    'assistant  →b',
    'tool 2 ←b',
  ]);
});

test('two answers in a row stay two', async () => {
  expect(await turnsOf(says('assistant', 'one'), says('assistant', 'two'))).toEqual(['assistant one', 'assistant two']);
});

test('words beside a call stay before its output', async () => {
  expect(await turnsOf(calls('a'), says('assistant', 'looking'), finds('a', '1'))).toEqual([
    'assistant looking →a',
    'tool 1 ←a',
  ]);
});

test('nothing is fetched for a conversation that is out of order', async () => {
  const picture: ResponseListedItem = {
    type: 'message',
    id: 'msg',
    role: 'user',
    status,
    content: [{ type: 'input_image', image_url: 'https://example.com/a.png' }],
  };
  const wrong = readItems(placed([picture, { ...picture, role: 'assistant' }]), context);
  await expect(wrong).rejects.toMatchObject({ code: 'invalid_request', param: 'input.1.content.0' });
  await expect(readItems(placed([picture, picture]), context)).rejects.toMatchObject({ code: 'media_fetch_failed' });
});
