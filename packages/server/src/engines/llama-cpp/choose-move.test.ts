import { expect, test } from 'vitest';
import { chooseMove } from './choose-move.ts';

const busyOf = (text: string): boolean[] => Array.from(text, (mark) => mark === 'x');

test('running sequences that lie together, or alone, stay', () => {
  expect(chooseMove(busyOf('..xxx.'))).toBeNull();
  expect(chooseMove(busyOf('x'))).toBeNull();
  expect(chooseMove(busyOf('...'))).toBeNull();
});

test('one that lies apart moves beside the others, into a gap that joins two groups first', () => {
  expect(chooseMove(busyOf('xx...x'))).toEqual({ from: 5, to: 2 });
  expect(chooseMove(busyOf('.xxx.xx.x'))).toEqual({ from: 8, to: 4 });
});

test('wherever they lie, they come together after a few moves, and each move goes from a running to an idle sequence', () => {
  for (let pattern = 1; pattern < 1 << 10; pattern++) {
    const busy = Array.from({ length: 10 }, (_, index) => ((pattern >> index) & 1) === 1);
    let moves = 0;
    for (let move = chooseMove(busy); move !== null; move = chooseMove(busy)) {
      expect([busy[move.from], busy[move.to]]).toEqual([true, false]);
      busy[move.from] = false;
      busy[move.to] = true;
      expect(++moves).toBeLessThan(10);
    }
    const marks = busy.map((is) => (is ? 'x' : '.')).join('');
    expect(marks).toMatch(/^\.*x+\.*$/);
  }
});
