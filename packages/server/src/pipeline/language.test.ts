import { expect, test } from 'vitest';
import { promptLanguage } from './language.ts';

test.each([
  ['你是谁?', 'zh'],
  ['Who are you?', 'en'],
  ['请解释 GPU 是什么', 'zh'],
  ['What does 谢谢 mean in English, and how is it pronounced?', 'en'],
  ['12345', 'en'],
  ['', 'en'],
])('%s is worded in %s', (text, language) => {
  expect(promptLanguage(text)).toBe(language);
});
