import { expect, test } from 'vitest';
import { characterErrorRate, syllableErrorRate, wordErrorRate } from './error-rate.ts';

test('case and punctuation are no errors', () => {
  expect(wordErrorRate('Ever tried. Ever failed.', 'ever tried, ever FAILED')).toBe(0);
  expect(wordErrorRate('It’s fine', "it's fine!")).toBe(0);
  expect(characterErrorRate('你好，世界。', '你好 世界')).toBe(0);
});

test('replaced, missing and added words count once each', () => {
  expect(wordErrorRate('one two three four', 'one too three')).toBe(0.5);
  expect(wordErrorRate('one two', 'one and two')).toBe(0.5);
  expect(wordErrorRate('one two', '')).toBe(1);
});

test('characters and syllables are counted as such', () => {
  expect(characterErrorRate('今天天气', '今天天汽')).toBe(0.25);
  expect(syllableErrorRate(['ni', 'hao'], ['li', 'hao'])).toBe(0.5);
});

test('an error rate of nothing is refused', () => {
  expect(() => wordErrorRate('...', 'word')).toThrow('needs something that is expected');
});
