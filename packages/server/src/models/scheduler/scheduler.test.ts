import { describe, expect, test } from 'vitest';
import { wakeAtMs } from './scheduler.ts';
import { Bench, IDLE_MS, PATIENCE_MS } from './test-scheduler.ts';

describe('loading', () => {
  test('a model is loaded once however many wait, and all are served', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    expect(bench.acquire('a')).toEqual(['load a']);
    expect(bench.acquire('a')).toEqual([]);
    expect(bench.loaded('a')).toEqual(['grant 1 a', 'grant 2 a']);
    expect(bench.acquire('a')).toEqual(['grant 3 a']);
  });

  test('models that fit together load at the same time', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 8);
    expect([...bench.acquire('a'), ...bench.acquire('b')]).toEqual(['load a', 'load b']);
  });

  test('a load is given up when the last who waited has left', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.acquire('a');
    bench.acquire('a');
    expect(bench.send({ kind: 'leave', ticket: 1 })).toEqual([]);
    expect(bench.send({ kind: 'leave', ticket: 2 })).toEqual(['cancel-load a']);
  });

  test('a request that comes while a load is given up waits for the end and loads again', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.acquire('a');
    bench.send({ kind: 'leave', ticket: 1 });
    expect(bench.acquire('a')).toEqual([]);
    expect(bench.gone('a')).toEqual(['load a']);
  });

  test('a load that came through just as it was given up is not used', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.acquire('a');
    bench.send({ kind: 'leave', ticket: 1 });
    expect(bench.loaded('a')).toEqual([]);
    expect(bench.state.slots.get('a')?.phase.kind).toBe('unloading');
  });

  test('a load that never ends is given up, and those who wait are told', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.acquire('a');
    expect(bench.pass(5 * 60_000)).toEqual([]);
    expect(bench.pass(1)).toEqual(['refuse 1 not-loaded', 'cancel-load a']);
  });
});

describe('the memory budget', () => {
  test('what was set aside for a load stays so when it took less, because a model grows with its first requests', () => {
    const bench = new Bench([{ id: 'a', bytes: 6 }, { id: 'b' }], 8);
    bench.acquire('a');
    expect(bench.loaded('a', 3)).toEqual(['grant 1 a']);
    expect(bench.acquire('b')).toEqual([]);
  });

  test('the next load reserves the most that was ever measured', () => {
    const bench = new Bench([{ id: 'a', bytes: 2 }, { id: 'b' }], 10);
    bench.use('a');
    bench.measured('a', 8);
    bench.release('a');
    bench.pass(IDLE_MS);
    bench.gone('a');
    bench.use('b');
    expect(bench.acquire('a')).toEqual([]);
  });

  test('an idle model makes room, and its memory counts until its process is gone', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.use('a');
    bench.release('a');
    expect(bench.acquire('b')).toEqual(['stop a evicted']);
    expect(bench.gone('a')).toEqual(['load b']);
  });

  test('a busy model is never evicted', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.use('a');
    expect(bench.acquire('b')).toEqual([]);
    expect(bench.pass(10 * PATIENCE_MS)).toEqual([]);
    expect(bench.release('a')).toEqual(['stop a evicted']);
  });

  test('what can never fit is answered at once', () => {
    const bench = new Bench([{ id: 'a', bytes: 7 }], 6);
    expect(bench.acquire('a')).toEqual(['refuse 1 never-fits']);
  });

  test('a model that turns out larger than the whole budget is ended, and its callers are told', () => {
    const bench = new Bench([{ id: 'a' }], 6);
    bench.acquire('a');
    expect(bench.loaded('a', 7)).toEqual(['refuse 1 never-fits', 'stop a too-large']);
    bench.gone('a');
    expect(bench.acquire('a')).toEqual(['refuse 2 never-fits']);
  });

  test('idle models answer for a model that grew beyond the budget', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 8);
    bench.use('a');
    bench.release('a');
    bench.use('b');
    expect(bench.measured('b', 5)).toEqual(['stop a evicted']);
  });

  test('the longest idle model is evicted', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }, { id: 'c' }], 8);
    for (const id of ['b', 'a']) {
      bench.use(id);
      bench.release(id);
      bench.pass(1);
    }
    expect(bench.acquire('c')).toEqual(['stop b evicted']);
  });
});

