import { expect, test } from 'vitest';
import { fromWhisperLanguage, withLeadingSpace, toWhisperLanguage } from './languages.ts';

test('regions and capitals do not matter', () => {
  expect(toWhisperLanguage('zh-CN')).toBe('zh');
  expect(toWhisperLanguage('EN_us')).toBe('en');
});

test('Javanese has a code of its own in Whisper', () => {
  expect(toWhisperLanguage('jv')).toBe('jw');
  expect(fromWhisperLanguage('jw')).toBe('jv');
});

test('a language that no model knows is refused, one that a model adds is not', () => {
  expect(toWhisperLanguage('tlh')).toBeNull();
  expect(toWhisperLanguage('')).toBeNull();
  expect(toWhisperLanguage('yue')).toBeNull();
  expect(toWhisperLanguage('yue', ['yue'])).toBe('yue');
});

test('texts begin with a space only in scripts that use them', () => {
  expect(['你好', '《三国》', 'こんにちは', 'Hallo', '안녕'].map(withLeadingSpace)).toEqual([
    '你好',
    '《三国》',
    'こんにちは',
    ' Hallo',
    ' 안녕',
  ]);
});
