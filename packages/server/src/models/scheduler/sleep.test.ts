import { describe, expect, test } from 'vitest';
import { Bench, IDLE_MS } from './test-scheduler.ts';

const BUDGETS = { ram: 10, 'gpu:0': 10 };
const sleeper = {
  placements: [{ 'gpu:0': 8, ram: 1 }],
  asleep: () => ({ ram: 4 }),
};

describe('sleep', () => {
  test('a model that is evicted from the GPU sleeps where there is memory for it, and gives the GPU back', () => {
    const bench = new Bench(
      [
        { id: 'a', ...sleeper },
        { id: 'b', placements: [{ 'gpu:0': 8 }] },
      ],
      BUDGETS,
    );
    bench.idle('a');
    expect(bench.acquire('b')).toEqual(['sleep a']);
    expect(bench.phase('a')).toMatchObject({ kind: 'falling-asleep', reserved: { 'gpu:0': 8, ram: 4 } });
    expect(bench.slept('a')).toEqual(['load b']);
    expect(bench.phase('a')).toMatchObject({ kind: 'sleeping', reserved: { ram: 4 } });
  });

  test('a model is ended where there is no memory for its sleep', () => {
    const bench = new Bench(
      [
        { id: 'a', ...sleeper },
        { id: 'b', placements: [{ 'gpu:0': 8 }] },
        { id: 'full', bytes: 8 },
      ],
      BUDGETS,
    );
    bench.use('full');
    bench.idle('a');
    expect(bench.acquire('b')).toEqual(['stop a evicted']);
  });

  test('a model is ended where its sleep would take what the other needs', () => {
    const bench = new Bench(
      [
        { id: 'a', ...sleeper },
        { id: 'b', placements: [{ 'gpu:0': 8, ram: 7 }] },
      ],
      BUDGETS,
    );
    bench.idle('a');
    expect(bench.acquire('b')).toEqual(['stop a evicted']);
  });

  test('an idle model sleeps, and is ended when it slept six times as long', () => {
    const bench = new Bench([{ id: 'a', ...sleeper }], BUDGETS);
    bench.idle('a');
    expect(bench.pass(IDLE_MS)).toEqual(['sleep a']);
    bench.slept('a');
    expect(bench.pass(6 * IDLE_MS - 1)).toEqual([]);
    expect(bench.pass(1)).toEqual(['stop a idle']);
  });

  test('a request wakes it, with the same process', () => {
    const bench = new Bench([{ id: 'a', ...sleeper }], BUDGETS);
    bench.idle('a');
    const generation = bench.generation('a');
    bench.pass(IDLE_MS);
    bench.slept('a');
    expect(bench.acquire('a')).toEqual(['wake a']);
    expect(bench.phase('a')).toMatchObject({ kind: 'waking', generation, reserved: { 'gpu:0': 8, ram: 4 } });
    expect(bench.woke('a')).toEqual(['grant 2 a']);
    expect(bench.phase('a')).toMatchObject({ kind: 'ready', reserved: { 'gpu:0': 8, ram: 1 } });
  });

  test('waking makes room as a load does', () => {
    const bench = new Bench(
      [
        { id: 'a', ...sleeper },
        { id: 'b', placements: [{ 'gpu:0': 8 }] },
      ],
      BUDGETS,
    );
    bench.idle('a');
    bench.acquire('b');
    bench.slept('a');
    bench.loaded('b');
    bench.release('b');
    expect(bench.acquire('a')).toEqual(['stop b evicted']);
    expect(bench.gone('b')).toEqual(['wake a']);
  });

  test('a sleeping model is ended when its memory is needed', () => {
    const bench = new Bench(
      [
        { id: 'a', ...sleeper },
        { id: 'b', bytes: 8 },
      ],
      BUDGETS,
    );
    bench.idle('a');
    bench.pass(IDLE_MS);
    bench.slept('a');
    expect(bench.acquire('b')).toEqual(['stop a evicted']);
    expect(bench.gone('a')).toEqual(['load b']);
  });

  test('a model that would not fall asleep is ended; one that would not wake too, and those who wait get a new process', () => {
    const bench = new Bench([{ id: 'a', ...sleeper }], BUDGETS);
    bench.idle('a');
    bench.pass(IDLE_MS);
    const told = { modelId: 'a', generation: bench.generation('a'), reason: 'it would not' };
    expect(bench.send({ kind: 'sleep-failed', ...told })).toEqual(['stop a idle']);
    bench.gone('a');
    bench.idle('a');
    bench.pass(IDLE_MS);
    bench.slept('a');
    bench.acquire('a');
    const again = { ...told, generation: bench.generation('a') };
    expect(bench.send({ kind: 'wake-failed', ...again })).toEqual(['stop a idle']);
    expect(bench.gone('a')).toEqual(['load a']);
  });

  test('a sleeping model that is to be unloaded is ended; closing ends it too', () => {
    const bench = new Bench([{ id: 'a', ...sleeper }], BUDGETS);
    bench.idle('a');
    bench.pass(IDLE_MS);
    bench.slept('a');
    expect(bench.send({ kind: 'unload', modelId: 'a' })).toEqual(['stop a asked']);
    bench.gone('a');
    bench.idle('a');
    bench.pass(IDLE_MS);
    expect(bench.send({ kind: 'close' })).toEqual(['stop a shutdown']);
  });

  test('two sleeping models that cannot wake together take turns', () => {
    const bench = new Bench(
      [
        { id: 'a', ...sleeper },
        { id: 'b', ...sleeper },
      ],
      BUDGETS,
    );
    bench.idle('a');
    bench.acquire('b');
    bench.slept('a');
    bench.loaded('b');
    bench.acquire('a');
    expect(bench.release('b')).toEqual(['sleep b']);
    expect(bench.slept('b')).toEqual(['wake a']);
  });
});
