import {
  type ResponseObject,
  ResponseObject as ResponseSchema,
  ResponsesRequest,
  ResponseStreamEvent,
} from '@concert/protocol';
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator';
import type { Response, ResponseStreamEvent as OpenAIEvent } from 'openai/resources/responses/responses';
import { describe, expect, test } from 'vitest';
import type { AnswerEvent } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { FAKE_PLAN } from '../fake-deps.ts';
import { beginResponse } from './begin-response.ts';
import { replayResponse } from './replay-response.ts';
import { ResponseFold } from './response-fold.ts';
import { createResponseId } from './response-ids.ts';

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;
type Delta = Exclude<AnswerEvent, Finish>;

const FINISH: Finish = {
  kind: 'finish',
  promptTokens: 7,
  completionTokens: 5,
  reasoningTokens: 2,
  cachedTokens: 3,
  plan: FAKE_PLAN,
};
const text = (said: string): Delta => ({ kind: 'text-delta', choice: 0, text: said });
const thought = (said: string): Delta => ({ kind: 'reasoning-delta', choice: 0, text: said });
const call = (index: number, name = 'look'): Delta => ({
  kind: 'tool-call',
  choice: 0,
  index,
  id: `call_${index}`,
  name,
});
const args = (index: number, json: string): Delta => ({ kind: 'tool-call-delta', choice: 0, index, text: json });
const ended = (reason: 'stop' | 'length' | 'tool-calls'): Delta => ({ kind: 'choice-finished', choice: 0, reason });

function createFold(asked: object = {}): ResponseFold {
  const wanted = ResponsesRequest.parse({ model: 'hub', input: 'Hi', ...asked });
  const response = beginResponse(wanted, { id: createResponseId(), createdMs: 1_700_000_000_000, store: true });
  return new ResponseFold(response, { trace: false, nowMs: () => 1_700_000_005_000 });
}

function run(fold: ResponseFold, deltas: readonly Delta[]): ResponseStreamEvent[] {
  const events = deltas.flatMap((delta) => fold.push(delta));
  return [...events, ...fold.finish(FINISH), fold.end()];
}

const typesOf = (events: readonly ResponseStreamEvent[]): string[] => events.map(({ type }) => type);

/** What the official client makes of the events. */
function accumulated(events: readonly ResponseStreamEvent[]): unknown {
  let snapshot: Response | undefined;
  for (const event of events) snapshot = accumulateResponse(event as OpenAIEvent, snapshot);
  const { output_text: _, ...response } = { ...snapshot };
  return response;
}

test('a text comes as OpenAI tells it', () => {
  const fold = createFold();
  const events = run(fold, [{ kind: 'start', model: 'm' }, text('Hel'), text('lo'), ended('stop')]);
  expect(typesOf(events)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, at) => at));
  expect(fold.response).toMatchObject({
    status: 'completed',
    completed_at: 1_700_000_005,
    output: [{ type: 'message', status: 'completed', content: [{ type: 'output_text', text: 'Hello' }] }],
    usage: { input_tokens: 7, output_tokens: 5, total_tokens: 12, output_tokens_details: { reasoning_tokens: 2 } },
  });
});

test('nothing is told before the answer begins, so that an early failure has its own status', () => {
  const fold = createFold();
  const early: Delta[] = [
    { kind: 'start', model: 'm' },
    { kind: 'step-started', step: 'chat', model: 'm' },
  ];
  expect([early.flatMap((event) => fold.push(event)), fold.begun]).toEqual([[], false]);
});

