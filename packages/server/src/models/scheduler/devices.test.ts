import { describe, expect, test } from 'vitest';
import { Bench, PATIENCE_MS } from './test-scheduler.ts';

const TWO_GPUS = { ram: 100, 'gpu:0': 10, 'gpu:1': 10 };

describe('several devices', () => {
  test('a model lies where its best placement that fits is free (Ollama#16391)', () => {
    const bench = new Bench(
      [{ id: 'a', placements: [{ 'gpu:0': 8 }, { 'gpu:1': 8 }, { ram: 8 }] }, { id: 'b' }],
      TWO_GPUS,
    );
    bench.acquire('a');
    expect(bench.phase('a')).toMatchObject({ reserved: { 'gpu:0': 8 }, way: { placement: 0 } });
    const crowded = new Bench(
      [
        { id: 'x', placements: [{ 'gpu:0': 5 }] },
        { id: 'a', placements: [{ 'gpu:0': 8 }, { 'gpu:1': 8 }] },
      ],
      TWO_GPUS,
    );
    crowded.acquire('x');
    crowded.acquire('a');
    expect(crowded.phase('a')).toMatchObject({ reserved: { 'gpu:1': 8 }, way: { placement: 1 } });
  });

  test('loads on different devices go on at the same time', () => {
    const bench = new Bench(
      [
        { id: 'a', placements: [{ 'gpu:0': 8 }] },
        { id: 'b', placements: [{ 'gpu:1': 8 }] },
        { id: 'c', placements: [{ ram: 80 }] },
      ],
      TWO_GPUS,
    );
    expect(['a', 'b', 'c'].flatMap((id) => bench.acquire(id))).toEqual(['load a', 'load b', 'load c']);
  });

  test('only a model that lies on the crowded device is evicted, by the bytes it holds (llama-swap#158, LocalAI#7269)', () => {
    const bench = new Bench(
      [
        { id: 'large', placements: [{ ram: 90 }] },
        { id: 'here', placements: [{ 'gpu:0': 6 }] },
        { id: 'there', placements: [{ 'gpu:1': 9 }] },
        { id: 'new', placements: [{ 'gpu:0': 8, ram: 2 }] },
      ],
      TWO_GPUS,
    );
    for (const id of ['large', 'there', 'here']) {
      bench.idle(id);
      bench.pass(1);
    }
    expect(bench.acquire('new')).toEqual(['stop here evicted']);
    expect(bench.gone('here')).toEqual(['load new']);
  });

  test('of two placements that are taken, the one whose models are back sooner is freed', () => {
    const bench = new Bench(
      [
        { id: 'slow', placements: [{ 'gpu:0': 8 }], loadsMs: [90_000] },
        { id: 'quick', placements: [{ 'gpu:1': 8 }], loadsMs: [1_000] },
        { id: 'new', placements: [{ 'gpu:0': 8 }, { 'gpu:1': 8 }] },
      ],
      TWO_GPUS,
    );
    for (const id of ['slow', 'quick']) {
      bench.acquire(id);
      bench.pass(id === 'slow' ? 90_000 : 1_000);
      bench.loaded(id);
      bench.release(id);
    }
    expect(bench.acquire('new')).toEqual(['stop quick evicted']);
    expect(bench.gone('quick')).toEqual(['load new']);
    expect(bench.phase('new')).toMatchObject({ reserved: { 'gpu:1': 8 } });
  });

  test('a model that spans two GPUs waits for both, and what it waits for is kept for it', () => {
    const bench = new Bench(
      [
        { id: 'a', placements: [{ 'gpu:0': 6 }] },
        { id: 'wide', placements: [{ 'gpu:0': 9, 'gpu:1': 9 }] },
        { id: 'late', placements: [{ 'gpu:1': 5 }] },
      ],
      TWO_GPUS,
    );
    bench.use('a');
    bench.acquire('wide');
    bench.pass(PATIENCE_MS);
    expect(bench.acquire('late')).toEqual([]);
    expect(bench.release('a')).toEqual(['stop a evicted']);
    expect(bench.gone('a')).toEqual(['load wide']);
  });

  test('what fits no device is refused at once with what it needs (Ollama#18282)', () => {
    const bench = new Bench([{ id: 'a', placements: [{ 'gpu:0': 12 }, { ram: 120 }] }], TWO_GPUS);
    expect(bench.acquire('a')).toEqual(['refuse 1 never-fits']);
    expect(bench.effects).toMatchObject([{ refusal: { need: { 'gpu:0': 12 } } }]);
    expect(bench.acquire('a')).toEqual(['refuse 2 never-fits']);
  });

  test('a measurement replaces the estimate on the devices that it names', () => {
    const bench = new Bench([{ id: 'a', placements: [{ 'gpu:0': 8, ram: 2 }] }], TWO_GPUS);
    bench.acquire('a');
    bench.loaded('a', { ram: 5 });
    expect(bench.phase('a')).toMatchObject({ reserved: { 'gpu:0': 8, ram: 5 } });
  });
});

