import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EmbedEvent } from '../engine.ts';
import { EmbedQueue, type Window } from './embed-queue.ts';

const noSignal = new AbortController().signal;

/** A window of so many tokens whose vector will be `[first, 1]`. */
function window(first: number, tokens = 2): Window {
  return { tokens: new Int32Array(tokens).fill(first), weight: tokens };
}

function queueOf(more: { readonly fails?: () => boolean } = {}): { queue: EmbedQueue; steps: number[][] } {
  const steps: number[][] = [];
  const queue = new EmbedQueue({
    evaluate: (windows) => {
      steps.push(windows.map(({ tokens }) => tokens[0] ?? -1));
      if (more.fails?.() === true) throw new Error('no vectors today');
      return windows.map(({ tokens }) => Float32Array.of(tokens[0] ?? 0, 1));
    },
    dimensions: 2,
    stepTokens: 8,
    stepWindows: 3,
    pause: () => nextTurn(),
  });
  return { queue, steps };
}

async function all(events: AsyncIterable<EmbedEvent>): Promise<EmbedEvent[]> {
  const found: EmbedEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

test('texts come back in order, each a vector of length 1, with the tokens it took', async () => {
  const { queue } = queueOf();
  const events = await all(queue.run([[window(0)], [window(3, 4)]], noSignal));
  expect(events.map(({ tokens }) => tokens)).toEqual([2, 4]);
  expect([...(events[0]?.vector ?? [])]).toEqual([0, 1]);
  expect(Math.hypot(...(events[1]?.vector ?? []))).toBeCloseTo(1, 6);
});

test('the windows of one text become one vector, the longer ones weighing more', async () => {
  const { queue } = queueOf();
  const [event] = await all(queue.run([[window(0, 6), window(8, 2)]], noSignal));
  // (0 · 6 + 8 · 2) to (1 · 6 + 1 · 2): two to one.
  expect((event?.vector[0] ?? 0) / (event?.vector[1] ?? 1)).toBeCloseTo(2, 5);
});

test('requests that run at the same time share steps, and none waits for the whole of another', async () => {
  const { queue, steps } = queueOf();
  const collection = all(
    queue.run(
      Array.from({ length: 12 }, (_, index) => [window(100 + index)]),
      noSignal,
    ),
  );
  const question = all(queue.run([[window(1)]], noSignal));
  await question;
  expect(steps).toHaveLength(1);
  expect(steps[0]).toContain(1);
  expect(await collection).toHaveLength(12);
  expect(steps.every((step) => step.length <= 3)).toBe(true);
});

test('a window that others leave no room for has its turn soon', async () => {
  const { queue, steps } = queueOf();
  const small = [1, 2, 3].map((first) =>
    all(
      queue.run(
        Array.from({ length: 20 }, () => [window(first, 2)]),
        noSignal,
      ),
    ),
  );
  await all(queue.run([[window(9, 8)]], noSignal));
  expect(steps.findIndex((step) => step.includes(9))).toBeLessThan(5);
  await Promise.all(small);
});

test('a window that is longer than a step is evaluated alone', async () => {
  const { queue, steps } = queueOf();
  await all(queue.run([[window(1)], [window(9, 20)], [window(2)]], noSignal));
  expect(steps).toEqual([[1], [9], [2]]);
});

test('a request that is given up is not evaluated further', async () => {
  const { queue, steps } = queueOf();
  const controller = new AbortController();
  const given = all(
    queue.run(
      Array.from({ length: 30 }, () => [window(7)]),
      controller.signal,
    ),
  );
  const caught = given.catch((error: unknown) => error);
  await nextTurn();
  await nextTurn();
  controller.abort(new Error('left'));
  expect(await caught).toMatchObject({ message: 'left' });
  const before = steps.length;
  expect(await all(queue.run([[window(1)]], noSignal))).toHaveLength(1);
  expect(steps.slice(before)).toEqual([[1]]);
});

test('a step that fails ends the requests in it, and later ones are served', async () => {
  let broken = true;
  const { queue } = queueOf({ fails: () => broken });
  await expect(all(queue.run([[window(1)]], noSignal))).rejects.toThrow(/no vectors today/);
  broken = false;
  expect(await all(queue.run([[window(1)]], noSignal))).toHaveLength(1);
});

test('closing ends what runs with the reason', async () => {
  const { queue } = queueOf();
  const running = all(queue.run([[window(1)]], noSignal)).catch((error: unknown) => error);
  queue.close(new Error('stopped'));
  expect(await running).toMatchObject({ message: 'stopped' });
  await expect(all(queue.run([[window(1)]], noSignal))).rejects.toThrow(/stopped/);
});
