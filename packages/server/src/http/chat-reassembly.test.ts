import type { ChatCompletion, ChatCompletionChunk, ChatLogprobs } from '@concert/protocol';
import { expect, test } from 'vitest';
import { type Random, randomFrom } from '../models/simulate/random.ts';
import type { AnswerEvent } from '../pipeline/request.ts';
import { createApp } from './app.ts';
import { FAKE_END, fakeDeps } from './fake-deps.ts';

const TEXTS = ['a', ' b', '"', '\\', '\n\n', '好', '👍', 'data: ', '</s>', '', '\u2028', '{"x":1}'];
const SEEDS = Array.from({ length: 200 }, (_, at) => at + 1);

/** The events of some answers, in an order that is right for each of them and random between them. */
function randomAnswer(random: Random, choices: number): AnswerEvent[] {
  const queues = Array.from({ length: choices }, (_, choice) => choiceEvents(random, choice));
  const events: AnswerEvent[] = [{ kind: 'start', model: 'small-llm' }];
  for (;;) {
    const open = queues.filter((queue) => queue.length > 0);
    if (open.length === 0) return [...events, ...FAKE_END.slice(-1)];
    events.push(...random.pick(open).splice(0, 1));
  }
}

function choiceEvents(random: Random, choice: number): AnswerEvent[] {
  const many = (most: number): undefined[] => Array.from({ length: Math.floor(random.between(0, most + 1)) });
  const told = (text: string) => ({ text, bytes: Buffer.from(text), logprob: -random.next() });
  const calls = many(3).flatMap((_, index): AnswerEvent[] => [
    { kind: 'tool-call', choice, index, id: `call_${choice}_${index}`, name: random.pick(['a', 'b.c']) },
    ...many(4).map(() => ({ kind: 'tool-call-delta', choice, index, text: random.pick(TEXTS) }) as const),
  ]);
  return [
    ...many(4).map(() => ({ kind: 'reasoning-delta', choice, text: random.pick(TEXTS) }) as const),
    ...many(6).map(() => {
      const text = random.pick(TEXTS);
      return { kind: 'text-delta', choice, text, logprobs: [{ ...told(text), top: [told('x')] }] } as const;
    }),
    ...calls,
    { kind: 'choice-finished', choice, reason: calls.length > 0 ? 'tool-calls' : random.pick(['stop', 'length']) },
  ];
}

type Choice = ChatCompletion['choices'][number];

/** What a client makes of the chunks, by OpenAI's rules: texts are joined, calls go by their index. */
function reassembled(chunks: readonly ChatCompletionChunk[]): { choices: Choice[]; usage: unknown } {
  const choices: { choice: Choice; text: string; reasoning: string }[] = [];
  let usage: unknown = null;
  for (const chunk of chunks) {
    usage = chunk.usage ?? usage;
    for (const { index, delta, logprobs, finish_reason } of chunk.choices) {
      const held = (choices[index] ??= {
        choice: {
          index,
          message: { role: 'assistant', content: null, refusal: null },
          logprobs: { content: [], refusal: null },
          finish_reason: 'stop',
        },
        text: '',
        reasoning: '',
      });
      held.text += delta.content ?? '';
      held.reasoning += delta.reasoning_content ?? '';
      (held.choice.logprobs as ChatLogprobs).content.push(...(logprobs?.content ?? []));
      for (const call of delta.tool_calls ?? []) {
        const calls = (held.choice.message.tool_calls ??= []);
        if (call.id !== undefined)
          calls[call.index] = { id: call.id, type: 'function', function: { name: '', arguments: '' } };
        const known = calls[call.index];
        if (known === undefined) throw new Error('arguments came before their call');
        known.function.name += call.function.name ?? '';
        known.function.arguments += call.function.arguments;
      }
      if (finish_reason !== null) held.choice.finish_reason = finish_reason;
    }
  }
  return {
    choices: choices.map(({ choice, text, reasoning }) => ({
      ...choice,
      message: {
        ...choice.message,
        content: text === '' && choice.message.tool_calls !== undefined ? null : text,
        ...(reasoning !== '' && { reasoning_content: reasoning, reasoning }),
      },
    })),
    usage,
  };
}

test.each(SEEDS)('the chunks put together are the answer in one piece (seed %i)', async (seed) => {
  const choices = 1 + (seed % 3);
  const events = randomAnswer(randomFrom(seed), choices);
  const app = createApp(
    fakeDeps({
      async *answer() {
        yield* events;
      },
    }),
  );
  const asked = {
    messages: [{ role: 'user', content: 'Hi' }],
    n: choices,
    logprobs: true,
    top_logprobs: 1,
    return_reasoning: true,
    stream_options: { include_usage: true },
  };
  const post = (payload: object) => app.inject({ method: 'POST', url: '/v1/chat/completions', payload });
  const whole = (await post(asked)).json<ChatCompletion>();
  const frames = (await post({ ...asked, stream: true })).body.split('\n\n').filter((frame) => frame !== '');
  expect(frames.pop()).toBe('data: [DONE]');
  const chunks = frames.map((frame) => JSON.parse(frame.replace('data: ', '')) as ChatCompletionChunk);
  expect(reassembled(chunks)).toEqual({ choices: whole.choices, usage: whole.usage });
});
