import { expect, test } from 'vitest';
import { type HeardWord, readWords as read } from './read-words.ts';
import type { SherpaResult } from './sherpa.ts';

/** The words with times in whole milliseconds. */
function readWords(heard: SherpaResult): HeardWord[][] | null {
  const ms = (seconds: number): number => Math.round(seconds * 1000) / 1000;
  return (
    read(heard, (span) => span)?.map((words) =>
      words.map(({ text, start, end }) => ({ text, start: ms(start), end: ms(end) })),
    ) ?? null
  );
}

const hex = (text: string): string => Buffer.from(text).toString('hex');

/** Segments of tokens with the time at which each begins; each lasts until the next. */
function result(
  segments: readonly (readonly (readonly [token: string, start: number])[])[],
  end: number,
): SherpaResult {
  const tokens = segments.flat();
  return {
    lang: 'en',
    tokens: tokens.map(([token]) => (/^[0-9a-f]{2,}$/.test(token) ? token : hex(token))),
    timestamps: tokens.map(([, start]) => start),
    durations: tokens.map(([, start], at) => (tokens[at + 1]?.[1] ?? end) - start),
    segment_texts: segments.map((segment) =>
      segment.map(([token]) => (/^[0-9a-f]{2,}$/.test(token) ? token : hex(token))).join(''),
    ),
    segment_timestamps: segments.map(() => 0),
    segment_durations: segments.map(() => 0),
  };
}

test('tokens become words at their spaces, without the marks around them', () => {
  const [words] =
    readWords(
      result(
        [
          [
            [' Don', 0],
            ['\u2019t', 0.2],
            [' say', 0.4],
            [',', 0.7],
            [' \u201c', 0.8],
            ['maybe', 0.8],
            ['\u201d.', 1.2],
          ],
        ],
        1.3,
      ),
    ) ?? [];
  expect(words).toEqual([
    { text: 'Don\u2019t', start: 0, end: 0.4 },
    { text: 'say', start: 0.4, end: 0.7 },
    { text: 'maybe', start: 0.8, end: 1.2 },
  ]);
});

test('numbers keep what belongs to them', () => {
  const [words] =
    readWords(
      result(
        [
          [
            [' $', 0],
            ['3', 0.1],
            ['.', 0.2],
            ['5', 0.3],
            [' and', 0.5],
            [' 20', 0.7],
            ['%', 0.9],
            ['.', 1],
          ],
        ],
        1.1,
      ),
    ) ?? [];
  expect(words?.map(({ text }) => text)).toEqual(['$3.5', 'and', '20%']);
});

test('Chinese comes token by token, and a character of several tokens is one word', () => {
  const [words] =
    readWords(
      result(
        [
          [
            ['今天', 0],
            ['天', 0.4],
            ['e6b0', 0.6],
            ['94', 0.7],
            ['。', 0.9],
          ],
        ],
        1,
      ),
    ) ?? [];
  expect(words).toEqual([
    { text: '今天', start: 0, end: 0.4 },
    { text: '天', start: 0.4, end: 0.6 },
    { text: '气', start: 0.6, end: 0.9 },
  ]);
});

test('the silence between two sentences belongs to no word', () => {
  const words = readWords(
    result(
      [
        [
          [' One', 0],
          [' two', 0.3],
          [' three', 0.6],
          ['.', 0.9],
        ],
        [
          [' Four', 1],
          [' five', 3],
          [' six', 3.3],
          ['.', 3.6],
        ],
      ],
      3.7,
    ),
  );
  expect(words?.[1]?.[0]).toEqual({ text: 'Four', start: 2.4, end: 3 });
});

test('words go to their segments', () => {
  const words = readWords(
    result(
      [
        [[' A', 0]],
        [
          [' b', 0.2],
          [' c', 0.4],
        ],
      ],
      0.6,
    ),
  );
  expect(words?.map((segment) => segment.map(({ text }) => text))).toEqual([['A'], ['b', 'c']]);
});

test('a model that does not tell times gives no words, and silence has none', () => {
  expect(readWords({ ...result([[[' A', 0]]], 1), timestamps: [] })).toBeNull();
  expect(readWords(result([], 0))).toEqual([]);
});

test('a word is as long as its sound', () => {
  const [words] =
    read(
      result(
        [
          [
            [' One', 0],
            [' two', 1],
          ],
        ],
        2,
      ),
      ({ start, end }) => ({ start: start + 0.25, end }),
    ) ?? [];
  expect(words).toEqual([
    { text: 'One', start: 0.25, end: 1 },
    { text: 'two', start: 1.25, end: 2 },
  ]);
});
