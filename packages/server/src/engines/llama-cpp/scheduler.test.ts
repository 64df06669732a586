import { expect, test } from 'vitest';
import type { ChatEvent } from '../engine.ts';
import { FakeContext, saysAfter } from './fake-context.ts';
import type { AnswerStage, TokenChooser } from './job.ts';
import { Pace } from './pace.ts';
import { ParkedStates } from './parked-states.ts';
import { type Answer, Scheduler, type SchedulerOptions } from './scheduler.ts';

const END = 0;

/** Writes 65, 66, 67 … and ends after `length` tokens. */
function chooserOf(length: number, freed: string[] = []): TokenChooser {
  let written = 0;
  return { next: () => (written++ < length ? 64 + written : END), free: () => freed.push('freed') };
}

function make(options: Partial<SchedulerOptions> & { parkedBytes?: number } = {}): {
  context: FakeContext;
  scheduler: Scheduler;
} {
  const context = new FakeContext();
  const scheduler = new Scheduler({
    context,
    vocabulary: {
      pieceOf: (token) => Uint8Array.of(token),
      endsAnswer: (token) => token === END,
      nameOf: (token) => `<${token}>`,
    },
    maxSequences: 4,
    poolTokens: 1000,
    batchTokens: 64,
    onePool: false,
    reuse: { canCut: true, canShare: true, neighbours: false },
    pace: new Pace(null),
    parked: new ParkedStates(options.parkedBytes ?? 0),
    speculate: false,
    now: () => context.clock,
    ...options,
  });
  return { context, scheduler };
}

const prompt = (start: number, length: number): Int32Array => Int32Array.from({ length }, (_, index) => start + index);

async function read(answer: Answer): Promise<{ text: string; events: ChatEvent[] }> {
  const events: ChatEvent[] = [];
  for await (const event of answer.events) events.push(event);
  return { text: events.map((event) => (event.kind === 'text-delta' ? event.text : '')).join(''), events };
}

test('an answer is a prompt report, its text and how it finished', async () => {
  const { scheduler } = make();
  const { text, events } = await read(
    scheduler.submit({ prompt: prompt(100, 5), maxTokens: 50, stops: [], chooser: chooserOf(3) }),
  );
  expect(text).toBe('ABC');
  expect(events[0]).toEqual({ kind: 'prompt', promptTokens: 5, cachedTokens: 0 });
  expect(events.at(-1)).toEqual({ kind: 'finish', reason: 'stop', completionTokens: 4 });
});

test('the token limit ends an answer with "length", and one of zero writes nothing', async () => {
  const { scheduler } = make();
  const limited = await read(
    scheduler.submit({ prompt: prompt(1, 5), maxTokens: 2, stops: [], chooser: chooserOf(9) }),
  );
  expect(limited.text).toBe('AB');
  expect(limited.events.at(-1)).toEqual({ kind: 'finish', reason: 'length', completionTokens: 2 });
  const none = await read(scheduler.submit({ prompt: prompt(1, 5), maxTokens: 0, stops: [], chooser: chooserOf(9) }));
  expect(none.events.map((event) => event.kind)).toEqual(['prompt', 'finish']);
});

test('a stop string over several tokens ends the answer before it', async () => {
  const { scheduler } = make();
  const { text, events } = await read(
    scheduler.submit({ prompt: prompt(1, 3), maxTokens: 50, stops: ['DE', 'CD'], chooser: chooserOf(20) }),
  );
  expect(text).toBe('AB');
  expect(events.at(-1)).toMatchObject({ kind: 'finish', reason: 'stop' });
});

test('more requests than sequences all finish, and share their steps', async () => {
  const { scheduler, context } = make({ maxSequences: 4 });
  const answers = Array.from({ length: 20 }, (_, index) =>
    read(scheduler.submit({ prompt: prompt(index * 10, 4), maxTokens: 8, stops: [], chooser: chooserOf(100) })),
  );
  for (const { text } of await Promise.all(answers)) expect(text).toBe('ABCDEFGH');
  expect(context.steps.length).toBeLessThan(60);
  expect(scheduler.load).toEqual({ running: 0, waiting: 0 });
});

