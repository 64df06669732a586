import { expect, test } from 'vitest';
import { SequencePool } from './sequence-pool.ts';

function filled(pool: SequencePool, sequence: number, tokens: readonly number[]): void {
  pool.hold(sequence, '');
  for (const token of tokens) pool.append(sequence, token);
}

test('a shared prefix takes its cells once and lives as long as anybody holds it', () => {
  const pool = new SequencePool(2, 10);
  filled(pool, 0, [1, 2, 3, 4]);
  pool.share(0, 1, 3);
  expect(pool.freeCells).toBe(6);
  pool.release(0);
  pool.cut(0, 0);
  expect(pool.freeCells).toBe(7);
  expect(pool.sequences[1]?.tokens).toEqual([1, 2, 3]);
  pool.cut(1, 1);
  expect(pool.freeCells).toBe(9);
});

test('cells of idle sequences count as available, those of busy ones and of the kept prefix do not', () => {
  const pool = new SequencePool(3, 10);
  filled(pool, 0, [1, 2, 3]);
  filled(pool, 1, [5, 6]);
  pool.release(1);
  expect(pool.availableCells(2, 0)).toBe(7);
  expect(pool.availableCells(1, 2)).toBe(5);
  expect(pool.availableCells(0, 3)).toBe(7);
});

test('the idle sequence released first is the oldest; empty and busy ones are not idle', () => {
  const pool = new SequencePool(4, 10);
  for (const sequence of [0, 1, 2]) filled(pool, sequence, [sequence]);
  expect(pool.oldestIdle()).toBeNull();
  pool.release(1);
  pool.release(0);
  expect(pool.oldestIdle()).toBe(1);
});

test('misuse is refused: cutting or holding a busy sequence, filling beyond the pool', () => {
  const pool = new SequencePool(1, 1);
  filled(pool, 0, [1]);
  expect(() => pool.cut(0, 0)).toThrow(/in use/);
  expect(() => pool.hold(0, '')).toThrow(/in use/);
  expect(() => pool.append(0, 2)).toThrow(/full/);
});

test('whatever happens, free and held cells add up', () => {
  const pool = new SequencePool(4, 40);
  let state = 3;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  for (let round = 0; round < 2000; round++) {
    const sequence = random(4);
    const view = pool.sequences[sequence];
    if (view === undefined) continue;
    if (view.busy) {
      if (pool.freeCells > 0 && random(3) > 0) pool.append(sequence, random(9));
      else pool.release(sequence);
    } else if (view.tokens.length === 0 && random(2) === 0) {
      const source = (sequence + 1) % 4;
      pool.share(source, sequence, random((pool.sequences[source]?.tokens.length ?? 0) + 1));
    } else if (random(2) === 0) {
      pool.hold(sequence, '');
    } else {
      pool.cut(sequence, random(view.tokens.length + 1));
    }
    expect(pool.freeCells).toBeLessThanOrEqual(pool.availableCells(0, 0));
    expect(pool.availableCells(0, 0)).toBeLessThanOrEqual(40);
  }
  for (const [index, { busy }] of pool.sequences.entries()) {
    if (busy) pool.release(index);
    pool.cut(index, 0);
  }
  expect(pool.freeCells).toBe(40);
  expect(pool.availableCells(0, 0)).toBe(40);
});
