import type { MessageAnswer, MessageStreamEvent } from '@concert/protocol';
import { expect, test } from 'vitest';
import type { AnswerEvent, ChatInput } from '../../pipeline/request.ts';
import { createApp } from '../app.ts';
import { FAKE_PLAN, fakeDeps } from '../fake-deps.ts';
import { createTranslator } from './message-events.ts';

const input = { id: 'msg_1', model: 'hub', maxTokens: 20 } as ChatInput;
const end = (reason: 'stop' | 'length' | 'tool-calls', stopped?: string): AnswerEvent[] => [
  { kind: 'choice-finished', choice: 0, reason, ...(stopped !== undefined && { stopped }) },
  { kind: 'finish', promptTokens: 9, cachedTokens: 4, completionTokens: 20, reasoningTokens: 1, plan: FAKE_PLAN },
];
const full: readonly AnswerEvent[] = [
  { kind: 'start', model: 'small-llm' },
  { kind: 'reasoning-delta', choice: 0, text: 'Which ' },
  { kind: 'reasoning-delta', choice: 0, text: 'zone?' },
  { kind: 'text-delta', choice: 0, text: '' },
  { kind: 'text-delta', choice: 0, text: 'Let me ' },
  { kind: 'text-delta', choice: 0, text: 'look.' },
  { kind: 'tool-call', choice: 0, index: 0, id: 'call_a', name: 'clock' },
  { kind: 'tool-call-delta', choice: 0, index: 0, text: '{"zone":' },
  { kind: 'tool-call-delta', choice: 0, index: 0, text: '"UTC"}' },
  { kind: 'tool-call', choice: 0, index: 1, id: 'call_b', name: 'now' },
  ...end('tool-calls'),
];

function translated(events: readonly AnswerEvent[], hidesThinking = false): MessageStreamEvent[] {
  return events.flatMap(createTranslator({ input, hidesThinking }));
}

function told(event: MessageStreamEvent): string {
  if (event.type === 'content_block_delta') return `${event.index} ${event.delta.type}`;
  return 'index' in event ? `${event.index} ${event.type}` : event.type;
}

/** What a client that knows only Anthropic's documentation makes of the events. */
function folded(events: readonly MessageStreamEvent[]): MessageAnswer | null {
  let message: MessageAnswer | null = null;
  const json: string[] = [];
  for (const event of events) {
    if (event.type === 'message_start') message = structuredClone(event.message);
    if (message === null) continue;
    if (event.type === 'message_delta') message = { ...message, ...event.delta, usage: event.usage };
    if (event.type === 'content_block_start') message.content[event.index] = structuredClone(event.content_block);
    const block = 'index' in event ? message.content[event.index] : undefined;
    if (event.type === 'content_block_stop' && block?.type === 'tool_use')
      block.input = JSON.parse(json[event.index] ?? '{}') as Record<string, unknown>;
    if (event.type !== 'content_block_delta') continue;
    const { delta } = event;
    if (delta.type === 'input_json_delta') json[event.index] = (json[event.index] ?? '') + delta.partial_json;
    if (delta.type === 'text_delta' && block?.type === 'text') block.text += delta.text;
    if (delta.type === 'thinking_delta' && block?.type === 'thinking') block.thinking += delta.thinking;
    if (delta.type === 'signature_delta' && block?.type === 'thinking') block.signature = delta.signature;
  }
  return message;
}

