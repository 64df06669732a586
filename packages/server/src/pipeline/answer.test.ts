import { expect, test } from 'vitest';
import type { ChatRequest, OcrEvent } from '../engines/engine.ts';
import { testSpec } from '../models/test-spec.ts';
import { systemClock } from '../shared/clock.ts';
import { answer, type AnswerPlan } from './answer.ts';
import { DEFAULT_PERSONA } from './persona.ts';
import type { AnswerEvent, ChatInput, InputPart } from './request.ts';
import { DEFAULT_TEMPLATES } from './templates.ts';
import { TestModels, yields } from './test-models.ts';

const page: OcrEvent = {
  kind: 'ocr-result',
  width: 9,
  height: 9,
  rotation: 0,
  lines: [
    {
      text: '限时优惠',
      confidence: 1,
      box: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    },
  ],
};
const image: InputPart = { kind: 'image', bytes: new Uint8Array(4), mediaType: 'image/png' };
const audio: InputPart = { kind: 'audio', bytes: new Uint8Array(4) };

function plan(given: Partial<AnswerPlan> = {}): AnswerPlan {
  const chatModel = testSpec({ id: 'chat', task: 'chat', settings: { sampling: { temperature: 0.2 } } });
  return {
    route: 'SELF_INFER',
    reason: 'test',
    confidence: 1,
    chatModel,
    ocrModel: 'ocr',
    asrModel: 'asr',
    persona: true,
    ...given,
  };
}

function ask(...parts: InputPart[]): ChatInput {
  return {
    id: 'chatcmpl-1',
    model: 'auto',
    messages: [{ role: 'user', parts }],
    sampling: { topP: 0.5 },
    maxTokens: 7,
    stop: ['END'],
    prompt: null,
    prefill: '',
    choices: 1,
    tools: null,
    format: { kind: 'text' },
    logprobs: null,
    speech: null,
    thinking: { enabled: null, budgetTokens: null },
    returnReasoning: false,
    trace: true,
  };
}

function chatModel(seen: ChatRequest[]) {
  return {
    task: 'chat' as const,
    async *run(request: ChatRequest) {
      await Promise.resolve();
      seen.push(request);
      yield { kind: 'prompt', promptTokens: 5, cachedTokens: 2 };
      yield { kind: 'text-delta', text: '好' };
      yield { kind: 'finish', reason: 'stop', completionTokens: 1 };
    },
  };
}

const asr = yields(
  'asr',
  { kind: 'audio', durationSeconds: 2 },
  { kind: 'segment', text: '多少', startSeconds: 0, endSeconds: 1, language: 'zh' },
  { kind: 'segment', text: '钱', startSeconds: 1, endSeconds: 2, language: 'zh' },
  { kind: 'finish', language: 'zh' },
);

function run(models: TestModels, given: Partial<AnswerPlan>, input: ChatInput, signal = new AbortController().signal) {
  const deps = { models, clock: systemClock, templates: DEFAULT_TEMPLATES, persona: DEFAULT_PERSONA };
  return answer(deps, plan(given), input, signal);
}