describe('out of memory while loading', () => {
  const smaller = { placements: [{ ram: 2 }], concurrency: 1 };

  test('idle models are ended, then the load is tried once more with less context', () => {
    const bench = new Bench(
      [
        { id: 'idle', bytes: 1 },
        { id: 'a', shrunk: smaller },
      ],
      10,
    );
    bench.idle('idle');
    bench.acquire('a');
    expect(bench.loadFailed('a', 'it ran out', true)).toEqual(['stop idle evicted']);
    expect(bench.gone('idle')).toEqual(['load a shrunk']);
    expect(bench.phase('a')).toMatchObject({ reserved: { ram: 2 } });
    expect(bench.loaded('a')).toEqual(['grant 2 a']);
  });

  test('after the second time callers are told, and the breaker counts it once', () => {
    const bench = new Bench([{ id: 'a', shrunk: smaller }], 10);
    for (let times = 1; times <= 2; times++) {
      bench.acquire('a');
      expect(bench.loadFailed('a', 'it ran out', true)).toEqual(['load a shrunk']);
      expect(bench.loadFailed('a', 'it ran out', true)).toEqual([`refuse ${times} out-of-memory`]);
    }
    bench.acquire('a');
    bench.loadFailed('a', 'it ran out', true);
    expect(bench.loadFailed('a', 'it ran out', true)).toEqual(['refuse 3 out-of-memory', 'breaker-opened a']);
  });

  test('a model that cannot be smaller is tried again only where idle models gave their memory', () => {
    const bench = new Bench([{ id: 'idle', bytes: 1 }, { id: 'a' }], 10);
    bench.acquire('a');
    expect(bench.loadFailed('a', 'it ran out', true)).toEqual(['refuse 1 out-of-memory']);
    bench.idle('idle');
    bench.acquire('a');
    bench.loadFailed('a', 'it ran out', true);
    expect(bench.gone('idle')).toEqual(['load a']);
  });

  test('a model that ran with less context has its own again after it was unloaded', () => {
    const bench = new Bench([{ id: 'a', shrunk: smaller, idleMs: 10 }], 10);
    bench.acquire('a');
    bench.loadFailed('a', 'it ran out', true);
    bench.loaded('a');
    bench.release('a');
    bench.pass(10);
    bench.gone('a');
    expect(bench.acquire('a')).toEqual(['load a']);
  });

  test('models with users and pinned ones go on', () => {
    const bench = new Bench([{ id: 'busy' }, { id: 'pinned' }, { id: 'a', bytes: 2, shrunk: smaller }], 10);
    bench.use('busy');
    bench.idle('pinned');
    bench.send({ kind: 'pin', modelId: 'pinned', pinned: true });
    bench.acquire('a');
    expect(bench.loadFailed('a', 'it ran out', true)).toEqual(['load a shrunk']);
  });

  test('a failed load does not block the loads of others (LocalAI#7503)', () => {
    const bench = new Bench(
      [
        { id: 'bad', bytes: 8 },
        { id: 'good', bytes: 8 },
      ],
      10,
    );
    bench.acquire('bad');
    expect(bench.acquire('good')).toEqual([]);
    expect(bench.loadFailed('bad', 'it is bad')).toEqual(['refuse 1 load-failed', 'load good']);
    expect(bench.loaded('good')).toEqual(['grant 2 good']);
  });

  test('a client that keeps asking for a broken model starts it three times a minute at most (LocalAI#10719)', () => {
    const bench = new Bench([{ id: 'bad' }], 10);
    let starts = 0;
    for (let second = 0; second < 60; second++) {
      if (bench.acquire('bad').includes('load bad')) {
        starts++;
        bench.loadFailed('bad', 'it is bad');
      }
      bench.pass(1_000);
    }
    expect(starts).toBeLessThanOrEqual(4);
  });
});
