import { expect, test } from 'vitest';
import { mergeChoices } from './merge-choices.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Counts up from 0; `ended` holds who is done, however it ended. */
async function* count(to: number, choice: number, ended: Set<number>): AsyncGenerator<number> {
  try {
    for (let at = 0; at < to; at++) {
      await turn();
      yield at;
    }
  } finally {
    ended.add(choice);
  }
}

test('events of all choices come, each choice’s own in their order', async () => {
  const seen: number[][] = [[], [], []];
  const ended = new Set<number>();
  for await (const { choice, event } of mergeChoices(3, (choice) => count(choice * 4, choice, ended), never)) {
    seen[choice]?.push(event);
  }
  expect(seen).toEqual([[], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7]]);
  expect(ended.size).toBe(3);
});

test('a choice that is slow holds up nobody else', async () => {
  const begin = async function* (choice: number, signal: AbortSignal): AsyncGenerator<number> {
    if (choice === 0) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    else yield* count(5, choice, new Set());
  };
  const seen: number[] = [];
  for await (const { choice } of mergeChoices(2, begin, never)) {
    seen.push(choice);
    if (seen.length === 5) break;
  }
  expect(seen).toEqual([1, 1, 1, 1, 1]);
});

test('a reader who leaves ends every choice before the iteration is over', async () => {
  const ended = new Set<number>();
  for await (const { event } of mergeChoices(4, (choice) => count(1_000, choice, ended), never)) {
    if (event === 3) break;
  }
  expect(ended.size).toBe(4);
});

test('the failure of one is thrown, and the others are told to stop', async () => {
  const stopped = new Set<number>();
  const begin = async function* (choice: number, signal: AbortSignal): AsyncGenerator<number> {
    try {
      yield choice;
      if (choice === 1) throw new Error('one fell over');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    } finally {
      stopped.add(choice);
    }
  };
  const read = async (): Promise<void> => {
    for await (const { event } of mergeChoices(3, begin, never)) expect(event).toBeLessThan(3);
  };
  await expect(read()).rejects.toThrow('one fell over');
  expect(stopped.size).toBe(3);
});

test('an engine is not asked for more than one event ahead of the reader', async () => {
  let made = 0;
  const begin = async function* (): AsyncGenerator<number> {
    for (;;) yield made++;
  };
  for await (const { event } of mergeChoices(2, begin, never)) {
    await turn();
    expect(made - event).toBeLessThanOrEqual(5);
    if (event > 50) break;
  }
});