test('blocks come one after the other: thinking with its signature, text, each call', () => {
  expect(translated(full).map(told)).toEqual([
    'message_start',
    '0 content_block_start',
    'ping',
    '0 thinking_delta',
    '0 thinking_delta',
    '0 signature_delta',
    '0 content_block_stop',
    '1 content_block_start',
    '1 text_delta',
    '1 text_delta',
    '1 content_block_stop',
    '2 content_block_start',
    '2 input_json_delta',
    '2 input_json_delta',
    '2 content_block_stop',
    '3 content_block_start',
    '3 content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

/** A number generator that gives the same numbers for the same seed (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test('whatever the order of thoughts, words and calls, nothing is lost, and a block ends before the next begins', () => {
  for (let seed = 0; seed < 500; seed++) {
    const below = seeded(seed);
    const said = { thinking: '', text: '', calls: [] as string[] };
    const events: AnswerEvent[] = [];
    for (let at = 0; at < below(20); at++) {
      const text = 'a"\\🙂'.slice(0, below(6));
      const kind = (['reasoning-delta', 'text-delta', 'tool-call'] as const)[below(3)];
      if (kind !== 'tool-call') {
        if (kind === 'reasoning-delta') said.thinking += text;
        else said.text += text;
        events.push({ kind: kind ?? 'text-delta', choice: 0, text });
        continue;
      }
      const index = said.calls.length;
      const json = JSON.stringify({ text });
      const cut = below(json.length);
      said.calls.push(text);
      events.push({ kind, choice: 0, index, id: `call_${index}`, name: 'f' });
      for (const part of [json.slice(0, cut), json.slice(cut)])
        events.push({ kind: 'tool-call-delta', choice: 0, index, text: part });
    }
    const sent = translated([...events, ...end('stop')]);
    const content = folded(sent)?.content ?? [];
    const told = { thinking: '', text: '', calls: [] as unknown[] };
    for (const block of content) {
      if (block.type === 'thinking') told.thinking += block.thinking;
      if (block.type === 'text') told.text += block.text;
      if (block.type === 'tool_use') told.calls.push(block.input['text']);
    }
    expect(told).toEqual(said);
    let open: number | null = null;
    for (const event of sent) {
      if (event.type === 'content_block_start') {
        expect(open).toBeNull();
        open = event.index;
      }
      if (event.type === 'content_block_delta') expect(event.index).toBe(open);
      if (event.type === 'content_block_stop') open = null;
    }
  }
});

test('what is thought can be left out; the signature stays', () => {
  const events = translated(full, true);
  expect(events.map(told)).not.toContain('0 thinking_delta');
  expect(folded(events)?.content[0]).toMatchObject({
    type: 'thinking',
    thinking: '',
    signature: expect.stringMatching(/./) as string,
  });
});

test('an answer without a word is a message without content', () => {
  const events = translated(end('stop'));
  expect(events.map(told)).toEqual(['message_start', 'message_delta', 'message_stop']);
});

test.each([
  ['end_turn', null, end('stop')],
  ['stop_sequence', 'END', end('stop', 'END')],
  ['tool_use', null, end('tool-calls')],
  ['max_tokens', null, end('length')],
])('an answer ends with %s', (stop_reason, stop_sequence, events) => {
  expect(translated(events).find((event) => event.type === 'message_delta')).toMatchObject({
    delta: { stop_reason, stop_sequence },
    usage: { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 20 },
  });
});

test('an answer that filled the context before max_tokens says so', () => {
  const translate = createTranslator({ input: { ...input, maxTokens: 21 }, hidesThinking: false });
  const last = end('length')
    .flatMap(translate)
    .find((event) => event.type === 'message_delta');
  expect(last).toMatchObject({ delta: { stop_reason: 'model_context_window_exceeded' } });
});

async function ask(events: readonly AnswerEvent[], fields: object = {}) {
  const app = createApp(
    fakeDeps({
      async *answer() {
        yield* events;
      },
    }),
  );
  const payload = { model: 'hub', max_tokens: 20, messages: [{ role: 'user', content: 'Hi' }], ...fields };
  return app.inject({ method: 'POST', url: '/v1/messages', payload });
}

test('the events of a stream make the same message as the answer in one piece', async () => {
  const whole = (await ask(full)).json<MessageAnswer>();
  const stream = await ask(full, { stream: true });
  const events = stream.body
    .split('\n\n')
    .filter((frame) => frame.startsWith('event: '))
    .map((frame) => {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      const event = JSON.parse(data ?? '') as MessageStreamEvent;
      expect(event.type).toBe(name);
      return event;
    });
  expect(folded(events)).toEqual({ ...whole, id: expect.stringMatching(/^msg_/) as string });
  expect(whole).toMatchObject({
    type: 'message',
    role: 'assistant',
    model: 'hub',
    stop_reason: 'tool_use',
    content: [
      { type: 'thinking', thinking: 'Which zone?' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 'call_a', name: 'clock', input: { zone: 'UTC' } },
      { type: 'tool_use', id: 'call_b', name: 'now', input: {} },
    ],
    usage: {
      input_tokens: 5,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 4,
      output_tokens: 20,
      output_tokens_details: { thinking_tokens: 1 },
    },
  });
  expect(stream.headers).toMatchObject({
    'x-concert-model': 'small-llm',
    'request-id': expect.stringMatching(/^req_/) as string,
  });
});

test('the plan is told where it was asked for', async () => {
  const asked = { concert: { trace: true } };
  expect((await ask(full, asked)).json<MessageAnswer>().concert?.plan).toMatchObject({ route: 'OCR_SERVICE' });
  expect((await ask(full, { ...asked, stream: true })).body).toMatch(/^data: \{"type":"message_delta".*"concert":/m);
  expect((await ask(full)).json<MessageAnswer>()).not.toHaveProperty('concert');
});

test('arguments that the token limit cut off are told as far as they came, and are no input', async () => {
  const cut: AnswerEvent[] = [
    { kind: 'tool-call', choice: 0, index: 0, id: 'call_a', name: 'clock' },
    { kind: 'tool-call-delta', choice: 0, index: 0, text: '{"zone":"U' },
    ...end('length'),
  ];
  expect((await ask(cut)).json<MessageAnswer>()).toMatchObject({ stop_reason: 'max_tokens', content: [{ input: {} }] });
  expect((await ask(cut, { stream: true })).body).toContain(JSON.stringify('{"zone":"U'));
});