describe('fairness', () => {
  test('a small model may pass a large one that waits, for a while', () => {
    const bench = new Bench([{ id: 'busy' }, { id: 'large', bytes: 9 }, { id: 'small' }, { id: 'late', bytes: 2 }], 10);
    bench.use('busy');
    expect(bench.acquire('large')).toEqual([]);
    expect(bench.acquire('small')).toEqual(['load small']);
    bench.loaded('small');
    bench.pass(PATIENCE_MS);
    expect(bench.acquire('late')).toEqual([]);
  });

  test('when patience ends, busy models take no new users until there is room', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.use('a');
    bench.acquire('b');
    expect(bench.acquire('a')).toEqual(['grant 3 a']);
    bench.pass(PATIENCE_MS);
    expect(bench.acquire('a')).toEqual([]);
    bench.release('a');
    expect(bench.release('a')).toEqual(['stop a evicted']);
    expect(bench.gone('a')).toEqual(['load b']);
    expect(bench.loaded('b')).toEqual(['grant 2 b']);
    expect(bench.release('b')).toEqual(['stop b evicted']);
  });

  test('when patience ends, nothing younger is loaded, also while a load is in the way', () => {
    const bench = new Bench([{ id: 'slow' }, { id: 'large', bytes: 9 }, { id: 'late', bytes: 2 }], 10);
    bench.acquire('slow');
    bench.acquire('large');
    bench.pass(PATIENCE_MS);
    expect(bench.acquire('late')).toEqual([]);
    expect(bench.loaded('slow')).toEqual(['grant 1 slow']);
    expect(bench.release('slow')).toEqual(['stop slow evicted']);
    expect(bench.gone('slow')).toEqual(['load large']);
  });

  test('each model that waits gets room of its own at once', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }], 8);
    for (const id of ['a', 'b']) {
      bench.use(id);
      bench.release(id);
    }
    expect(bench.acquire('c')).toEqual(['stop a evicted']);
    expect(bench.acquire('d')).toEqual(['stop b evicted']);
  });

  test('a model that need not leave after all serves those who wait for it at once', () => {
    const bench = new Bench([{ id: 'x' }, { id: 'y' }, { id: 'large' }], 8);
    bench.use('x');
    bench.use('y');
    bench.acquire('large');
    bench.pass(PATIENCE_MS);
    expect(bench.acquire('x')).toEqual([]);
    expect(bench.gone('y')).toEqual(['load large', 'grant 4 x']);
  });

  test('a busy model takes users again when the one that it was to leave for has gone', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.use('a');
    bench.acquire('b');
    bench.pass(PATIENCE_MS);
    expect(bench.acquire('a')).toEqual([]);
    expect(bench.send({ kind: 'leave', ticket: 2 })).toEqual(['grant 3 a']);
  });
});

