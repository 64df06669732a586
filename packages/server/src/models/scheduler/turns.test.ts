import { expect, test } from 'vitest';
import { Bench } from './test-scheduler.ts';

const LOAD_MS = 8_000;

/** Known to be used every second; just loaded again, and idle. */
function justLoaded(): Bench {
  const bench = new Bench(
    [
      { id: 'a', loadsMs: [LOAD_MS] },
      { id: 'b', loadsMs: [LOAD_MS] },
    ],
    6,
  );
  bench.idle('a');
  for (let times = 0; times < 10; times++) {
    bench.pass(1_000);
    bench.acquire('a');
    bench.release('a');
  }
  bench.send({ kind: 'unload', modelId: 'a' });
  bench.gone('a');
  bench.acquire('a');
  bench.pass(LOAD_MS);
  bench.loaded('a');
  bench.release('a');
  return bench;
}

test('a model that was just loaded and is used at once again serves for a moment before it makes room (llama-swap#612)', () => {
  const bench = justLoaded();
  expect(bench.acquire('b')).toEqual([]);
  bench.pass(1_000);
  expect(bench.acquire('a')).toMatchObject([expect.stringMatching(/^grant \d+ a$/)]);
});

test('its turn is over after half of the load that the other request waits for', () => {
  const bench = justLoaded();
  bench.acquire('b');
  const stops: string[] = [];
  for (let passed = 0; passed < LOAD_MS / 2; passed += 1_000) {
    bench.acquire('a');
    bench.release('a');
    stops.push(...bench.pass(1_000));
  }
  expect(stops).toEqual(['stop a evicted']);
});

test('many who wait, or one of high priority, need not wait for it', () => {
  const crowded = justLoaded();
  const effects = Array.from({ length: 90 }, () => crowded.acquire('b')).flat();
  expect(effects).toEqual(['stop a evicted']);
  expect(justLoaded().acquire('b', { priority: 'high' })).toEqual(['stop a evicted']);
});

test('nobody takes the room from the one that waits for it', () => {
  const bench = new Bench([{ id: 'a', loadsMs: [LOAD_MS] }, { id: 'b', loadsMs: [LOAD_MS] }, { id: 'c' }], 6);
  bench.idle('a');
  for (let times = 0; times < 10; times++) {
    bench.acquire('a');
    bench.release('a');
    if (times < 9) bench.pass(100);
  }
  expect(bench.acquire('b')).toEqual([]);
  expect(bench.acquire('c')).toEqual([]);
  const ended = bench.pass(LOAD_MS / 2);
  expect(ended).toEqual(['stop a evicted']);
  expect(bench.gone('a')).toEqual(['load b']);
});
