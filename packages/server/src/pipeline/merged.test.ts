import { expect, test } from 'vitest';
import { merged } from './merged.ts';

async function* counted(name: string, most: number): AsyncGenerator<string> {
  for (let at = 0; at < most; at++) yield `${name}${at}`;
}

async function read(items: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('two sequences that are both ready take turns, and none is lost', async () => {
  const all = await read(merged([counted('a', 4), counted('b', 2)]));
  expect(all.slice(0, 4).toSorted()).toEqual(['a0', 'a1', 'b0', 'b1']);
  expect(all.filter((item) => item.startsWith('a'))).toEqual(['a0', 'a1', 'a2', 'a3']);
});

test('one that has nothing yet does not hold up the other', async () => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  async function* late(): AsyncGenerator<string> {
    await gate;
    yield 'late';
  }
  const all: string[] = [];
  for await (const item of merged([counted('a', 3), late()])) {
    all.push(item);
    if (item === 'a2') go();
  }
  expect(all).toEqual(['a0', 'a1', 'a2', 'late']);
});

test('a slow reader is waited for: each is asked for one item ahead', async () => {
  let produced = 0;
  async function* endless(): AsyncGenerator<string> {
    for (;;) yield `${produced++}`;
  }
  const items = merged([endless(), counted('b', 0)]);
  await items.next();
  await new Promise((resolve) => setImmediate(resolve));
  expect(produced).toBe(2);
  await items.return(undefined);
});

test('the failure of one ends both', async () => {
  let closed = false;
  async function* endless(): AsyncGenerator<string> {
    try {
      for (;;) yield 'x';
    } finally {
      closed = true;
    }
  }
  async function* failing(): AsyncGenerator<string> {
    yield 'b';
    throw new Error('broken');
  }
  await expect(read(merged([endless(), failing()]))).rejects.toThrow('broken');
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(true);
});
