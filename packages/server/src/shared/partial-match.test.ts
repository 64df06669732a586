import { expect, test } from 'vitest';
import { partialMatchLength } from './partial-match.ts';

test.each([
  ['', 0],
  ['text', 0],
  ['text <', 1],
  ['text <thi', 4],
  ['<<think', 6],
  ['<think>', 0],
  ['</th', 4],
])('%j may still become a tag by its last %i characters', (text, length) => {
  expect(partialMatchLength(text, ['<think>', '</think>'])).toBe(length);
});
