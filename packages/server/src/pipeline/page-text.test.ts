import { expect, test } from 'vitest';
import type { OcrLine } from '../engines/engine.ts';
import { pageText } from './page-text.ts';

function line(text: string, left: number, top: number, right: number, bottom: number): OcrLine {
  return {
    text,
    confidence: 1,
    box: [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ],
  };
}

test('a product and its price stay on one line', () => {
  const lines = [
    line('苹果', 0, 0, 40, 20),
    line('1', 60, 2, 70, 20),
    line('12.85', 90, 1, 130, 21),
    line('合计', 0, 30, 40, 50),
    line('12.85', 90, 30, 130, 50),
  ];
  expect(pageText(lines)).toBe('苹果  1  12.85\n合计  12.85');
});

test('lines under each other are lines', () => {
  expect(pageText([line('a', 0, 0, 50, 20), line('b', 0, 22, 50, 42)])).toBe('a\nb');
});

test('the next column begins a new line, though it stands to the right', () => {
  expect(pageText([line('left end', 0, 200, 50, 220), line('right start', 60, 0, 110, 20)])).toBe(
    'left end\nright start',
  );
});

test('an empty page has no text', () => {
  expect(pageText([])).toBe('');
});
