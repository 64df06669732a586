import { expect, test } from 'vitest';
import { parseVocabulary, toTokens } from './vocabulary.ts';

test('each phoneme becomes its token, and characters that have none are left out', () => {
  const vocabulary = parseVocabulary('{"vocab":{"a":43,"ʰ":162,"→":171}}');
  expect(toTokens('a→xʰ', vocabulary)).toEqual([43, 171, 162]);
});

test('another file is refused', () => {
  expect(() => parseVocabulary('{"words":{}}')).toThrow(/does not list phonemes/);
});