test('thoughts are an item of their own before the message', () => {
  const events = run(createFold(), [thought('Let me '), thought('see.'), text('4'), ended('stop')]);
  expect(typesOf(events).slice(2, 8)).toEqual([
    'response.output_item.added',
    'response.content_part.added',
    'response.reasoning_text.delta',
    'response.reasoning_text.delta',
    'response.reasoning_text.done',
    'response.content_part.done',
  ]);
  expect(events.at(-1)).toMatchObject({
    response: {
      output: [
        { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Let me see.' }] },
        { type: 'message' },
      ],
    },
  });
});

test('thoughts come as a summary where one was asked for, and only there', () => {
  const deltas = [thought('Let me see.'), text('4'), ended('stop')];
  const asked = run(createFold({ reasoning: { summary: 'auto' } }), deltas);
  expect(typesOf(asked).slice(2, 8)).toEqual([
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.output_item.done',
  ]);
  expect(asked.at(-1)).toMatchObject({
    response: { output: [{ summary: [{ type: 'summary_text', text: 'Let me see.' }] }, {}] },
  });
  expect(typesOf(run(createFold(), deltas)).filter((type) => type.includes('summary'))).toEqual([]);
});

test('calls keep their own arguments, though they come in turns', () => {
  const events = run(createFold(), [
    call(0, 'look'),
    args(0, '{"a":'),
    call(1, 'hear'),
    args(1, '{}'),
    args(0, '1}'),
    ended('tool-calls'),
  ]);
  expect(events.at(-1)).toMatchObject({
    type: 'response.completed',
    response: {
      output: [
        { type: 'function_call', call_id: 'call_0', name: 'look', arguments: '{"a":1}', status: 'completed' },
        { type: 'function_call', call_id: 'call_1', name: 'hear', arguments: '{}', status: 'completed' },
      ],
    },
  });
  const done = events.filter(({ type }) => type === 'response.function_call_arguments.done');
  expect(done).toMatchObject([
    { output_index: 0, name: 'look', arguments: '{"a":1}' },
    { output_index: 1, name: 'hear' },
  ]);
});

test('an answer that the token limit cut is incomplete, and so is its last item', () => {
  const fold = createFold();
  const events = run(fold, [thought('hm'), text('once upon a'), ended('length')]);
  expect(events.at(-1)?.type).toBe('response.incomplete');
  expect(fold.response).toMatchObject({
    status: 'incomplete',
    completed_at: null,
    incomplete_details: { reason: 'max_output_tokens' },
    output: [{ status: 'completed' }, { status: 'incomplete' }],
  });
});

test('an answer without a word is an empty message, since clients read the first', () => {
  const fold = createFold();
  run(fold, [ended('stop')]);
  expect(fold.response.output).toMatchObject([{ type: 'message', content: [{ text: '' }] }]);
});

test('log probabilities stand with the deltas and with the text', () => {
  const token = { text: 'Hi', bytes: Uint8Array.of(72, 105), logprob: -0.5 };
  const fold = createFold();
  const events = run(fold, [{ ...text('Hi'), logprobs: [{ ...token, top: [token] }] } as Delta, ended('stop')]);
  const told = [
    { token: 'Hi', bytes: [72, 105], logprob: -0.5, top_logprobs: [{ token: 'Hi', bytes: [72, 105], logprob: -0.5 }] },
  ];
  expect(events.find(({ type }) => type === 'response.output_text.delta')).toMatchObject({ logprobs: told });
  expect(fold.response.output[0]).toMatchObject({ content: [{ logprobs: told }] });
});

test('a failure keeps what was written, says that the response failed, and ends with the error', () => {
  const fold = createFold();
  fold.push(text('once upon'));
  const error = new GatewayError('model_crashed', 'it fell over');
  fold.fail(error);
  expect(fold.failure(error)).toMatchObject([
    {
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: 'server_error', message: 'it fell over' },
        output: [{ status: 'incomplete', content: [{ text: 'once upon' }] }],
      },
    },
    { type: 'error', code: 'model_crashed', message: 'it fell over', error: { code: 'model_crashed' } },
  ]);
});

test('a background response is queued until its work begins', () => {
  const fold = createFold({ background: true });
  const events = [...fold.begin(), ...fold.push({ kind: 'start', model: 'm' })];
  expect(typesOf(events)).toEqual(['response.created', 'response.queued', 'response.in_progress']);
  expect(typesOf(run(fold, [text('x'), ended('stop')]))[0]).toBe('response.output_item.added');
});

describe('whatever is answered', () => {
  /** Events of a random answer: items in any order, calls whose arguments come in turns, any end. */
  function randomDeltas(random: (below: number) => number): Delta[] {
    const deltas: Delta[] = [];
    let calls = 0;
    for (let left = random(25); left > 0; left--) {
      const piece = ['a', '限时', '', ' ', '{"x":', '\n\n'][random(6)] ?? '';
      switch (random(5)) {
        case 0:
          deltas.push(thought(piece));
          break;
        case 1:
          deltas.push(call(calls++));
          break;
        case 2:
          if (calls > 0) deltas.push(args(random(calls), piece));
          break;
        default:
          deltas.push(text(piece));
      }
    }
    return [...deltas, ended(random(3) === 0 ? 'length' : calls > 0 ? 'tool-calls' : 'stop')];
  }

  const cases = Array.from({ length: 300 }, (_, seed) => {
    let state = seed * 2_654_435_761 + 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    return { seed, random };
  });

  test('the official client puts the events together to the same response, and they follow the schema', () => {
    for (const { seed, random } of cases) {
      const asked = random(2) === 0 ? { reasoning: { summary: 'auto' } } : {};
      const fold = createFold(asked);
      const events = run(fold, randomDeltas(random));
      // But for its last event, which brings the whole response.
      const beforeLast = accumulated(events.slice(0, -1)) as ResponseObject;
      expect(beforeLast.output, `seed ${seed}`).toEqual(fold.response.output);
      expect(accumulated(events), `seed ${seed}`).toEqual(fold.response);
      expect(() => events.forEach((event) => ResponseStreamEvent.parse(event)), `seed ${seed}`).not.toThrow();
      expect(ResponseSchema.parse(fold.response)).toEqual(fold.response);
    }
  });

  test('each item is added once, then filled, then done, and nothing of it comes later', () => {
    for (const { seed, random } of cases) {
      const events = run(createFold(), randomDeltas(random));
      const states = new Map<number, 'added' | 'done'>();
      for (const event of events) {
        if (!('output_index' in event)) continue;
        const { output_index: index, type } = event;
        if (type === 'response.output_item.added') {
          expect([states.get(index), index], `seed ${seed}`).toEqual([undefined, states.size]);
          states.set(index, 'added');
        } else {
          expect(states.get(index), `seed ${seed}: ${type}`).toBe('added');
          if (type === 'response.output_item.done') states.set(index, 'done');
        }
      }
      expect(
        [...states.values()].filter((state) => state !== 'done'),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  test('a kept response is told again with the same items and the same end', () => {
    for (const { seed, random } of cases) {
      const fold = createFold();
      run(fold, randomDeltas(random));
      const again = replayResponse(fold.response);
      expect(again.map((event) => event.sequence_number)).toEqual(again.map((_, at) => at));
      expect(accumulated(again), `seed ${seed}`).toEqual(fold.response);
    }
  });
});
