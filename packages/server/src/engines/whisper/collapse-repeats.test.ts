import { expect, test } from 'vitest';
import { collapseEqualSegments, collapseRepeats } from './collapse-repeats.ts';

test('a phrase said over and over is said twice', () => {
  expect(collapseRepeats(`So ${'thank you very much. '.repeat(12)}Bye.`)).toBe(
    'So thank you very much. thank you very much. Bye.',
  );
  expect(collapseRepeats('我不知道'.repeat(20))).toBe('我不知道我不知道');
});

test('what people really repeat stays as it is', () => {
  for (const text of ['No, no, no, no!', '哈哈哈哈哈哈', 'Ever tried. Ever failed. No matter.', 'aaaaah']) {
    expect(collapseRepeats(text)).toBe(text);
  }
});

test('digits are never shortened', () => {
  expect(collapseRepeats('1000000000000000000 and 12121212121212')).toBe('1000000000000000000 and 12121212121212');
});

test('a letter without end is shortened', () => {
  expect(collapseRepeats(`a${'h'.repeat(200)}`)).toBe('ahhh');
});

test('a very long text is searched in little time', () => {
  const text = Array.from({ length: 2_000 }, (_, index) => `word${String.fromCharCode(97 + (index % 23))}`).join(' ');
  expect(collapseRepeats(text)).toBe(text);
});

test('four equal segments in a row become one that spans their time', () => {
  const segments = ['a', 'b', 'b', 'b', ' b', 'c', 'c'].map((text, start) => ({ text, start, end: start + 1 }));
  expect(collapseEqualSegments(segments)).toEqual([
    { text: 'a', start: 0, end: 1 },
    { text: 'b', start: 1, end: 5 },
    { text: 'c', start: 5, end: 6 },
    { text: 'c', start: 6, end: 7 },
  ]);
});