test('requests start in the order in which they came', async () => {
  const { scheduler } = make({ maxSequences: 1 });
  const order: number[] = [];
  const answers = [0, 1, 2].map(async (index) => {
    await read(scheduler.submit({ prompt: prompt(index * 50, 3), maxTokens: 2, stops: [], chooser: chooserOf(9) }));
    order.push(index);
  });
  await Promise.all(answers);
  expect(order).toEqual([0, 1, 2]);
});

test('answers go on between the chunks of a long prompt', async () => {
  const { scheduler } = make();
  const log: string[] = [];
  const follow = async (name: string, answer: Answer): Promise<void> => {
    for await (const event of answer.events) log.push(`${name} ${event.kind}`);
  };
  const short = follow(
    'short',
    scheduler.submit({ prompt: prompt(1, 4), maxTokens: 12, stops: [], chooser: chooserOf(99) }),
  );
  const long = follow(
    'long',
    scheduler.submit({ prompt: prompt(500, 400), maxTokens: 2, stops: [], chooser: chooserOf(99) }),
  );
  await Promise.all([short, long]);
  const before = log.slice(0, log.indexOf('long prompt')).filter((line) => line === 'short text-delta');
  expect(before.length).toBeGreaterThanOrEqual(5);
});

test('the next turn of a conversation reports what it did not evaluate again', async () => {
  const { scheduler, context } = make();
  await read(scheduler.submit({ prompt: prompt(1, 40), maxTokens: 5, stops: [], chooser: chooserOf(99) }));
  context.steps.length = 0;
  const next = Int32Array.from([...prompt(1, 40), 65, 66, 67, 68, 7, 8]);
  const { events } = await read(scheduler.submit({ prompt: next, maxTokens: 1, stops: [], chooser: chooserOf(99) }));
  expect(events[0]).toEqual({ kind: 'prompt', promptTokens: 46, cachedTokens: 44 });
  expect(context.steps.map(({ rows }) => rows)).toEqual([2]);
});

test('a cancelled answer ends its readers, frees its sequence and its sampler', async () => {
  const { scheduler } = make({ maxSequences: 1 });
  const freed: string[] = [];
  const answer = scheduler.submit({ prompt: prompt(1, 4), maxTokens: 500, stops: [], chooser: chooserOf(1e9, freed) });
  const waiting = scheduler.submit({ prompt: prompt(90, 4), maxTokens: 3, stops: [], chooser: chooserOf(9) });
  await expect(
    (async () => {
      for await (const event of answer.events) if (event.kind === 'text-delta') answer.cancel(new Error('enough'));
    })(),
  ).rejects.toThrow('enough');
  expect(freed).toEqual(['freed']);
  expect((await read(waiting)).text).toBe('ABC');
});

test('a waiting request can be cancelled', async () => {
  const { scheduler } = make({ maxSequences: 1 });
  const first = read(scheduler.submit({ prompt: prompt(1, 4), maxTokens: 3, stops: [], chooser: chooserOf(9) }));
  const second = scheduler.submit({ prompt: prompt(9, 4), maxTokens: 3, stops: [], chooser: chooserOf(9) });
  second.cancel(new Error('left'));
  await expect(read(second)).rejects.toThrow('left');
  expect((await first).text).toBe('ABC');
});

test('when the cache is full idle conversations go first, then the youngest request waits and later goes on', async () => {
  const { scheduler } = make({ maxSequences: 3, poolTokens: 200 });
  await read(scheduler.submit({ prompt: prompt(1000, 60), maxTokens: 1, stops: [], chooser: chooserOf(9) }));
  const answers = [0, 1].map((index) =>
    read(scheduler.submit({ prompt: prompt(index * 300, 20), maxTokens: 150, stops: [], chooser: chooserOf(150) })),
  );
  for (const { events } of await Promise.all(answers)) {
    expect(events.filter((event) => event.kind === 'prompt')).toHaveLength(1);
    expect(events.at(-1)).toEqual({ kind: 'finish', reason: 'length', completionTokens: 150 });
  }
});

