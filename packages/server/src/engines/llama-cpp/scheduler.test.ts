import { expect, test } from 'vitest';
import type { ChatEvent } from '../engine.ts';
import { type Answer, Scheduler, type StepContext, type TokenChooser } from './scheduler.ts';

const END = 0;

/** A context that checks what llama.cpp would check, and remembers the size of each step. */
class FakeContext implements StepContext {
  readonly held = new Map<number, number>();
  readonly steps: number[] = [];
  #batch: { sequence: number; position: number }[] = [];
  failNext = false;

  begin(): void {
    this.#batch = [];
  }

  add(_token: number, position: number, sequence: number): number {
    return this.#batch.push({ sequence, position }) - 1;
  }

  decode(): 'ok' | 'failed' {
    if (this.failNext) {
      this.failNext = false;
      return 'failed';
    }
    for (const { sequence, position } of this.#batch) {
      if ((this.held.get(sequence) ?? 0) !== position) throw new Error(`a gap in sequence ${sequence} at ${position}`);
      this.held.set(sequence, position + 1);
    }
    this.steps.push(this.#batch.length);
    return 'ok';
  }

  cut(sequence: number, from: number): boolean {
    this.held.set(sequence, from);
    return true;
  }

  copyPrefix(_source: number, target: number, tokens: number): void {
    this.held.set(target, tokens);
  }

  clear(): void {
    this.held.clear();
  }
}

/** Writes 65, 66, 67 … and ends after `length` tokens. */
function chooserOf(length: number, freed: string[] = []): TokenChooser {
  let written = 0;
  return { next: () => (written++ < length ? 64 + written : END), free: () => freed.push('freed') };
}

function make(options: { maxSequences?: number; poolTokens?: number } = {}): {
  context: FakeContext;
  scheduler: Scheduler;
} {
  const context = new FakeContext();
  const scheduler = new Scheduler({
    context,
    vocabulary: { pieceOf: (token) => Uint8Array.of(token), endsAnswer: (token) => token === END },
    maxSequences: options.maxSequences ?? 4,
    poolTokens: options.poolTokens ?? 1000,
    batchTokens: 64,
    reuse: { canCut: true, canShare: true },
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
  expect(context.steps).toEqual([2]);
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
