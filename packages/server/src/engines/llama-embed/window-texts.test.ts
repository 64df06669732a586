import { expect, test } from 'vitest';
import { windowTexts, type WindowTextsOptions } from './window-texts.ts';

/** A token for each character. */
const options: WindowTextsOptions = {
  tokenize: (text) => Int32Array.from(text, (character) => character.codePointAt(0) ?? 0),
  begin: -1,
  end: -2,
  windowTokens: 12,
  overlapTokens: 2,
  requestTokens: 100,
  prefixes: ['q: ', 'p: '],
};

const shown = (tokens: Int32Array): string =>
  [...tokens].map((token) => (token === -1 ? '<' : token === -2 ? '>' : String.fromCodePoint(token))).join('');

const windowsOf = (...texts: string[]): string[][] =>
  windowTexts(texts, options).map((windows) => windows.map(({ tokens }) => shown(tokens)));

test('a text that fits is evaluated as it is, between begin and end', () => {
  expect(windowsOf('q: abcdefg', '')).toEqual([['<q: abcdefg>'], ['<>']]);
});

test('each window of a longer text begins with the text’s own prefix', () => {
  expect(windowsOf('p: abcdefghijklm')).toEqual([['<p:abcdefgh>', '<p:fghijklm>']]);
  expect(windowsOf('abcdefghijklmno')).toEqual([['<abcdefghij>', '<fghijklmno>']]);
});

test('no window is ever longer than the model takes', () => {
  for (let length = 0; length < 90; length += 1) {
    for (const prefix of ['', 'q: ']) {
      const [windows = []] = windowTexts([prefix + 'x'.repeat(length)], { ...options, requestTokens: 1e6 });
      for (const { tokens } of windows) expect(tokens.length).toBeLessThanOrEqual(12);
    }
  }
});

test('more tokens than a request may have are refused, over all its texts', () => {
  expect(() =>
    windowTexts(
      Array.from({ length: 26 }, () => 'ab'),
      options,
    ),
  ).toThrow(/more than 100 tokens/);
  expect(
    windowTexts(
      Array.from({ length: 25 }, () => 'ab'),
      options,
    ),
  ).toHaveLength(25);
});