test('a failed step fails those who run and nobody else', async () => {
  const { scheduler, context } = make({ maxSequences: 1 });
  const first = scheduler.submit({ prompt: prompt(1, 4), maxTokens: 3, stops: [], chooser: chooserOf(9) });
  const second = read(scheduler.submit({ prompt: prompt(9, 4), maxTokens: 3, stops: [], chooser: chooserOf(9) }));
  context.failNext = true;
  await expect(read(first)).rejects.toMatchObject({ code: 'model_failed' });
  expect((await second).text).toBe('ABC');
});

test('closing fails what runs and waits, and takes no more', async () => {
  const { scheduler } = make({ maxSequences: 1 });
  const answers = [0, 1].map((index) =>
    read(scheduler.submit({ prompt: prompt(index * 9, 4), maxTokens: 300, stops: [], chooser: chooserOf(1e9) })),
  );
  scheduler.close();
  for (const answer of answers) await expect(answer).rejects.toMatchObject({ code: 'shutting_down' });
  expect(() => scheduler.submit({ prompt: prompt(1, 1), maxTokens: 1, stops: [], chooser: chooserOf(1) })).toThrow(
    /being unloaded/,
  );
});

/** Steps of a context while `work` runs. */
async function stepsOf(context: FakeContext, work: Promise<unknown>): Promise<number> {
  const before = context.steps.length;
  await work;
  return context.steps.length - before;
}

const rowsOf = (context: FakeContext): number => context.steps.reduce((sum, { rows }) => sum + rows, 0);

test('requests that come together with the same new prefix evaluate it once', async () => {
  const { scheduler, context } = make({ maxSequences: 8 });
  const system = prompt(100, 300);
  const answers = Array.from({ length: 8 }, (_, index) =>
    read(
      scheduler.submit({
        prompt: Int32Array.from([...system, 1000 + index, 7, 8]),
        maxTokens: 1,
        stops: [],
        chooser: chooserOf(9),
      }),
    ),
  );
  const done = await Promise.all(answers);
  expect(rowsOf(context)).toBe(300 + 8 * 3);
  expect(done.slice(1).map(({ events }) => events[0])).toEqual(
    Array.from({ length: 7 }, () => ({ kind: 'prompt', promptTokens: 303, cachedTokens: 300 })),
  );
});

test('when the one that evaluates a common prefix is cancelled, those who wait for it go on', async () => {
  const { scheduler, context } = make();
  const system = [...prompt(100, 300)];
  const [first, second] = [1, 2].map((end) =>
    scheduler.submit({ prompt: Int32Array.from([...system, end]), maxTokens: 1, stops: [], chooser: chooserOf(9) }),
  ) as [Answer, Answer];
  const failed = expect(read(first)).rejects.toThrow('left');
  while (context.steps.length < 2) await new Promise((resolve) => setImmediate(resolve));
  first.cancel(new Error('left'));
  await failed;
  expect((await read(second)).text).toBe('A');
});

test('requests of another scope neither wait for a prefix nor get it (vLLM CVE-2025-46570)', async () => {
  const { scheduler, context } = make({ parkedBytes: 100_000 });
  const ask = (scope: string): Promise<{ events: ChatEvent[] }> =>
    read(scheduler.submit({ prompt: prompt(100, 200), maxTokens: 1, stops: [], chooser: chooserOf(9), scope }));
  const together = await Promise.all([ask('a'), ask('b')]);
  expect(together.map(({ events }) => events[0])).toEqual([
    { kind: 'prompt', promptTokens: 200, cachedTokens: 0 },
    { kind: 'prompt', promptTokens: 200, cachedTokens: 0 },
  ]);
  expect(rowsOf(context)).toBe(400);
  expect((await ask('c')).events[0]).toMatchObject({ cachedTokens: 0 });
  expect((await ask('b')).events[0]).toMatchObject({ cachedTokens: 199 });
});

