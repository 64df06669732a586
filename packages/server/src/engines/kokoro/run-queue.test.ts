import { expect, test } from 'vitest';
import { RunQueue } from './run-queue.ts';

test('tasks run one at a time in the order they came, also after one that failed', async () => {
  const queue = new RunQueue();
  const seen: string[] = [];
  let running = 0;
  const task = (name: string, fails = false) =>
    queue.add(async () => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      seen.push(name);
      running -= 1;
      if (fails) throw new Error(`${name} failed`);
      return name;
    });
  const results = await Promise.allSettled([task('a'), task('b', true), task('c')]);
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
