import { expect, test } from 'vitest';
import { speakablePieces } from './speakable-pieces.ts';

test.for(['', '   ', '...!?', '\u0000\u0007', '🎉🎉', '你好，世界', 'Привет', '%', '(((((', '\ud800'])(
  'text with nothing an English voice can say is refused: %j',
  (text) => {
    expect(() => speakablePieces(text)).toThrowError(expect.objectContaining({ code: 'unsupported_value' }) as Error);
  },
);

test('a clause stays one piece', () => {
  expect(speakablePieces('Hello there, my friend.')).toEqual(['Hello there, my friend.']);
});

test('control characters, emoji and foreign letters do not reach the voice', () => {
  expect(speakablePieces('a\u0000b\u001b[31q 你好 🎉 café\ud800 <|x|>')).toEqual(['a b 31q café x']);
});

test('long text is cut at sentence ends, then at commas, then at spaces, and loses no word', () => {
  const text = `${'Some words and more. '.repeat(20)}${'one, two '.repeat(40)}${'word '.repeat(100)}`;
  const pieces = speakablePieces(text);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(200);
  expect(pieces.join(' ')).toBe(text.trim());
  expect(pieces[0]?.endsWith('more.')).toBe(true);
});

test('digits count as the words they are said as, so that no run takes minutes', () => {
  const pieces = speakablePieces('12345 67890 '.repeat(20));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(40);
});

test('ten thousand letters without a space are cut too', () => {
  const pieces = speakablePieces('abcdefghij'.repeat(1000));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(200);
  expect(pieces.join('').replaceAll(' ', '')).toHaveLength(10_000);
});

test('more than a hundred thousand characters are refused', () => {
  expect(() => speakablePieces('a '.repeat(60_000))).toThrow(/100000/);
});