test('conversations beyond the number of sequences go on from host memory (llama-swap#1064)', async () => {
  const { scheduler, context } = make({ maxSequences: 2, parkedBytes: 100_000 });
  const turns = Array.from({ length: 6 }, (_, index) => prompt(index * 1000, 100));
  for (const turnTokens of turns) {
    await read(scheduler.submit({ prompt: turnTokens, maxTokens: 2, stops: [], chooser: chooserOf(9) }));
  }
  for (const turnTokens of turns) {
    const next = Int32Array.from([...turnTokens, 65, 66, 9, 9]);
    const { events } = await read(scheduler.submit({ prompt: next, maxTokens: 2, stops: [], chooser: chooserOf(9) }));
    expect(events[0]).toEqual({ kind: 'prompt', promptTokens: 104, cachedTokens: 101 });
  }
  expect(context.restores).toBeGreaterThanOrEqual(4);
});

test('while answers are written, a long prompt goes along in pieces that at most double their time', async () => {
  const { scheduler, context } = make({ pace: new Pace(2) });
  context.cost = { step: 5, row: 1 };
  const times: number[] = [];
  const follow = async (answer: Answer): Promise<void> => {
    for await (const event of answer.events) if (event.kind === 'text-delta') times.push(context.clock);
  };
  const submit = (start: number, length: number, maxTokens: number): Answer =>
    scheduler.submit({ prompt: prompt(start, length), maxTokens, stops: [], chooser: chooserOf(999) });
  const writer = follow(submit(1, 4, 120));
  while (times.length < 20) await new Promise((resolve) => setImmediate(resolve));
  const long = read(submit(5000, 400, 1));
  await Promise.all([writer, long]);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  // Undisturbed 6 each; the first pieces are guesses.
  expect(gaps.slice(25, 60).every((gap) => gap <= 12)).toBe(true);
  expect(gaps.slice(25, 60).some((gap) => gap > 9)).toBe(true);
});

test('prompts that come together while nobody writes start to answer together', async () => {
  const { scheduler, context } = make({ maxSequences: 16, pace: new Pace(2) });
  const firsts: number[] = [];
  await Promise.all(
    Array.from({ length: 16 }, async (_, index) => {
      const answer = scheduler.submit({
        prompt: prompt(index * 100, 40),
        maxTokens: 5,
        stops: [],
        chooser: chooserOf(99),
      });
      for await (const event of answer.events) if (event.kind === 'prompt') firsts.push(context.clock);
    }),
  );
  firsts.sort((a, b) => a - b);
  expect((firsts[15] ?? 0) / (firsts[7] ?? 1)).toBeLessThanOrEqual(1.5);
});

test('a step names its sequences in ascending order, as llama.cpp groups them', async () => {
  const { scheduler, context } = make({ maxSequences: 6 });
  const answers = Array.from({ length: 30 }, (_, index) =>
    read(
      scheduler.submit({
        prompt: prompt(index * 100, 3 + (index % 5)),
        maxTokens: 2 + ((index * 7) % 9),
        stops: [],
        chooser: chooserOf(99),
      }),
    ),
  );
  await Promise.all(answers);
  for (const { sequences } of context.steps) expect([...sequences]).toEqual([...sequences].sort((a, b) => a - b));
});

test('answers that lie apart because others ended come together again', async () => {
  const { scheduler, context } = make({
    maxSequences: 8,
    parkedBytes: 100_000,
    reuse: { canCut: true, canShare: true, neighbours: true },
  });
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      read(
        scheduler.submit({
          prompt: prompt(index * 100, 40),
          maxTokens: index % 2 === 0 ? 10 : 40,
          stops: [],
          chooser: chooserOf(99),
        }),
      ),
    ),
  );
  const apart = context.steps.filter(({ sequences }) =>
    sequences.some((id, at) => at > 0 && id !== (sequences[at - 1] ?? 0) + 1),
  );
  expect(apart.length).toBeLessThanOrEqual(3);
});

test('guessing ahead needs fewer steps and changes nothing of the text', async () => {
  const ask = async (speculate: boolean): Promise<{ text: string; steps: number }> => {
    const { scheduler, context } = make({ speculate });
    const answer = scheduler.submit({
      prompt: prompt(3, 30),
      maxTokens: 200,
      stops: [],
      chooser: context.chooser(),
    });
    const result = read(answer);
    const steps = await stepsOf(context, result);
    return { text: (await result).text, steps };
  };
  const [plain, guessed] = [await ask(false), await ask(true)];
  expect(guessed.text).toBe(plain.text);
  expect(guessed.steps).toBeLessThan(plain.steps * 0.8);
});

