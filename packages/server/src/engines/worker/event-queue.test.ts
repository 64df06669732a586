import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

async function collect<T>(queue: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of queue) found.push(item);
  return found;
}

test('a slow reader gets every event, in order, also those pushed before it began', async () => {
  const queue = new EventQueue<number>();
  queue.push(1);
  queue.push(2);
  const reading = collect(queue);
  await Promise.resolve();
  queue.push(3);
  queue.end();
  queue.push(4);
  await expect(reading).resolves.toEqual([1, 2, 3]);
});

test('an error of the writer comes after what it pushed', async () => {
  const queue = new EventQueue<number>();
  queue.push(1);
  queue.finishWith(new Error('broken'));
  const reader = queue[Symbol.asyncIterator]();
  await expect(reader.next()).resolves.toEqual({ value: 1, done: false });
  await expect(reader.next()).rejects.toThrow('broken');
});

test('a reader that gave up gets its reason at once, whatever still lies in the queue', async () => {
  const queue = new EventQueue<number>();
  queue.push(1);
  queue.push(2);
  const reader = queue[Symbol.asyncIterator]();
  await reader.next();
  queue.fail(new Error('left'));
  await expect(reader.next()).rejects.toThrow('left');
});

test('a reader that gave up gets its reason even when the writer had finished before', async () => {
  const queue = new EventQueue<number>();
  queue.push(1);
  queue.end();
  queue.fail(new Error('left'));
  await expect(collect(queue)).rejects.toThrow('left');
  expect(queue.ended).toBe(true);
});

test('giving up wakes a reader that waits', async () => {
  const queue = new EventQueue<number>();
  const reading = collect(queue);
  await Promise.resolve();
  queue.fail(new Error('left'));
  await expect(reading).rejects.toThrow('left');
});
