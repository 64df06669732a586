import { expect, test } from 'vitest';
import type { OcrEvent, OcrLine } from '../../engines/engine.ts';
import { screenText } from './screen-text.ts';

const line = (text: string, left: number, top: number, right: number, bottom: number): OcrLine => ({
  text,
  confidence: 1,
  box: [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ],
});
const screen = (lines: OcrLine[]): OcrEvent => ({ kind: 'ocr-result', width: 1080, height: 2400, rotation: 0, lines });

test('every line stands before the middle of its box, in thousandths of the screen', () => {
  const lines = [line('登录', 440, 1180, 640, 1220), line('注册', 0, 0, 108, 48)];
  expect(screenText(screen(lines))).toBe('登录 element=[500,500]\n注册 element=[50,10]');
});

test('a place at the very edge stays on the screen', () => {
  expect(screenText(screen([line('>', 1080, 2400, 1080, 2400)]))).toBe('> element=[999,999]');
});

test('what the client makes of a place lies in the middle of the line, within a pixel or two', () => {
  const [, x, y] = /\[(\d+),(\d+)\]/.exec(screenText(screen([line('a', 333, 777, 335, 779)]))) ?? [];
  expect(Math.abs(Math.trunc((Number(x) / 1000) * 1080) - 334)).toBeLessThanOrEqual(2);
  expect(Math.abs(Math.trunc((Number(y) / 1000) * 2400) - 778)).toBeLessThanOrEqual(3);
});