async function collect(events: AsyncIterable<AnswerEvent>): Promise<AnswerEvent[]> {
  const all: AnswerEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test('picture and speech are read, put into the prompt, answered and traced', async () => {
  const seen: ChatRequest[] = [];
  const models = new TestModels({ chat: chatModel(seen), ocr: yields('ocr', page), asr });
  const events = await collect(run(models, {}, ask(image, audio)));
  expect(seen[0]?.messages.at(-1)?.content).toBe('图片中的文字是:<media>限时优惠</media>。\n多少钱');
  expect(seen[0]).toMatchObject({ maxTokens: 7, stop: ['END'], sampling: { temperature: 0.2, topP: 0.5, topK: 40 } });
  expect(events[0]).toEqual({ kind: 'start', model: 'chat' });
  const last = events.at(-1);
  if (last?.kind !== 'finish') throw new Error('the answer did not finish');
  expect(last).toMatchObject({ promptTokens: 5, cachedTokens: 2, completionTokens: 1, reasoningTokens: 0 });
  expect(events.at(-3)).toEqual({ kind: 'choice-finished', choice: 0, reason: 'stop' });
  expect(last.plan.steps.map((step) => step.step).toSorted()).toEqual(['asr', 'chat', 'ocr']);
  expect(models.leased).toBe(0);
});

test('the chat model is asked for only once every specialist is pinned, so a small budget cannot lock up', async () => {
  const models = new TestModels({ chat: chatModel([]), ocr: yields('ocr', page), asr });
  await collect(run(models, {}, ask(image, image, audio)));
  expect(models.acquired.indexOf('chat')).toBe(models.acquired.length - 1);
});

test('a plan names its models in the order of its steps before the first one works', async () => {
  const models = new TestModels({ chat: chatModel([]), ocr: yields('ocr', page), asr });
  await collect(run(models, {}, ask(image, audio)));
  expect(models.announced).toEqual([['asr', 'ocr', 'chat']]);
});

test('a hub that sees is given the picture itself', async () => {
  const seen: ChatRequest[] = [];
  const models = new TestModels({ chat: chatModel(seen) });
  const sees = testSpec({ id: 'chat', task: 'chat', input: ['text', 'image'] });
  await collect(run(models, { ocrModel: null, asrModel: null, chatModel: sees }, ask(image)));
  expect(seen[0]?.messages.at(-1)?.content).toEqual([image]);
});

test('a plan without specialists asks for nothing else', async () => {
  const models = new TestModels({ chat: chatModel([]) });
  await collect(run(models, { ocrModel: null, asrModel: null }, ask({ kind: 'text', text: 'hi' })));
  expect(models.acquired).toEqual(['chat']);
});

test('one specialist that fails fails the answer, stops the others and releases everything', async () => {
  let stopped = false;
  const slow = {
    task: 'asr' as const,
    async *run(_request: unknown, signal: AbortSignal) {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          resolve();
        });
      });
      yield { kind: 'finish', language: null };
    },
  };
  const broken = {
    task: 'ocr' as const,
    run: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no reader')) }) }),
  };
  const models = new TestModels({ chat: chatModel([]), ocr: broken, asr: slow });
  await expect(collect(run(models, {}, ask(image, audio)))).rejects.toThrow('no reader');
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(stopped).toBe(true);
  expect(models.leased).toBe(0);
});

test('a caller who stops reading releases every model', async () => {
  const models = new TestModels({ chat: chatModel([]), ocr: yields('ocr', page), asr });
  for await (const event of run(models, {}, ask(image, audio))) if (event.kind === 'text-delta') break;
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(models.leased).toBe(0);
});

test('an aborted request ends with the reason and releases every model', async () => {
  const controller = new AbortController();
  const models = new TestModels({ chat: chatModel([]), ocr: yields('ocr', page), asr });
  const reading = async (): Promise<void> => {
    for await (const event of run(models, {}, ask(image, audio), controller.signal)) {
      if (event.kind === 'step-started') controller.abort(new Error('left'));
    }
  };
  await expect(reading()).rejects.toThrow('left');
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(models.leased).toBe(0);
});

/** Answers with the seed it was given, a word at a time. */
const saysSeed = {
  task: 'chat' as const,
  async *run({ sampling }: ChatRequest) {
    yield { kind: 'prompt', promptTokens: 5, cachedTokens: sampling.seed === 7 ? 0 : 5 };
    await new Promise((resolve) => setImmediate(resolve));
    yield { kind: 'reasoning-delta', text: 'hm' };
    for (const word of ['seed ', String(sampling.seed)]) {
      await new Promise((resolve) => setImmediate(resolve));
      yield { kind: 'text-delta', text: word };
    }
    yield { kind: 'finish', reason: 'stop', completionTokens: 3, reasoningTokens: 1 };
  },
};

