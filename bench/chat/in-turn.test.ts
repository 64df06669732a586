import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';
import type { SideRun } from './run-figures.ts';

const nothing: SideRun = {
  seconds: 1,
  tokens: 1,
  ended: 0,
  engineCpu: 0,
  serverCpu: 0,
  firstTextMs: [],
  promptTokens: 0,
  cachedTokens: 0,
};

test('both sides get the same conversations, and each goes first as often', async () => {
  const order: string[] = [];
  const asked: Record<string, unknown[]> = { a: [], b: [] };
  const side = (name: string) => ({
    run: (conversations: unknown) => {
      order.push(name);
      asked[name]?.push(conversations);
      return Promise.resolve(nothing);
    },
  });
  const taken = await inTurn({ a: side('a'), b: side('b') }, { round: 0, streams: 2, sets: 4 });
  expect(order.join('')).toBe('abbaabba');
  expect(asked['a']).toEqual(asked['b']);
  expect(taken.a.seconds).toBe(4);
});
