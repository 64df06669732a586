import { describe, expect, test } from 'vitest';
import { Bench, PATIENCE_MS } from './test-scheduler.ts';

describe('places', () => {
  test('a model serves as many at once as it can, and the others get their place as one is given back', () => {
    const bench = new Bench([{ id: 'a', concurrency: 2 }], 10);
    for (let request = 0; request < 4; request++) bench.acquire('a');
    expect(bench.loaded('a')).toEqual(['grant 1 a', 'grant 2 a']);
    expect(bench.acquire('a')).toEqual([]);
    expect(bench.release('a')).toEqual(['grant 3 a']);
    expect(bench.release('a')).toEqual(['grant 4 a']);
    expect(bench.phase('a')).toMatchObject({ kind: 'ready', users: 2 });
  });

  test('a request that leaves while it waits for a place is never given one', () => {
    const bench = new Bench([{ id: 'a', concurrency: 1 }], 10);
    bench.use('a');
    bench.acquire('a');
    bench.acquire('a');
    expect(bench.send({ kind: 'leave', ticket: 2 })).toEqual([]);
    expect(bench.release('a')).toEqual(['grant 3 a']);
  });

  test('a full queue refuses at once, also while the model is loaded (Ollama#7758)', () => {
    const bench = new Bench([{ id: 'a', concurrency: 1 }], 10, 3);
    bench.use('a');
    bench.acquire('a');
    bench.acquire('a');
    expect(bench.acquire('a')).toEqual(['refuse 4 queue-full']);
    bench.send({ kind: 'leave', ticket: 3 });
    expect(bench.acquire('a')).toEqual([]);
  });

  test('a model that is waited for is not idle, however long its queue waits', () => {
    const bench = new Bench([{ id: 'a', concurrency: 1, idleMs: 0 }], 10);
    bench.use('a');
    bench.acquire('a');
    expect(bench.release('a')).toEqual(['grant 2 a']);
    expect(bench.release('a')).toEqual(['stop a idle']);
  });
});

describe('priorities', () => {
  test('a request of high priority goes first, one of low priority last', () => {
    const bench = new Bench([{ id: 'a', concurrency: 1 }], 10);
    bench.use('a');
    bench.acquire('a', { priority: 'low' });
    bench.acquire('a');
    bench.acquire('a', { priority: 'high' });
    expect(bench.release('a')).toEqual(['grant 4 a']);
    expect(bench.release('a')).toEqual(['grant 3 a']);
    expect(bench.release('a')).toEqual(['grant 2 a']);
  });

  test('waiting lifts every request: one of low priority is not passed for ever', () => {
    const bench = new Bench([{ id: 'a', concurrency: 1 }], 10);
    bench.use('a');
    bench.acquire('a', { priority: 'low' });
    bench.pass(60_001);
    bench.acquire('a', { priority: 'high' });
    expect(bench.release('a')).toEqual(['grant 2 a']);
  });

  test('the model of the more urgent request is loaded first', () => {
    const bench = new Bench([{ id: 'busy' }, { id: 'b' }, { id: 'c' }], 6);
    bench.use('busy');
    bench.acquire('b');
    bench.acquire('c', { priority: 'high' });
    expect(bench.release('busy')).toEqual(['stop busy evicted']);
    expect(bench.gone('busy')).toEqual(['load c']);
  });

  test('a request of low priority is patient for longer before others must make room', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.use('a');
    bench.acquire('b', { priority: 'low' });
    bench.pass(PATIENCE_MS);
    expect(bench.acquire('a')).toEqual(['grant 3 a']);
    bench.pass(30_000);
    expect(bench.acquire('a')).toEqual([]);
  });
});

describe('turns', () => {
  test('requests for two models that come in turns are served by model, with one swap (llama-swap#19, llama-swap#612)', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    const effects = ['a', 'b', 'a', 'b', 'a', 'b'].flatMap((id) => bench.acquire(id));
    effects.push(...bench.loaded('a'));
    for (let request = 0; request < 3; request++) effects.push(...bench.release('a'));
    effects.push(...bench.gone('a'), ...bench.loaded('b'));
    expect(effects).toEqual([
      'load a',
      'grant 1 a',
      'grant 3 a',
      'grant 5 a',
      'stop a evicted',
      'load b',
      'grant 2 b',
      'grant 4 b',
      'grant 6 b',
    ]);
  });

  test('a model that was just loaded serves for a while before it must make room, however long others waited (llama-swap#612)', () => {
    const bench = new Bench(
      [
        { id: 'a', concurrency: 1 },
        { id: 'b', concurrency: 1 },
      ],
      6,
    );
    bench.use('a');
    bench.acquire('b');
    bench.acquire('a');
    bench.pass(1);
    bench.acquire('b');
    bench.pass(PATIENCE_MS);
    expect(bench.release('a')).toEqual(['stop a evicted']);
    bench.gone('a');
    bench.pass(PATIENCE_MS);
    expect(bench.loaded('b')).toEqual(['grant 2 b']);
    expect(bench.release('b')).toEqual(['grant 4 b']);
    bench.acquire('b');
    bench.pass(PATIENCE_MS);
    expect(bench.release('b')).toEqual(['stop b evicted']);
    expect(bench.gone('b')).toEqual(['load a']);
  });

  test('those who came first are served before a model must make room for who came later', () => {
    const bench = new Bench([{ id: 'a', concurrency: 1 }, { id: 'b' }], 6);
    bench.use('a');
    bench.acquire('a');
    bench.pass(1);
    bench.acquire('b');
    bench.acquire('a');
    bench.pass(PATIENCE_MS);
    expect(bench.release('a')).toEqual(['grant 2 a']);
    expect(bench.release('a')).toEqual(['stop a evicted']);
    expect(bench.gone('a')).toEqual(['load b']);
  });

  test('a model with users is not evicted, and its users go on (llama.cpp#21678, llama-swap#588, LocalAI#5221)', () => {
    const bench = new Bench([{ id: 'a', idleMs: 1 }, { id: 'b' }], 6);
    bench.use('a', 2);
    bench.acquire('b', { priority: 'high' });
    bench.release('a');
    expect(bench.pass(1_000 * PATIENCE_MS)).toEqual([]);
    expect(bench.phase('a')).toMatchObject({ kind: 'ready', users: 1 });
  });
});
