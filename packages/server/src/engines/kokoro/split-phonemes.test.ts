import { expect, test } from 'vitest';
import { splitPhonemes } from './split-phonemes.ts';

test('what fits stays whole', () => {
  expect(splitPhonemes('abc. def', 8)).toEqual(['abc. def']);
  expect(splitPhonemes('  ', 8)).toEqual([]);
});

test('a long text is cut after a sentence rather than after a clause, and after a clause rather than between words', () => {
  expect(splitPhonemes('aa aa aa. bb, cc dd ee', 16)).toEqual(['aa aa aa.', 'bb, cc dd ee']);
  expect(splitPhonemes('aaaa aaaa, bb cc dd ee', 16)).toEqual(['aaaa aaaa,', 'bb cc dd ee']);
  expect(splitPhonemes('aaaa bbbb cccc dddd', 12)).toEqual(['aaaa bbbb', 'cccc dddd']);
});

test('a text without any break is cut where it must be, and nothing is lost', () => {
  const runs = splitPhonemes('a'.repeat(1200), 509);
  expect(runs.map((run) => run.length)).toEqual([509, 509, 182]);
});

test('no run is too long and all phonemes stay in order', () => {
  const text = Array.from(
    { length: 400 },
    (_, at) => `w${at}${at % 7 === 0 ? ',' : ''}${at % 31 === 0 ? '.' : ''}`,
  ).join(' ');
  const runs = splitPhonemes(text, 100);
  expect(runs.every((run) => run.length > 0 && run.length <= 100)).toBe(true);
  expect(runs.join(' ')).toBe(text);
});
