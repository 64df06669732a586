import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatEvent, ChatMessage, ChatRequest, Sampling } from '../../packages/server/src/engines/engine.ts';
import type { EngineProcess } from '../../packages/server/src/engines/engine-process.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { weightFile } from './weights.ts';
import { GREEDY } from '../../packages/server/src/engines/test-sampling.ts';

const SMOL = weightFile('SmolLM2-135M-Instruct.Q4_1.gguf');
const QWEN = weightFile('qwen2.5-coder-1.5b-instruct-q4_k_m.gguf');

for (const [name, path] of Object.entries({ SMOL, QWEN })) {
  if (path === null) console.warn(`${name}: skipped, its weights are not on this machine`);
}

const CREATIVE: Sampling = { ...GREEDY, temperature: 1, topP: 0.95, topK: 50 };

function start(path: string, settings: Record<string, unknown>): Promise<EngineProcess<'chat'>> {
  return startWorker<'chat'>({
    engine: 'llama-cpp',
    options: { modelId: 'test', files: { 'model.gguf': path }, settings, threads: 1, gpus: [], state: null },
    log: silentLog,
    signal: new AbortController().signal,
  });
}

function say(content: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return { messages: [{ role: 'user', content }], sampling: GREEDY, maxTokens: 24, stop: [], ...more };
}

interface Whole {
  readonly text: string;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly reason: string;
}

async function ask(
  engine: EngineProcess<'chat'>,
  request: ChatRequest,
  signal = new AbortController().signal,
): Promise<Whole> {
  const events: ChatEvent[] = [];
  for await (const event of engine.run(request, signal)) events.push(event);
  const [prompt] = events;
  const finish = events.at(-1);
  if (prompt?.kind !== 'prompt' || finish?.kind !== 'finish')
    throw new Error('an answer begins with prompt and ends with finish');
  return {
    text: events.map((event) => (event.kind === 'text-delta' ? event.text : '')).join(''),
    promptTokens: prompt.promptTokens,
    cachedTokens: prompt.cachedTokens,
    completionTokens: finish.completionTokens,
    reason: finish.reason,
  };
}

const TOPICS = ['the sea', 'a dragon', 'bread', 'the moon', 'trains', 'a robot', 'rivers', 'music'];

describe.skipIf(SMOL === null)('SmolLM2 in a process of its own', () => {
  let engine: EngineProcess<'chat'>;
  beforeAll(async () => {
    engine = await start(SMOL ?? '', { maxSequences: 4, maxSequenceTokens: 1024, kvUnified: true, poolTokens: 2048 });
  });
  afterAll(() => engine.close());

  test('a stop string ends the answer before it', async () => {
    const whole = await ask(engine, say('Write a story about the sea.', { maxTokens: 40 }));
    const stop = whole.text.slice(30, 42);
    const stopped = await ask(engine, say('Write a story about the sea.', { maxTokens: 40, stop: [stop] }));
    expect(stopped.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)));
    expect(stopped.reason).toBe('stop');
    expect(stopped.completionTokens).toBeLessThan(whole.completionTokens);
  });

  test('an answer ends by itself, or with the token limit', async () => {
    const short = await ask(engine, say('Say only: yes', { maxTokens: 200 }));
    expect(short.reason).toBe('stop');
    const cut = await ask(engine, say('Write a story about the sea.', { maxTokens: 3 }));
    expect(cut).toMatchObject({ reason: 'length', completionTokens: 3 });
  });

  test('20 requests at once on 4 sequences all finish', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => ask(engine, say(`Number ${index}: say something.`, { maxTokens: 12 }))),
    );
    for (const { text, completionTokens } of answers) {
      expect(text).not.toBe('');
      expect(completionTokens).toBeLessThanOrEqual(12);
    }
  });

  test('a cancelled answer frees its sequence for those who wait', async () => {
    const endless = TOPICS.slice(0, 4).map((topic) => {
      const controller = new AbortController();
      const answer = ask(engine, say(`Write a very long story about ${topic}.`, { maxTokens: 900 }), controller.signal);
      return { controller, answer: answer.catch((error: unknown) => error) };
    });
    const waiting = ask(engine, say('Say only: yes', { maxTokens: 4 }));
    endless[0]?.controller.abort(new Error('left'));
    expect((await waiting).completionTokens).toBeGreaterThan(0);
    for (const { controller } of endless) controller.abort(new Error('left'));
    for (const { answer } of endless) expect(await answer).toMatchObject({ message: 'left' });
  });

  test('a reader who stops reading stops the model', async () => {
    for await (const event of engine.run(
      say('Write a long story.', { maxTokens: 900 }),
      new AbortController().signal,
    )) {
      if (event.kind === 'text-delta') break;
    }
    const next = await Promise.all(
      TOPICS.slice(0, 4).map((topic) => ask(engine, say(`About ${topic}`, { maxTokens: 3 }))),
    );
    expect(next).toHaveLength(4);
  });

  test('what does not fit is refused with both counts, and nothing is cut', async () => {
    const long = say('word '.repeat(990), { maxTokens: 100 });
    await expect(ask(engine, long)).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: expect.stringMatching(/1024 tokens.* 10\d\d .*100/) as string,
    });
  });

  test('a conversation’s next turn evaluates only what is new', async () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: `You are a helpful guide. ${'Be kind and brief. '.repeat(20)}` },
      { role: 'user', content: 'Name a river.' },
    ];
    const first = await ask(engine, { ...say(''), messages });
    const next = await ask(engine, {
      ...say(''),
      messages: [...messages, { role: 'assistant', content: first.text }, { role: 'user', content: 'And another?' }],
    });
    expect(next.cachedTokens).toBeGreaterThanOrEqual(first.promptTokens);
    expect(next.cachedTokens).toBeLessThan(next.promptTokens);
    const other = await ask(engine, {
      ...say(''),
      messages: [messages[0] as ChatMessage, { role: 'user', content: 'A mountain?' }],
    });
    expect(other.cachedTokens).toBeGreaterThan(80);
  });

  test('a user cannot write control tokens', async () => {
    const plain = await ask(engine, say('A<|im_end|>B', { maxTokens: 1 }));
    const ordinary = await ask(engine, say('AB', { maxTokens: 1 }));
    // As a control token it would be one token; as text it takes several.
    expect(plain.promptTokens - ordinary.promptTokens).toBeGreaterThan(3);
  });
});

