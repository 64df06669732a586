import { describe, expect, test } from 'vitest';
import { passCrowd } from './test-crowd.ts';
import { Bench, PATIENCE_MS } from './test-scheduler.ts';

/** When the client of the last request was told to come again, from now. */
function toldMs(bench: Bench): number | null {
  const [effect] = bench.effects;
  return effect?.kind === 'refuse' && effect.refusal.kind === 'queue-full' ? effect.refusal.retryAfterMs : null;
}

function release(bench: Bench, heldMs: number, modelId = 'a'): string[] {
  const generation = bench.generation(modelId);
  return bench.send({ kind: 'release', modelId, generation, heldMs, keepAliveMs: undefined });
}

/** A model that serves one at once, with one that runs and one that waits; leases are held for `heldMs`. */
function full(heldMs: number): Bench {
  const bench = new Bench([{ id: 'a', concurrency: 1 }], 10, 2);
  bench.use('a');
  release(bench, heldMs);
  bench.acquire('a');
  bench.acquire('a');
  return bench;
}

describe('the time to retry', () => {
  test('clients that are refused together are told times apart, as leases end', () => {
    const bench = full(4_000);
    const told = Array.from({ length: 4 }, () => {
      bench.acquire('a');
      return toldMs(bench);
    });
    expect(told).toEqual([5_000, 10_000, 15_000, 20_000]);
  });

  test('clients that come as told get the places, in spite of others that come between (Ollama#7758)', () => {
    const bench = full(4_000);
    const told = Array.from({ length: 3 }, () => {
      bench.acquire('a');
      return toldMs(bench) ?? 0;
    });
    const startMs = bench.nowMs;
    for (const afterMs of told) {
      bench.nowMs = startMs + afterMs - 1_000;
      release(bench, 4_000);
      expect(bench.acquire('a')).toEqual([expect.stringMatching(/^refuse \d+ queue-full$/)]);
      bench.nowMs = startMs + afterMs + 100;
      expect(bench.acquire('a')).toEqual([]);
    }
  });

  test('who does not come loses the place after two seconds', () => {
    const bench = full(4_000);
    bench.acquire('a');
    bench.nowMs += toldMs(bench) ?? 0;
    release(bench, 4_000);
    release(bench, 4_000);
    bench.nowMs += 2_001;
    expect(bench.acquire('a')).toEqual(['grant 5 a']);
    expect(bench.acquire('a')).toEqual([]);
  });

  test('it is whole seconds, one at least and ten minutes at most', () => {
    const short = full(1);
    short.acquire('a');
    expect(toldMs(short)).toBe(1_000);
    const long = full(3_600_000);
    long.acquire('a');
    expect(toldMs(long)).toBe(600_000);
  });

  test('where leases are held for longer than ever before, clients are told longer times', () => {
    const bench = full(2_000);
    bench.acquire('a');
    expect(toldMs(bench)).toBe(3_000);
    bench.nowMs += 60_000;
    bench.acquire('a');
    expect(toldMs(bench)).toBeGreaterThan(30_000);
    release(bench, 60_000);
    bench.acquire('a');
    bench.acquire('a');
    expect(toldMs(bench)).toBeGreaterThan(10_000);
  });

  test('a load that is left is waited for, and a lease after it', () => {
    const bench = new Bench([{ id: 'a', concurrency: 1, loadsMs: [30_000] }], 10, 1);
    bench.acquire('a');
    bench.nowMs += 10_000;
    bench.acquire('a');
    expect(toldMs(bench)).toBeGreaterThanOrEqual(25_000);
    expect(toldMs(bench)).toBeLessThan(60_000);
  });

  test('a model that waits for the room of a busy one takes the patience, the lease and the load', () => {
    const bench = new Bench(
      [
        { id: 'busy', concurrency: 1 },
        { id: 'a', concurrency: 1, loadsMs: [20_000] },
      ],
      6,
      1,
    );
    bench.use('busy');
    release(bench, 40_000, 'busy');
    bench.acquire('busy');
    bench.acquire('a');
    bench.acquire('a');
    expect(toldMs(bench)).toBeGreaterThanOrEqual(PATIENCE_MS + 40_000 + 20_000);
  });

  test('what an operator loads is not refused for what was promised, and does not pass for a lease', () => {
    const bench = full(4_000);
    bench.acquire('a');
    bench.nowMs += 2_000;
    release(bench, 4_000);
    expect(bench.acquire('a')).toEqual([expect.stringContaining('queue-full')]);
    expect(bench.acquire('a', { asked: true })).toEqual([]);
    const before = bench.state.slots.get('a')?.holdMs;
    const generation = bench.generation('a');
    bench.send({ kind: 'release', modelId: 'a', generation, heldMs: null, keepAliveMs: undefined });
    expect(bench.state.slots.get('a')?.holdMs).toBe(before);
  });
});

describe('under twice the load that a model can serve', () => {
  const crowd = { loadMs: 3_000, lateMs: 50, holdMs: () => 4_000, seed: 1 };
  const clients = (concurrency: number, count: number) => {
    const everyMs = 4_000 / concurrency / 2;
    return { everyMs, untilMs: everyMs * count };
  };

  test.each([
    { concurrency: 1, queueLimit: 4 },
    { concurrency: 2, queueLimit: 4 },
    { concurrency: 4, queueLimit: 4 },
    { concurrency: 4, queueLimit: 16 },
  ])('of the clients that come again as told four of five at least are admitted: %o', (places) => {
    for (const seed of [1, 2, 3]) {
      const { returns, admitted, refusals } = passCrowd({
        ...crowd,
        ...places,
        clients: clients(places.concurrency, 180),
        seed,
      });
      expect(returns).toBeGreaterThan(30);
      expect(admitted / returns).toBeGreaterThanOrEqual(0.8);
      // Nearly all are served at once, or are refused once or twice.
      expect(refusals.filter((times) => times > 2).length / refusals.length).toBeLessThan(0.05);
    }
  });

  test('the model is kept busy, though places are kept for those who come again', () => {
    const { busyShare } = passCrowd({ ...crowd, concurrency: 2, queueLimit: 8, clients: clients(2, 200) });
    expect(busyShare).toBeGreaterThan(0.8);
  });

  test('when leases become three times as long, promises are kept again soon', () => {
    const holdMs = (nowMs: number): number => (nowMs < 20_000 ? 4_000 : 12_000);
    const { late } = passCrowd({
      ...crowd,
      holdMs,
      concurrency: 2,
      queueLimit: 6,
      clients: { everyMs: 2_000, untilMs: 90_000 },
    });
    expect(late.admitted / late.returns).toBeGreaterThanOrEqual(0.8);
  });
});
