import { expect, test, vi } from 'vitest';
import { FAKE_ENGINES } from '../engines/fake/definition.ts';
import type { EngineDefinition } from '../engines/engine-definition.ts';
import { GatewayError } from '../shared/errors.ts';
import type { Footprint } from '../shared/footprint.ts';
import { type Log, silentLog } from '../shared/log.ts';
import type { LifecycleEvent } from './lifecycle/lifecycle-event.ts';
import type { ModelManager } from './model-manager.ts';
import { StubWorker, kindOf, model, noSignal, setUp } from './test-manager.ts';

function recorded(models: ModelManager): LifecycleEvent[] {
  const events: LifecycleEvent[] = [];
  models.onEvent((event) => events.push(event));
  return events;
}

function fakeEngine(changes: Partial<EngineDefinition>): EngineDefinition[] {
  return FAKE_ENGINES.map((engine) => ({ ...engine, ...changes }));
}

test("a model's life is told in order, with what it took and gave back", async () => {
  const { models, clock } = setUp([model('a')]);
  const events = recorded(models);
  const lease = await models.acquire('a', 'chat', noSignal);
  clock.pass(500);
  lease[Symbol.dispose]();
  clock.pass(60_000);
  await vi.waitFor(() => expect(kindOf(models, 'a')).toBe('unloaded'));
  expect(events).toEqual([
    { kind: 'load-started', modelId: 'a', reason: 'request', reserved: { ram: 4 }, shrunk: false },
    { kind: 'loaded', modelId: 'a', loadMs: 0, measured: { ram: 3 }, reserved: { ram: 4 }, pid: 42 },
    { kind: 'granted', modelId: 'a', waitedMs: 0, users: 1 },
    { kind: 'released', modelId: 'a', heldMs: 500, users: 0 },
    { kind: 'unload-started', modelId: 'a', reason: 'idle' },
    { kind: 'unloaded', modelId: 'a', reason: 'idle', freed: { ram: 3 }, unloadMs: 0 },
  ]);
});

test('a listener that throws is logged and disturbs neither requests nor other listeners', async () => {
  const errors: string[] = [];
  const log: Log = { ...silentLog, child: () => log, error: (_fields, message) => void errors.push(message) };
  const { models } = setUp([model('a')], { log });
  models.onEvent(() => {
    throw new Error('no');
  });
  const events = recorded(models);
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(events.map(({ kind }) => kind)).toEqual(['load-started', 'loaded', 'granted']);
  expect(errors).toHaveLength(3);
});

test('a listener that was disposed of hears nothing more', async () => {
  const { models } = setUp([model('a')]);
  const events: LifecycleEvent[] = [];
  models.onEvent((event) => events.push(event))[Symbol.dispose]();
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(events).toEqual([]);
});

test('progress of a load is told, and shown while it loads', async () => {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const { models } = setUp([model('a')], {
    startWorker: async ({ onProgress }) => {
      onProgress({ stage: 'weights loaded', fraction: 0.5 });
      await promise;
      return new StubWorker();
    },
  });
  const events = recorded(models);
  const waiting = models.acquire('a', 'chat', noSignal);
  await vi.waitFor(() => expect(events.map(({ kind }) => kind)).toContain('load-progress'));
  expect(models.status().models[0]?.state).toMatchObject({ progress: { stage: 'weights loaded', fraction: 0.5 } });
  resolve();
  using _lease = await waiting;
});

test('a crash is told, and a load that nobody waits for any more', async () => {
  const { models, workers } = setUp([model('a'), model('b')], {
    weights: { resolve: (id, signal) => (id === 'a' ? Promise.resolve({}) : untilAborted(signal)) },
  });
  const events = recorded(models);
  const lease = await models.acquire('a', 'chat', noSignal);
  workers[0]?.crash();
  const leaving = new AbortController();
  const waiting = models.acquire('b', 'chat', leaving.signal);
  leaving.abort(new Error('the client left'));
  await expect(waiting).rejects.toThrow('the client left');
  await vi.waitFor(() => expect(events.map(({ kind }) => kind)).toContain('load-cancelled'));
  expect(events).toContainEqual({ kind: 'crashed', modelId: 'a', reason: 'its process ended by SIGSEGV' });
  lease[Symbol.dispose]();
});

