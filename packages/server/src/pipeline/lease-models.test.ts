import { expect, test } from 'vitest';
import type { AcquireOptions, LeaseModels } from '../models/model-manager.ts';
import { leaseModels, type LeaseModelsOptions } from './lease-models.ts';
import { TestModels, yields } from './test-models.ts';

const noSignal = new AbortController().signal;

function setUp(changes: Partial<LeaseModelsOptions> = {}, models: LeaseModels = new TestModels({ a: yields('chat') })) {
  const told: string[] = [];
  const given: (AcquireOptions | undefined)[] = [];
  const timers: (() => void)[] = [];
  const watched: LeaseModels = {
    plan: (ids) => models.plan(ids),
    acquire: (id, task, signal, options) => {
      given.push(options);
      return models.acquire(id, task, signal, options);
    },
  };
  const leases = leaseModels(watched, {
    demand: { priority: 'normal' },
    watch: { waiting: (id) => told.push(`waiting ${id}`), granted: (id) => told.push(`granted ${id}`) },
    clock: { now: () => 0, after: (_ms, action) => (timers.push(action), () => void timers.splice(0)) },
    maxWaitMs: 60_000,
    giveUpWaiting: () => ({ why: 'loading', retryAfterSeconds: 7 }),
    ...changes,
  });
  return { leases, told, given, timers };
}

/** Models of which none is ever ready. */
const neverReady: LeaseModels = {
  plan: () => ({ id: 1, [Symbol.dispose]: () => undefined }),
  acquire: (_id, _task, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
};

test('every lease carries the request’s priority and keep-alive, and its own plan (Ollama#7773)', async () => {
  const plan = { id: 3, [Symbol.dispose]: () => undefined };
  const { leases, given, told } = setUp({ demand: { priority: 'high', keepAliveMs: 0 } });
  using _first = await leases.acquire('a', 'chat', noSignal, { plan });
  expect(given).toEqual([{ priority: 'high', keepAliveMs: 0, plan }]);
  expect(told).toEqual(['waiting a', 'granted a']);
});

test('a request that says nothing leaves the model’s keep-alive as it is', async () => {
  const { leases, given } = setUp();
  using _lease = await leases.acquire('a', 'chat', noSignal);
  expect(given).toEqual([{ priority: 'normal' }]);
});

test('who waits too long is told when to come again: 503 while the model loads, 429 while it is busy', async () => {
  for (const [why, code] of [
    ['loading', 'model_loading'],
    ['busy', 'queue_full'],
  ] as const) {
    const { leases, timers } = setUp({ giveUpWaiting: () => ({ why, retryAfterSeconds: 7 }) }, neverReady);
    const waiting = leases.acquire('a', 'chat', noSignal);
    timers[0]?.();
    await expect(waiting).rejects.toMatchObject({ code, retryAfterSeconds: 7 });
  }
});

test('once the model is there no time runs out', async () => {
  const { leases, timers } = setUp();
  using _lease = await leases.acquire('a', 'chat', noSignal);
  expect(timers).toEqual([]);
});

test('without a limit nobody is sent away', async () => {
  const { leases, timers } = setUp({ maxWaitMs: null }, neverReady);
  const leave = new AbortController();
  const waiting = leases.acquire('a', 'chat', leave.signal);
  expect(timers).toEqual([]);
  leave.abort(new Error('the client left'));
  await expect(waiting).rejects.toThrow('the client left');
});
