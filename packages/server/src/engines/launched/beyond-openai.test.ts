import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent, ChatRequest } from '../engine.ts';
import { runBeyondOpenAi } from './beyond-openai.ts';
import { GREEDY } from '../test-sampling.ts';

const request: ChatRequest = {
  messages: [{ role: 'user', content: 'hello' }],
  sampling: GREEDY,
  maxTokens: 500,
  stop: [],
};

/** An engine whose context has room for so many tokens of an answer. */
function engineWith(room: number) {
  const asked: ChatRequest[] = [];
  return {
    asked,
    async *run(wanted: ChatRequest): AsyncGenerator<ChatEvent> {
      asked.push(wanted);
      if ((wanted.maxTokens ?? 1) > room) throw new GatewayError('context_length_exceeded', 'too long');
      yield { kind: 'text-delta', text: 'Hi' };
      yield { kind: 'prompt', promptTokens: 9, cachedTokens: 3 };
      yield { kind: 'finish', reason: 'stop', completionTokens: 1 };
    },
  };
}

async function eventsOf(wanted: ChatRequest, engine: ReturnType<typeof engineWith>): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of runBeyondOpenAi((asked) => engine.run(asked), wanted)) events.push(event);
  return events;
}

test('tokens are counted by an answer of one token, of which nothing is told', async () => {
  const engine = engineWith(1000);
  expect(await eventsOf({ ...request, countOnly: true, format: { kind: 'json-object' } }, engine)).toEqual([
    { kind: 'prompt', promptTokens: 9, cachedTokens: 3 },
    { kind: 'finish', reason: 'length', completionTokens: 0 },
  ]);
  expect(engine.asked).toMatchObject([{ maxTokens: 1 }]);
  expect(engine.asked[0]).not.toHaveProperty('format');
});

test('an answer that is to fit asks for all the room once there is less than it wants', async () => {
  const engine = engineWith(100);
  expect((await eventsOf({ ...request, fitsContext: true }, engine)).at(-1)).toMatchObject({ kind: 'finish' });
  expect(engine.asked.map(({ maxTokens }) => maxTokens)).toEqual([500, null]);
});

test('other answers are refused where there is less room than they want', async () => {
  await expect(eventsOf(request, engineWith(100))).rejects.toMatchObject({ code: 'context_length_exceeded' });
  await expect(eventsOf({ ...request, fitsContext: true }, engineWith(0))).rejects.toMatchObject({
    code: 'context_length_exceeded',
  });
});

test('a gap is not filled', async () => {
  await expect(eventsOf({ ...request, prompt: 'a', suffix: 'b' }, engineWith(100))).rejects.toMatchObject({
    code: 'unsupported_value',
    param: 'suffix',
  });
});
