import { describe, expect, test } from 'vitest';
import { wakeAtMs } from './scheduler.ts';
import { Bench, IDLE_MS } from './test-scheduler.ts';

describe('keep-alive', () => {
  test('a request sets how long the model stays, counted from its end', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.use('a');
    expect(bench.release('a', 5_000)).toEqual([]);
    expect(wakeAtMs(bench.state, bench.nowMs)).toBe(bench.nowMs + 5_000);
    expect(bench.pass(5_000)).toEqual(['stop a idle']);
  });

  test('a later request without a wish does not change it; one with a wish does', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.use('a', 3);
    bench.release('a', null);
    bench.release('a');
    bench.pass(IDLE_MS);
    expect(bench.release('a', 10_000)).toEqual([]);
    expect(bench.pass(10_000)).toEqual(['stop a idle']);
  });

  test('0 unloads the model with its last user', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.use('a', 2);
    expect(bench.release('a', 0)).toEqual([]);
    expect(bench.release('a')).toEqual(['stop a idle']);
  });

  test('a model that a request keeps stays, and its next request finds it as it is (Ollama#7773)', () => {
    const bench = new Bench([{ id: 'a' }], 6);
    bench.use('a');
    bench.release('a', null);
    const generation = bench.generation('a');
    expect(bench.pass(100 * IDLE_MS)).toEqual([]);
    expect(bench.acquire('a')).toEqual(['grant 2 a']);
    expect(bench.generation('a')).toBe(generation);
  });

  test('a model that a request keeps still makes room for others', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.use('a');
    bench.release('a', null);
    expect(bench.acquire('b')).toEqual(['stop a evicted']);
  });

  test('what requests wished is forgotten when the model is unloaded; what an operator set is not', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.send({ kind: 'keep-alive', modelId: 'a', keepAliveMs: 7_000 });
    bench.use('a');
    bench.release('a', 1_000);
    bench.pass(1_000);
    bench.gone('a');
    bench.idle('a');
    expect(bench.pass(6_999)).toEqual([]);
    expect(bench.pass(1)).toEqual(['stop a idle']);
  });
});

describe('pinned models', () => {
  function pinned(): Bench {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.idle('a');
    bench.send({ kind: 'pin', modelId: 'a', pinned: true });
    return bench;
  }

  test('a pinned model is neither evicted nor idle', () => {
    const bench = pinned();
    bench.pass(100 * IDLE_MS);
    bench.acquire('b');
    expect(bench.phase('a')).toMatchObject({ kind: 'ready' });
  });

  test('what a pinned model leaves no room for is refused at once, not tried for ever (Ollama#18282)', () => {
    const bench = pinned();
    expect(bench.acquire('b')).toEqual(['refuse 2 no-room']);
    expect(bench.effects).toMatchObject([{ refusal: { pinned: ['a'] } }]);
  });

  test('those who wait when a model is pinned in their way are told', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.use('a');
    bench.acquire('b');
    expect(bench.send({ kind: 'pin', modelId: 'a', pinned: true })).toEqual(['refuse 2 no-room']);
  });

  test('it goes when an operator asks, and when the server closes', () => {
    expect(pinned().send({ kind: 'unload', modelId: 'a' })).toEqual(['stop a asked']);
    expect(pinned().send({ kind: 'close' })).toEqual(['stop a shutdown']);
  });

  test('it is idle again when it is let go', () => {
    const bench = pinned();
    bench.pass(2 * IDLE_MS);
    expect(bench.send({ kind: 'pin', modelId: 'a', pinned: false })).toEqual(['stop a idle']);
  });
});

describe('memory that does not come back', () => {
  test('it counts against its device until it is back', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b', bytes: 8 }], 10);
    bench.idle('a');
    bench.send({ kind: 'unload', modelId: 'a' });
    bench.gone('a', { ram: 3 });
    expect(bench.acquire('b')).toEqual(['refuse 2 no-room']);
    expect(bench.effects).toMatchObject([{ refusal: { kept: { ram: 3 }, pinned: [] } }]);
    bench.send({ kind: 'returned', modelId: 'a', bytes: { ram: 3 } });
    expect(bench.acquire('b')).toEqual(['load b']);
  });

  test('loads that still fit go on beside it', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }, { id: 'c' }], 10);
    bench.idle('a');
    bench.acquire('b');
    bench.gone('a', { ram: 2 });
    expect(bench.acquire('c')).toEqual(['load c']);
    expect(bench.acquire('a')).toEqual([]);
  });
});

describe('operators', () => {
  test('a load that an operator asks for goes on when nobody waits for its end', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.acquire('a', { asked: true });
    expect(bench.send({ kind: 'leave', ticket: 1 })).toEqual([]);
    bench.loaded('a');
    expect(bench.phase('a')).toMatchObject({ kind: 'ready', users: 0 });
  });

  test('a load takes its time while somebody waits, whatever the idle time is (llama-swap#92, llama-swap#574, llama-swap#289)', () => {
    const bench = new Bench([{ id: 'a', idleMs: 1_000 }], 10);
    bench.acquire('a');
    for (let second = 0; second < 290; second++) expect(bench.pass(1_000)).toEqual([]);
    expect(bench.loaded('a')).toEqual(['grant 1 a']);
  });

  test('an idle end and a request that meet leave nobody waiting (llama-swap#946)', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.idle('a');
    expect(bench.pass(IDLE_MS)).toEqual(['stop a idle']);
    expect(bench.acquire('a')).toEqual([]);
    expect(bench.gone('a')).toEqual(['load a']);
    expect(bench.loaded('a')).toEqual(['grant 2 a']);
  });

  test('requests at once start one process, also while the one before still ends (llama-swap#277, llama-swap#281)', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.idle('a');
    const effects = ['b', 'a', 'b', 'a'].flatMap((id) => bench.acquire(id));
    expect(effects).toEqual(['stop a evicted']);
    expect(bench.gone('a')).toEqual(['load b']);
    expect(bench.acquire('b')).toEqual([]);
    expect(bench.loaded('b')).toEqual(['grant 2 b', 'grant 4 b', 'grant 6 b']);
    bench.release('b');
    bench.release('b');
    expect(bench.release('b')).toEqual(['stop b evicted']);
    expect(bench.gone('b')).toEqual(['load a']);
    expect(bench.loaded('a')).toEqual(['grant 3 a', 'grant 5 a']);
  });

  test('a load ends when the last who waited has left (llama-swap#727, llama-swap#1029)', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b', bytes: 8 }], 10);
    bench.acquire('a');
    bench.acquire('b');
    expect(bench.send({ kind: 'leave', ticket: 1 })).toEqual(['cancel-load a']);
    expect(bench.gone('a')).toEqual(['load b']);
  });
});
