import { expect, test } from 'vitest';
import { contentText } from '../../packages/server/src/engines/engine.ts';
import { type conversationFor, conversationsOf } from './prompts.ts';

const place = { round: 0, streams: 4, set: 0 };
const firstWord = (messages: ReturnType<typeof conversationFor>): string =>
  contentText(messages[0]?.content ?? '').split(' ')[0] ?? '';

test('both sides get the same conversations', () => {
  expect(conversationsOf(place)).toEqual(conversationsOf({ ...place }));
});

test('no two conversations of a run begin alike', () => {
  const places = [-1, 0, 1].flatMap((round) => [1, 4].map((streams) => ({ round, streams, set: 0 })));
  const words = places.flatMap((each) => conversationsOf(each).map(firstWord));
  expect(new Set(words).size).toBe(words.length);
  expect(words.length).toBe(15);
});