test('a load that takes too long is told as failed, once', async () => {
  const { models, clock } = setUp([model('a')], { weights: { resolve: (_id, signal) => untilAborted(signal) } });
  const events = recorded(models);
  const waiting = expect(models.acquire('a', 'chat', noSignal)).rejects.toMatchObject({ code: 'model_failed' });
  clock.pass(301_000);
  await waiting;
  await vi.waitFor(() => expect(kindOf(models, 'a')).toBe('unloaded'));
  expect(events.map(({ kind }) => kind)).toEqual(['load-started', 'refused', 'load-failed']);
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

test('no place is given on a process that crashed, while its memory is still being looked for', async () => {
  let resolve = (_kept: Footprint): void => undefined;
  const promise = new Promise<Footprint>((done) => {
    resolve = done;
  });
  const { models, workers } = setUp([model('a')], { awaitReturn: () => promise });
  const lease = await models.acquire('a', 'chat', noSignal);
  workers[0]?.crash();
  await vi.waitFor(() => expect(kindOf(models, 'a')).toBe('unloading'));
  const again = models.acquire('a', 'chat', noSignal);
  lease[Symbol.dispose]();
  expect(workers).toHaveLength(1);
  resolve({});
  using _lease = await again;
  expect(workers).toHaveLength(2);
});

test('memory that does not come back is told, counted until it is back, and named to those it keeps out', async () => {
  let comeBack = (): void => undefined;
  const { models, clock } = setUp([model('a'), model('b', { fileBytes: 9 })], {
    awaitReturn: ({ modelId, onKept, onReturned }) => {
      onKept?.({ modelId, device: 'ram', bytes: 2, holders: [{ pid: 7, command: 'stuck' }] });
      comeBack = () => onReturned?.({ modelId, device: 'ram', bytes: 2 });
      return Promise.resolve({ ram: 2 });
    },
  });
  const events = recorded(models);
  (await models.acquire('a', 'chat', noSignal))[Symbol.dispose]();
  clock.pass(60_000);
  await vi.waitFor(() => expect(kindOf(models, 'a')).toBe('unloaded'));
  expect(events.slice(-2)).toMatchObject([
    { kind: 'memory-kept', device: 'ram', bytes: 2, holders: [{ pid: 7 }] },
    { kind: 'unloaded', freed: { ram: 1 } },
  ]);
  expect(models.status().memory.devices).toMatchObject([{ id: 'ram', reservedBytes: 0, keptBytes: 2 }]);
  await expect(models.acquire('b', 'chat', noSignal)).rejects.toMatchObject({
    code: 'out_of_memory',
    message: expect.stringMatching(/did not come back; end the processes that the log names/),
  });
  comeBack();
  using _lease = await models.acquire('b', 'chat', noSignal);
});

test('a load that runs out of memory is tried once with smaller settings, and the status says so', async () => {
  const contexts: unknown[] = [];
  const { models } = setUp([model('a', { settings: { context: 8 } })], {
    engines: fakeEngine({ shrink: (settings) => ({ ...settings, context: 4 }) }),
    startWorker: ({ options }) => {
      contexts.push(options.settings['context']);
      if (contexts.length === 1) return Promise.reject(new GatewayError('out_of_memory', 'no memory for the cache'));
      return Promise.resolve(new StubWorker());
    },
  });
  const events = recorded(models);
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(contexts).toEqual([8, 4]);
  expect(models.status().models[0]).toMatchObject({ shrunk: true, state: { kind: 'ready' } });
  expect(events.filter(({ kind }) => kind === 'load-failed')).toMatchObject([{ outOfMemory: true }]);
  expect(events.filter(({ kind }) => kind === 'load-started')).toMatchObject([{ shrunk: false }, { shrunk: true }]);
});

test('after the second try the caller is told what helps', async () => {
  const { models } = setUp([model('a')], {
    engines: fakeEngine({ shrink: (settings) => settings }),
    startWorker: () => Promise.reject(new GatewayError('out_of_memory', 'no memory for the cache')),
  });
  await expect(models.acquire('a', 'chat', noSignal)).rejects.toMatchObject({
    code: 'out_of_memory',
    status: 503,
    message: expect.stringMatching(/ran out of memory .* shorten the model's context, or choose a smaller model/),
  });
});

test('an idle model that can sleep sleeps in the same process, and wakes with the next request', async () => {
  const { models, clock, workers } = setUp([model('a')], {
    engines: fakeEngine({ sleepFootprint: () => ({ ram: 1 }) }),
    readUse: () => Promise.resolve(null),
  });
  const events = recorded(models);
  (await models.acquire('a', 'chat', noSignal))[Symbol.dispose]();
  clock.pass(60_000);
  await vi.waitFor(() => expect(kindOf(models, 'a')).toBe('sleeping'));
  expect(models.status().models[0]).toMatchObject({ reserved: { ram: 1 }, state: { kind: 'sleeping', pid: 42 } });
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(workers).toHaveLength(1);
  expect(workers[0]?.turns).toEqual(['sleep', 'wake']);
  expect(events.flatMap((event) => (event.kind === 'slept' || event.kind === 'woke' ? [event] : []))).toEqual([
    { kind: 'slept', modelId: 'a', freed: { ram: 3 }, sleepMs: 0 },
    { kind: 'woke', modelId: 'a', wakeMs: 0 },
  ]);
});

test('priority, keep-alive and plan of a request have their effect, and the queue is shown (Ollama#2004)', async () => {
  const { models } = setUp([model('a', { settings: { concurrency: 1 } }), model('b')]);
  const events = recorded(models);
  using plan = models.plan(['a', 'unknown', 'b']);
  const first = await models.acquire('a', 'chat', noSignal, { plan });
  await vi.waitFor(() => expect(kindOf(models, 'b')).toBe('ready'));
  expect(events).toContainEqual(expect.objectContaining({ kind: 'load-started', modelId: 'b', reason: 'prefetch' }));
  const served: string[] = [];
  const low = models.acquire('a', 'chat', noSignal, { priority: 'low' }).then((lease) => {
    served.push('low');
    lease[Symbol.dispose]();
  });
  const high = models.acquire('a', 'chat', noSignal, { priority: 'high', keepAliveMs: null }).then((lease) => {
    served.push('high');
    lease[Symbol.dispose]();
  });
  expect(models.status().models[0]).toMatchObject({ waiters: 2, concurrency: 1 });
  first[Symbol.dispose]();
  await Promise.all([low, high]);
  expect(served).toEqual(['high', 'low']);
  expect(models.status().models[0]).toMatchObject({ keepAliveMs: null, expiresMs: null });
});

test('a pinned model stays, and is let go again', async () => {
  const { models, clock } = setUp([model('a')]);
  (await models.acquire('a', 'chat', noSignal))[Symbol.dispose]();
  models.setPinned('a', true);
  clock.pass(600_000);
  expect(models.status().models[0]).toMatchObject({ pinned: true, expiresMs: null, state: { kind: 'ready' } });
  models.setPinned('a', false);
  await vi.waitFor(() => expect(kindOf(models, 'a')).toBe('unloaded'));
  expect(() => models.setPinned('none', true)).toThrow('no model none');
});

test('what an operator sets for the idle time is shown, with the time at which the model goes', async () => {
  const { models } = setUp([model('a')]);
  models.setKeepAlive('a', 5_000);
  (await models.acquire('a', 'chat', noSignal))[Symbol.dispose]();
  expect(models.status().models[0]).toMatchObject({ keepAliveMs: 5_000, expiresMs: 5_000 });
});

test('what was measured is learned at the load and at the end, and expected at the next start', async () => {
  const lessons: unknown[] = [];
  const { models, clock } = setUp([model('a')], {
    learned: {
      expected: (_model, estimate) => ({ ram: (estimate.ram ?? 0) + 1 }),
      loadsMs: () => [7_000],
      record: (spec, seen) => void lessons.push([spec.id, seen]),
    },
  });
  expect(models.status().models[0]).toMatchObject({ expected: { ram: 5 }, loadMs: 7_000 });
  (await models.acquire('a', 'chat', noSignal))[Symbol.dispose]();
  clock.pass(60_000);
  await vi.waitFor(() => expect(kindOf(models, 'a')).toBe('unloaded'));
  const seen = { loaded: { ram: 3 }, peak: { ram: 3 }, loadMs: 0 };
  expect(lessons).toEqual([
    ['a', seen],
    ['a', seen],
  ]);
});

test('an engine of its own kind is started by its definition, with its devices and what is set aside there', async () => {
  const started: unknown[] = [];
  const { models, starts } = setUp([model('a')], {
    budgets: { ram: 10, 'gpu:0': 10 },
    engines: fakeEngine({
      placements: () => [{ 'gpu:0': 8, ram: 1 }],
      start: ({ devices, reserved, options }) => {
        started.push({ devices, reserved, gpus: options.gpus });
        return Promise.resolve(new StubWorker());
      },
    }),
  });
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(starts).toEqual([]);
  expect(started).toEqual([{ devices: ['gpu:0', 'ram'], reserved: { 'gpu:0': 8, ram: 1 }, gpus: ['gpu:0'] }]);
});