test('several answers are written side by side under one lease, each with a seed of its own', async () => {
  const models = new TestModels({ chat: saysSeed });
  const input: ChatInput = { ...ask({ kind: 'text', text: 'hi' }), choices: 3, sampling: { seed: 7 } };
  const events = await collect(run(models, { ocrModel: null, asrModel: null }, input));
  const textOf = (choice: number): string =>
    events.flatMap((event) => (event.kind === 'text-delta' && event.choice === choice ? [event.text] : [])).join('');
  expect([0, 1, 2].map(textOf)).toEqual(['seed 7', 'seed 8', 'seed 9']);
  expect(models.acquired).toEqual(['chat']);
  expect(events.filter(({ kind }) => kind === 'choice-finished')).toHaveLength(3);
  expect(events.at(-1)).toMatchObject({
    kind: 'finish',
    promptTokens: 5,
    cachedTokens: 0,
    completionTokens: 9,
    reasoningTokens: 3,
  });
  const words = events.flatMap((event) => (event.kind === 'text-delta' ? [event.choice] : []));
  expect(words.indexOf(2)).toBeLessThan(words.lastIndexOf(0));
  expect(models.leased).toBe(0);
});

test('a caller who leaves stops every one of several answers', async () => {
  let running = 0;
  const endless = {
    task: 'chat' as const,
    async *run(_request: ChatRequest, signal: AbortSignal) {
      running += 1;
      try {
        for (;;) {
          await new Promise((resolve) => setImmediate(resolve));
          signal.throwIfAborted();
          yield { kind: 'text-delta', text: 'x' };
        }
      } finally {
        running -= 1;
      }
    },
  };
  const models = new TestModels({ chat: endless });
  const input: ChatInput = { ...ask({ kind: 'text', text: 'hi' }), choices: 4 };
  let most = 0;
  let seen = 0;
  for await (const event of run(models, { ocrModel: null, asrModel: null }, input)) {
    most = Math.max(most, running);
    if (event.kind === 'text-delta' && seen++ > 20) break;
  }
  expect(most).toBe(4);
  expect(running).toBe(0);
  expect(models.leased).toBe(0);
});

test('an engine that ends without saying why it is done is a crash, not an answer', async () => {
  const models = new TestModels({ chat: yields('chat', { kind: 'text-delta', text: 'He' }) });
  const events = run(models, { ocrModel: null, asrModel: null }, ask({ kind: 'text', text: 'hi' }));
  await expect(collect(events)).rejects.toMatchObject({ code: 'model_crashed' });
});

const clock = { name: 'clock', description: null, parameters: { type: 'object' }, strict: false };

test('tools, format, log probabilities, a beginning and template options reach the engine, with the calls of earlier turns', async () => {
  const seen: ChatRequest[] = [];
  const models = new TestModels({ chat: chatModel(seen) });
  const tools = { definitions: [clock], choice: 'required', parallel: false } as const;
  const toolCalls = [{ id: 'call_1', name: 'clock', arguments: '{}' }];
  const input: ChatInput = {
    ...ask({ kind: 'text', text: 'What time is it?' }),
    messages: [
      { role: 'user', parts: [{ kind: 'text', text: 'What time is it?' }] },
      { role: 'assistant', parts: [], toolCalls, reasoning: 'hm' },
      { role: 'tool', parts: [{ kind: 'text', text: '12:00' }], toolCallId: 'call_1' },
    ],
    tools,
    format: { kind: 'json-object' },
    logprobs: 3,
    prefill: '{',
    templateOptions: { tone: 'dry' },
  };
  await collect(run(models, { ocrModel: null, asrModel: null }, input));
  expect(seen[0]).toMatchObject({
    tools,
    format: { kind: 'json-object' },
    logprobs: 3,
    prefill: '{',
    templateOptions: { tone: 'dry' },
  });
  expect(seen[0]?.messages.slice(1)).toEqual([
    { role: 'user', content: 'What time is it?' },
    { role: 'assistant', content: '', toolCalls, reasoning: 'hm' },
    { role: 'tool', content: '12:00', toolCallId: 'call_1' },
  ]);
});

test('text to be continued reaches the engine as it is: no persona, no template, nothing that was not asked', async () => {
  const seen: ChatRequest[] = [];
  const models = new TestModels({ chat: chatModel(seen) });
  const input: ChatInput = { ...ask(), messages: [], prompt: 'Once upon a time' };
  await collect(run(models, { ocrModel: null, asrModel: null }, input));
  expect(seen[0]).toMatchObject({ messages: [], prompt: 'Once upon a time' });
  for (const key of ['tools', 'format', 'logprobs', 'prefill', 'templateOptions'])
    expect(seen[0]).not.toHaveProperty(key);
});