test('with random choices, too, guessing changes nothing: each token takes one random number, guessed or not', async () => {
  const ask = async (speculate: boolean): Promise<string> => {
    const { scheduler, context } = make({ speculate });
    let drawn = 0;
    const next = (index: number): number =>
      ++drawn % 13 === 0 ? 1 + (drawn % 40) : saysAfter(context.prefixOf(index));
    const chooser = { next, free: () => undefined };
    return (await read(scheduler.submit({ prompt: prompt(3, 30), maxTokens: 300, stops: [], chooser }))).text;
  };
  expect(await ask(true)).toBe(await ask(false));
});

test('an answer that ends within guessed tokens ends there, and its conversation goes on from what it wrote', async () => {
  const { scheduler, context } = make({ speculate: true });
  const first = await read(
    scheduler.submit({ prompt: prompt(3, 30), maxTokens: 77, stops: [], chooser: context.chooser() }),
  );
  expect(first.events.at(-1)).toEqual({ kind: 'finish', reason: 'length', completionTokens: 77 });
  const whole = [...prompt(3, 30), ...Array.from(first.text, (char) => char.charCodeAt(0))];
  const next = await read(
    scheduler.submit({ prompt: Int32Array.from([...whole, 5]), maxTokens: 1, stops: [], chooser: context.chooser() }),
  );
  expect(next.events[0]).toMatchObject({ promptTokens: 108, cachedTokens: 106 });
  expect(next.text.charCodeAt(0)).toBe(saysAfter([...whole, 5]));
});

test('a model that keeps one state for all of a sequence gets parked conversations back whole', async () => {
  const { scheduler, context } = make({
    maxSequences: 1,
    parkedBytes: 100_000,
    reuse: { canCut: false, canShare: false, neighbours: false },
  });
  const ask = async (tokens: Iterable<number>): Promise<ChatEvent | undefined> => {
    const request = { prompt: Int32Array.from(tokens), maxTokens: 2, stops: [], chooser: chooserOf(9) };
    return (await read(scheduler.submit(request))).events[0];
  };
  await ask(prompt(1, 80));
  await ask(prompt(1000, 80));
  expect(await ask([...prompt(1, 80), 65, 66, 7])).toMatchObject({ cachedTokens: 81 });
  expect(await ask([...prompt(1000, 70), 7])).toMatchObject({ cachedTokens: 0 });
  expect(context.restores).toBe(1);
});

test('a request that cannot even be started fails, and the next one runs', async () => {
  const { scheduler, context } = make();
  context.add = () => {
    throw new Error('broken');
  };
  const first = scheduler.submit({ prompt: prompt(1, 4), maxTokens: 3, stops: [], chooser: chooserOf(9) });
  await expect(read(first)).rejects.toThrow('broken');
  Reflect.deleteProperty(context, 'add');
  const second = scheduler.submit({ prompt: prompt(9, 4), maxTokens: 3, stops: [], chooser: chooserOf(9) });
  expect((await read(second)).text).toBe('ABC');
});

test('whatever runs beside it, is shared, parked, guessed, cancelled or sent back, an answer is that of its own prompt', async () => {
  let state = 11;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const expected = (tokens: readonly number[], count: number): string => {
    const all = [...tokens];
    for (let index = 0; index < count; index++) all.push(saysAfter(all));
    return String.fromCharCode(...all.slice(tokens.length));
  };
  const { scheduler, context } = make({
    maxSequences: 4,
    poolTokens: 900,
    parkedBytes: 3000,
    speculate: true,
    pace: new Pace(2),
  });
  // Tokens are characters below 128.
  const systems = [prompt(10, 40), prompt(200, 70), prompt(10, 130)].map((all) =>
    all.map((token) => 1 + (token % 120)),
  );
  const conversations: number[][] = [];
  const one = async (): Promise<void> => {
    const old = conversations[random(conversations.length + 2)];
    const start = old ?? [...(systems[random(3)] as Int32Array)];
    const tokens = [...start, ...Array.from({ length: 1 + random(20) }, () => 1 + random(50))].slice(0, 400);
    const count = 1 + random(60);
    const answer = scheduler.submit({
      prompt: Int32Array.from(tokens),
      maxTokens: count,
      stops: [],
      chooser: context.chooser(),
    });
    if (random(8) === 0) {
      const failed = expect(read(answer)).rejects.toThrow('left');
      for (let wait = random(20); wait > 0; wait--) await new Promise((resolve) => setImmediate(resolve));
      answer.cancel(new Error('left'));
      await failed.catch(() => undefined);
      return;
    }
    const { text } = await read(answer);
    expect(text).toBe(expected(tokens, count));
    conversations.push([...tokens, ...Array.from(text, (char) => char.charCodeAt(0))]);
  };
  for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 1 + random(7) }, one));
  expect(context.restores).toBeGreaterThan(3);
  expect(context.copies).toBeGreaterThan(3);
});

