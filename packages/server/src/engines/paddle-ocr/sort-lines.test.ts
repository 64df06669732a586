import { expect, test } from 'vitest';
import type { Point } from '../engine.ts';
import { type Quad, sortLines } from './sort-lines.ts';

interface Line {
  readonly text: string;
  readonly box: Quad;
}

function line(text: string, left: number, top: number, width: number, height = 30): Line {
  const [right, bottom] = [left + width, top + height];
  return { text, box: [[left, top], [right, top], [right, bottom], [left, bottom]] }; // prettier-ignore
}

function turned(lines: readonly Line[], degrees: number): Line[] {
  const angle = (degrees * Math.PI) / 180;
  const turn = ([x, y]: Point): Point => [
    x * Math.cos(angle) - y * Math.sin(angle),
    x * Math.sin(angle) + y * Math.cos(angle),
  ];
  return lines.map(({ text, box }) => ({ text, box: [turn(box[0]), turn(box[1]), turn(box[2]), turn(box[3])] }));
}

/** Sorted from the worst order they can come in. */
const order = (lines: readonly Line[]): string[] => sortLines(lines.toReversed()).map(({ text }) => text);
const texts = (lines: readonly Line[]): string[] => lines.map(({ text }) => text);

const RECEIPT = [
  line('Corner shop', 150, 0, 200, 40),
  line('Bread', 0, 60, 80), line('1', 300, 60, 15), line('2.40', 400, 60, 60),
  line('Orange juice 1 l', 0, 102, 240), line('2', 300, 102, 15), line('5.80', 400, 102, 60),
  line('Milk', 0, 144, 60), line('6', 300, 144, 15), line('7.20', 400, 144, 60),
  line('Total', 0, 200, 80, 36), line('15.40', 380, 200, 80, 36),
]; // prettier-ignore

const ARTICLE = [
  line('A heading over both columns', 50, 0, 600, 40),
  line('left one, a long line', 0, 60, 300), line('left two, a long line', 0, 100, 295),
  line('left three, a long line', 0, 140, 300), line('left end', 0, 180, 90),
  line('right one, a long line', 380, 60, 300), line('right two, a long line', 380, 100, 300),
  line('right three, a long line', 380, 140, 290), line('right four, a long line', 380, 180, 300),
  line('3', 330, 240, 20),
]; // prettier-ignore

test('lines below each other are read from the top, even when their left edges differ', () => {
  const lines = [line('one', 40, 0, 100), line('two', 0, 40, 100), line('three', 20, 80, 100)];
  expect(order(lines)).toEqual(texts(lines));
});

test('a receipt is read row by row', () => {
  expect(order(RECEIPT)).toEqual(texts(RECEIPT));
});

test('columns of prose are read one after the other, between their heading and the page number', () => {
  expect(order(ARTICLE)).toEqual(texts(ARTICLE));
});

test('a sidebar whose rows stand at other heights than the text is read by itself', () => {
  const lines = [
    line('Home', 0, 0, 60), line('News', 0, 47, 60), line('About', 0, 94, 60),
    line('Welcome to the page', 200, 18, 320), line('with its text', 200, 64, 260), line('and more', 200, 112, 200),
  ]; // prettier-ignore
  expect(order(lines)).toEqual(texts(lines));
});

test('a chat whose sides take turns is read in the order of its messages', () => {
  const lines = [
    line('are you there?', 0, 0, 180), line('yes', 400, 60, 60), line('lunch?', 0, 120, 90),
    line('at noon', 360, 180, 100), line('fine', 0, 240, 60), line('see you', 360, 300, 100),
  ]; // prettier-ignore
  expect(order(lines)).toEqual(texts(lines));
});

test.each([-14, -3, 7, 90, 180, 270])('a page turned by %i degrees keeps its order', (degrees) => {
  expect(order(turned(RECEIPT, degrees))).toEqual(texts(RECEIPT));
  expect(order(turned(ARTICLE, degrees))).toEqual(texts(ARTICLE));
});

test('columns of vertical Chinese are read from right to left', () => {
  // As read, such a line begins at its top right corner and runs down.
  const column = (text: string, left: number): Line => ({
    text,
    box: [[left + 40, 0], [left + 40, 300], [left, 300], [left, 0]],
  }); // prettier-ignore
  const lines = [column('一', 200), column('二', 120), column('三', 40)];
  expect(order(lines)).toEqual(['一', '二', '三']);
});

test('no lines and one line are fine', () => {
  expect(sortLines([])).toEqual([]);
  expect(texts(sortLines([line('alone', 0, 0, 50)]))).toEqual(['alone']);
});

test('hundreds of lines are put in order without sorting each against each', () => {
  const lines = Array.from({ length: 600 }, (_, index) => line(String(index), 10, index * 40, 200 + (index % 7) * 30));
  expect(order(lines)).toEqual(texts(lines));
});