describe('unloading', () => {
  test('a model ends when it was idle for its time, counted from its last release', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.use('a', 2);
    bench.release('a');
    bench.pass(IDLE_MS * 2);
    expect(bench.release('a')).toEqual([]);
    expect(wakeAtMs(bench.state, bench.nowMs)).toBe(bench.nowMs + IDLE_MS);
    expect(bench.pass(IDLE_MS - 1)).toEqual([]);
    expect(bench.pass(1)).toEqual(['stop a idle']);
  });

  test('a model without an idle time stays', () => {
    const bench = new Bench([{ id: 'a', idleMs: null }], 10);
    bench.use('a');
    bench.release('a');
    expect(wakeAtMs(bench.state, bench.nowMs)).toBeNull();
    expect(bench.pass(IDLE_MS * 1_000)).toEqual([]);
  });

  test('a request that comes while the model unloads waits and loads it again', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.use('a');
    bench.release('a');
    bench.pass(IDLE_MS);
    expect(bench.acquire('a')).toEqual([]);
    expect(bench.gone('a')).toEqual(['load a']);
  });

  test('an unload that is asked for waits for the users of the model, and later ones load it again', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.use('a');
    expect(bench.send({ kind: 'unload', modelId: 'a' })).toEqual([]);
    expect(bench.acquire('a')).toEqual([]);
    expect(bench.release('a')).toEqual(['stop a asked']);
    expect(bench.gone('a')).toEqual(['load a']);
  });

  test('an unload that is asked for during a load lets those who wait be served first', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.acquire('a');
    bench.send({ kind: 'unload', modelId: 'a' });
    expect(bench.loaded('a')).toEqual(['grant 1 a']);
    expect(bench.release('a')).toEqual(['stop a asked']);
  });

  test('closing refuses new requests, lets users finish, and then ends everything', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }, { id: 'c' }], 12);
    bench.use('a');
    bench.use('b');
    bench.release('b');
    bench.acquire('c');
    expect(bench.send({ kind: 'close' })).toEqual(['refuse 3 shutting-down', 'cancel-load c', 'stop b shutdown']);
    expect(bench.acquire('a')).toEqual(['refuse 4 shutting-down']);
    expect(bench.release('a')).toEqual(['stop a shutdown']);
  });

  test('when the grace is over, busy models end too', () => {
    const bench = new Bench([{ id: 'a' }], 12);
    bench.use('a');
    bench.send({ kind: 'close' });
    expect(bench.send({ kind: 'close-now' })).toEqual(['stop a shutdown']);
  });
});

describe('crashes', () => {
  test('the next request loads a crashed model again, and leases of the dead process count no more', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.use('a');
    const dead = bench.generation('a');
    expect(bench.gone('a')).toEqual([]);
    expect(bench.acquire('a')).toEqual(['load a']);
    bench.loaded('a');
    bench.send({ kind: 'release', modelId: 'a', generation: dead, heldMs: 1, keepAliveMs: undefined });
    expect(bench.state.slots.get('a')?.phase).toMatchObject({ kind: 'ready', users: 1 });
  });

  test('three crashes within a minute are followed by refusals, then one trial', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    for (let crash = 0; crash < 2; crash++) {
      bench.use('a');
      expect(bench.gone('a')).toEqual([]);
    }
    bench.use('a');
    expect(bench.gone('a')).toEqual(['breaker-opened a']);
    expect(bench.acquire('a')).toEqual(['refuse 4 breaker-open']);
    bench.pass(30_000);
    expect(bench.acquire('a')).toEqual(['load a']);
    expect(bench.acquire('a')).toEqual([]);
    expect(bench.loaded('a')).toEqual(['grant 5 a', 'grant 6 a']);
  });

  test('missing or refused weights are told to all who wait and never open the breaker', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    for (let times = 1; times <= 5; times++) {
      bench.acquire('a');
      expect(bench.loadFailed('a', null)).toEqual([`refuse ${times} load-failed`]);
    }
  });

  test('a failed load frees its memory for those who wait for it', () => {
    const bench = new Bench([{ id: 'a' }, { id: 'b' }], 6);
    bench.acquire('a');
    expect(bench.acquire('b')).toEqual([]);
    expect(bench.loadFailed('a', 'it is bad')).toEqual(['refuse 1 load-failed', 'load b']);
  });

  test('a process that dies between its load and its first user fails those who wait', () => {
    const bench = new Bench([{ id: 'a' }], 10);
    bench.acquire('a');
    expect(bench.gone('a')).toEqual(['refuse 1 not-loaded']);
  });
});