/** Writes A, B, C … and says where the answer stands after so many tokens. */
function stagedChooser(stageAt: (written: number) => AnswerStage): TokenChooser {
  let written = 0;
  return {
    next: () => 64 + ++written,
    free: () => undefined,
    get stage() {
      return stageAt(written);
    },
  };
}

test('an answer that nothing can follow ends by itself; one that may end is complete at its token limit, another is not', async () => {
  const { scheduler } = make();
  const run = async (stageAt: (written: number) => AnswerStage): Promise<{ text: string; reason: unknown }> => {
    const request = { prompt: prompt(1, 5), maxTokens: 4, stops: [], chooser: stagedChooser(stageAt) };
    const { text, events } = await read(scheduler.submit(request));
    const finish = events.at(-1);
    return { text, reason: finish?.kind === 'finish' ? finish.reason : null };
  };
  expect(await run((written) => (written === 2 ? 'final' : 'open'))).toEqual({ text: 'AB', reason: 'stop' });
  expect(await run(() => 'complete')).toEqual({ text: 'ABCD', reason: 'stop' });
  expect(await run(() => 'open')).toEqual({ text: 'ABCD', reason: 'length' });
  expect(await run(() => 'free')).toEqual({ text: 'ABCD', reason: 'length' });
});

test('a chooser that fails ends its own answer and no other', async () => {
  const { scheduler } = make();
  let written = 0;
  const chooser: TokenChooser = {
    next: () => {
      if (++written > 3) throw new Error('no token fits');
      return 64 + written;
    },
    free: () => undefined,
  };
  const failing = read(scheduler.submit({ prompt: prompt(1, 5), maxTokens: 9, stops: [], chooser }));
  const other = read(scheduler.submit({ prompt: prompt(50, 5), maxTokens: 9, stops: [], chooser: chooserOf(99) }));
  await expect(failing).rejects.toThrow('no token fits');
  expect((await other).text).toBe('ABCDEFGHI');
  expect(scheduler.load).toEqual({ running: 0, waiting: 0 });
});

test('with guesses checked several at a time, each token is told once and with its own chances', async () => {
  const { scheduler, context } = make({ speculate: true, pace: new Pace(2) });
  let last = 0;
  const inner = context.chooser();
  const chooser: TokenChooser = {
    next: (index) => (last = inner.next(index)),
    free: () => undefined,
    get chances() {
      return { logprob: -last, top: [{ token: last, logprob: -last }] };
    },
  };
  const start = Array.from({ length: 60 }, (_, index) => 1 + (index % 9));
  const { text, events } = await read(
    scheduler.submit({ prompt: Int32Array.from(start), maxTokens: 80, stops: [], chooser }),
  );
  const tokens = events.flatMap((event) => (event.kind === 'text-delta' ? (event.logprobs ?? []) : []));
  expect(context.steps.some(({ rows }) => rows > 1 && rows < 40)).toBe(true);
  expect(tokens).toHaveLength(80);
  expect(tokens.map((token) => token.text).join('')).toBe(text);
  for (const token of tokens) {
    expect(token.logprob).toBe(-(token.bytes[0] ?? NaN));
    expect(token.top[0]?.text).toBe(token.text);
  }
});