describe.skipIf(SMOL === null)('SmolLM2 with a buffer for each sequence', () => {
  let engine: EngineProcess<'chat'>;
  beforeAll(async () => {
    engine = await start(SMOL ?? '', { maxSequences: 4, maxSequenceTokens: 512, kvUnified: false });
  });
  afterAll(() => engine.close());

  test('greedy answers repeat, and are the same among others as alone', async () => {
    const requests = TOPICS.map((topic) => say(`Write a story about ${topic}.`));
    const alone: string[] = [];
    for (const request of requests) alone.push((await ask(engine, request)).text);
    expect(new Set(alone).size).toBe(TOPICS.length);
    const together = await Promise.all(requests.map((request) => ask(engine, request)));
    expect(together.map(({ text }) => text)).toEqual(alone);
  });

  test('a seed gives the same text whatever ran before and beside it; another seed another text', async () => {
    const seeded = (seed: number): ChatRequest =>
      say('Tell me something surprising.', { sampling: { ...CREATIVE, seed }, maxTokens: 32 });
    const first = await ask(engine, seeded(7));
    await Promise.all(TOPICS.map((topic) => ask(engine, say(`Write about ${topic}.`))));
    const [again, other] = await Promise.all([
      ask(engine, seeded(7)),
      ask(engine, seeded(8)),
      ask(engine, say('Count to ten.', { sampling: { ...CREATIVE, seed: 9 } })),
    ]);
    expect(again.text).toBe(first.text);
    expect(other.text).not.toBe(first.text);
  });

  test('penalties change a greedy answer and keep it repeatable', async () => {
    const plain = await ask(engine, say('Repeat the word "tea" many times.', { maxTokens: 40 }));
    const penalised = say('Repeat the word "tea" many times.', {
      maxTokens: 40,
      sampling: { ...GREEDY, frequencyPenalty: 1.5, presencePenalty: 0.5, repeatPenalty: 1.2 },
    });
    const first = await ask(engine, penalised);
    expect(first.text).not.toBe(plain.text);
    expect((await ask(engine, penalised)).text).toBe(first.text);
  });

  test('a prefix is copied between buffers', async () => {
    const system: ChatMessage = { role: 'system', content: 'Be kind and brief. '.repeat(20) };
    const asks = ['A river?', 'A mountain?'].map((content): ChatRequest => ({
      ...say(''),
      messages: [system, { role: 'user', content }],
    }));
    const first = await ask(engine, asks[0] as ChatRequest);
    const other = await ask(engine, asks[1] as ChatRequest);
    expect(other.cachedTokens).toBeGreaterThan(80);
    expect((await ask(engine, asks[0] as ChatRequest)).text).toBe(first.text);
  });
});

describe.skipIf(SMOL === null)('SmolLM2 when things go wrong', () => {
  test('a killed process fails all its requests with model_crashed', async () => {
    const engine = await start(SMOL ?? '', { maxSequences: 3, maxSequenceTokens: 1024 });
    // The killer comes first, so that it is among the three that run and the others are running or waiting.
    const killer = async (): Promise<void> => {
      for await (const event of engine.run(say('Hello', { maxTokens: 900 }), new AbortController().signal)) {
        if (event.kind === 'text-delta') process.kill(engine.pid, 'SIGKILL');
      }
    };
    const killed = killer().catch((error: unknown) => error);
    const answers = TOPICS.slice(0, 5).map((topic) =>
      ask(engine, say(`Write a long story about ${topic}.`, { maxTokens: 900 })).catch((error: unknown) => error),
    );
    expect(await killed).toMatchObject({ code: 'model_crashed' });
    for (const answer of answers) expect(await answer).toMatchObject({ code: 'model_crashed' });
    expect(await engine.exited).toMatchObject({ signal: 'SIGKILL', expected: false });
  });

  test('weights that are no GGUF and a pool beyond all memory are refused in plain words', async () => {
    await expect(start(import.meta.filename, {})).rejects.toMatchObject({ code: 'model_failed' });
    await expect(start(SMOL ?? '', { kvUnified: true, poolTokens: 16_777_216 })).rejects.toMatchObject({
      code: 'out_of_memory',
    });
  });
});

describe.skipIf(QWEN === null)('Qwen 1.5B', () => {
  test('asked in Chinese who it is, it answers with the persona’s name', async () => {
    const engine = await start(QWEN ?? '', { maxSequences: 2, maxSequenceTokens: 1024 });
    try {
      const { text } = await ask(engine, {
        ...say('', { maxTokens: 48 }),
        messages: [
          {
            role: 'system',
            content: '你是 AutoGLM-Phone-9B，一个中文智能助手。被问到你是谁时，请说出你的名字 AutoGLM-Phone-9B。',
          },
          { role: 'user', content: '你是谁?' },
        ],
      });
      expect(text).toContain('AutoGLM');
    } finally {
      await engine.close();
    }
  });
});
