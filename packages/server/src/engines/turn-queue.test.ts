import { expect, test } from 'vitest';
import { TurnQueue } from './turn-queue.ts';

const never = new AbortController().signal;

test('turns follow each other in the order in which they were asked for', async () => {
  const queue = new TurnQueue();
  const began: number[] = [];
  const first = await queue.enter(never);
  const others = [1, 2].map(async (number) => {
    using _turn = await queue.enter(never);
    began.push(number);
    await Promise.resolve();
    began.push(number);
  });
  await Promise.resolve();
  expect(began).toEqual([]);
  first[Symbol.dispose]();
  await Promise.all(others);
  expect(began).toEqual([1, 1, 2, 2]);
});

test('who leaves the line is told at once, and the next still waits for the one before', async () => {
  const queue = new TurnQueue();
  const first = await queue.enter(never);
  const leaving = new AbortController();
  const second = queue.enter(leaving.signal);
  let begun = false;
  const third = queue.enter(never).then((turn) => {
    begun = true;
    return turn;
  });
  leaving.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  expect(begun).toBe(false);
  first[Symbol.dispose]();
  using _turn = await third;
  expect(begun).toBe(true);
});

test('an aborted signal gets no turn', async () => {
  const queue = new TurnQueue();
  await expect(queue.enter(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  using _turn = await queue.enter(never);
});
