import { expect, test } from 'vitest';
import { ParkedStates } from './parked-states.ts';
import { SequenceKeeper, type SequenceStore } from './sequence-keeper.ts';
import { SequencePool } from './sequence-pool.ts';

const tokensOf = (first: number): number[] => Array.from({ length: 100 }, (_, index) => first * 1000 + index);

test('every conversation that lies on disk is brought back, not the first alone', () => {
  const restored: number[] = [];
  let clock = 0;
  const store: SequenceStore = {
    cut: () => true,
    copyPrefix: () => undefined,
    stateBytes: () => 1000,
    save: () => new Uint8Array(0),
    restore(_sequence, state) {
      restored.push(state[0] ?? -1);
      clock += 2;
      return true;
    },
  };
  const parked = new ParkedStates(1_000_000);
  for (const first of [1, 2, 3]) {
    const data = new Uint8Array(1000).fill(first);
    parked.add({ tokens: tokensOf(first), scope: '', bytes: 0, dataBytes: data.length, read: () => data });
  }
  const pool = new SequencePool(4, 4000);
  const keeper = new SequenceKeeper({
    store,
    pool,
    parked,
    rules: { canCut: true, canShare: true, neighbours: false },
    promptMs: (tokens) => tokens,
    now: () => clock,
  });
  for (const first of [1, 2, 3]) {
    const place = keeper.choose([...tokensOf(first), 5], '');
    if (place === null) throw new Error('no place');
    expect(keeper.prepare(place, '')).toBe(100);
  }
  expect(restored).toEqual([1, 2, 3]);
});
