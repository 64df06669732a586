import { expect, test } from 'vitest';
import { Bench } from './test-scheduler.ts';

/** A model that is used every few seconds, and one for which it had to make room; that one is used once. */
function afterEviction(): Bench {
  const bench = new Bench(
    [{ id: 'often', loadsMs: [8_000, 8_000, 8_000] }, { id: 'large', bytes: 9, loadsMs: [500] }, { id: 'other' }],
    10,
  );
  for (let times = 0; times < 10; times++) {
    if (times === 0) bench.idle('often');
    else {
      bench.acquire('often');
      bench.release('often');
    }
    bench.pass(5_000);
  }
  bench.acquire('large');
  bench.gone('often');
  bench.pass(500);
  bench.loaded('large');
  return bench;
}

/** The same with the memory free again. */
function withRoom(): { readonly bench: Bench; readonly effects: readonly string[] } {
  const bench = afterEviction();
  bench.send({ kind: 'unload', modelId: 'large' });
  bench.release('large');
  return { bench, effects: bench.gone('large') };
}

test('an evicted model that is used often comes back when there is room and nobody waits', () => {
  const { bench, effects } = withRoom();
  expect(effects).toEqual(['return often']);
  bench.loaded('often');
  expect(bench.acquire('often')).toEqual(['grant 12 often']);
});

test('it takes the place of one that is missed far less', () => {
  const bench = afterEviction();
  expect(bench.release('large')).toEqual(['stop large evicted']);
  expect(bench.gone('large')).toEqual(['return often']);
});

test('a load that nobody asked for ends as soon as a request must wait, and is not tried again', () => {
  const { bench } = withRoom();
  expect(bench.acquire('other')).toEqual(['cancel-load often', 'load other']);
  bench.gone('often');
  bench.loaded('other');
  expect(bench.release('other')).toEqual([]);
});

test('it goes on when the request that waits is for that model', () => {
  const { bench } = withRoom();
  expect(bench.acquire('often')).toEqual([]);
  expect(bench.loaded('often')).toEqual(['grant 12 often']);
});

test('a model comes back once after a use', () => {
  const { bench } = withRoom();
  bench.loaded('often');
  bench.acquire('large');
  bench.gone('often');
  bench.loaded('large');
  bench.send({ kind: 'unload', modelId: 'large' });
  bench.release('large');
  expect(bench.gone('large')).toEqual([]);
});

test('what an operator unloaded, or was idle for long, does not come back', () => {
  const bench = new Bench([{ id: 'often', loadsMs: [2_000] }], 10);
  bench.idle('often');
  for (let times = 0; times < 10; times++) {
    bench.pass(5_000);
    bench.acquire('often');
    bench.release('often');
  }
  bench.send({ kind: 'unload', modelId: 'often' });
  expect(bench.gone('often')).toEqual([]);
});

test('what is expected only after long does not come back', () => {
  const bench = afterEviction();
  bench.pass(60 * 60_000);
  bench.send({ kind: 'unload', modelId: 'large' });
  bench.release('large');
  expect(bench.gone('large')).toEqual([]);
});
