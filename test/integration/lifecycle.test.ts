import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import type { StartEngineOptions } from '../../packages/server/src/engines/engine-process.ts';
import type { ModelManager, ModelSpec } from '../../packages/server/src/models/model-manager.ts';
import { readProcessTreeBytes } from '../../packages/server/src/shared/process-memory.ts';
import {
  MB,
  ask,
  chatTelling,
  fakeManager,
  fakeModel,
  isAlive,
  noSignal,
  pidOf,
  reservedRam,
  startFakeWorker,
  stateOf,
  textOf,
} from './fake-models.ts';

const open: ModelManager[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((manager) => manager.close(0)));
});

function manage(models: readonly ModelSpec[], changes: Parameters<typeof fakeManager>[1] = {}): ModelManager {
  const manager = fakeManager(models, changes);
  open.push(manager);
  return manager;
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 30_000, interval: 20 });
}

test('a model is loaded by its first request and kept for the second', async () => {
  const models = manage([fakeModel('a')]);
  expect(stateOf(models, 'a')).toBe('unloaded');
  expect(await ask(models, 'a', 'hello there')).toBe('hello there');
  const pid = pidOf(models, 'a');
  await ask(models, 'a', 'again');
  expect(pidOf(models, 'a')).toBe(pid);
  const [status] = models.status().models;
  expect(status?.measured?.ram).toBeGreaterThan(5 * MB);
  // What was set aside for its work stays so, though it took less.
  expect(status?.reserved).toEqual({ ram: 100 * MB });
  expect(status?.loadMs).toBeGreaterThan(0);
});

test('ten requests at once load the model once (llama-swap#277, llama-swap#281)', async () => {
  const starts: string[] = [];
  const startWorker = (start: StartEngineOptions) => {
    starts.push(start.options.modelId);
    return startFakeWorker(start);
  };
  const models = manage([fakeModel('a', { loadMs: 200 })], { startWorker });
  const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => ask(models, 'a', `answer ${at}`)));
  expect(answers).toEqual(Array.from({ length: 10 }, (_, at) => `answer ${at}`));
  expect(starts).toEqual(['a']);
});

test('an idle model gives at least 90 % of its memory back to the system (Xinference#2627, Xinference#3961, gpustack#1429, gpustack#3970)', async () => {
  const models = manage([fakeModel('a', { holdBytes: 200 * MB }, 300)]);
  const before = await readProcessTreeBytes(process.pid);
  let during = 0;
  {
    using lease = await models.acquire('a', 'chat', noSignal);
    await textOf(lease.engine.run(chatTelling('hello'), noSignal));
    during = await readProcessTreeBytes(process.pid);
  }
  const pid = pidOf(models, 'a');
  await until(() => stateOf(models, 'a') === 'unloaded');
  expect(isAlive(pid)).toBe(false);
  const after = await readProcessTreeBytes(process.pid);
  expect(during - before).toBeGreaterThan(200 * MB);
  expect((during - after) / (during - before)).toBeGreaterThan(0.9);
  expect(reservedRam(models)).toBe(0);
  console.info(`process tree: ${mb(before)} before, ${mb(during)} loaded, ${mb(after)} after`);
});

test('memory that a request made the process take beyond what was set aside is counted when the request ends', async () => {
  const models = manage([fakeModel('a')]);
  await ask(models, 'a', 'hello');
  const small = reservedRam(models);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await ask(models, 'a', { growBytes: 200 * MB });
  await until(() => reservedRam(models) > small + 95 * MB);
});

test('models take turns under a budget that fits one of them (LocalAI#5328, LocalAI#6994, LocalAI#7269)', async () => {
  const big = { estimateBytes: 300 * MB, holdBytes: 200 * MB };
  const models = manage([fakeModel('a', big), fakeModel('b', big)], { budgets: { ram: 400 * MB } });
  await ask(models, 'a', 'hello');
  const pid = pidOf(models, 'a');
  const answer = ask(models, 'b', 'hello');
  await until(() => stateOf(models, 'b') === 'ready');
  expect(isAlive(pid)).toBe(false);
  await answer;
  expect(stateOf(models, 'a')).toBe('unloaded');
  expect(reservedRam(models)).toBeLessThan(400 * MB);
});

test('a model larger than the budget is refused with what it needs and what there is', async () => {
  const models = manage([fakeModel('a', { estimateBytes: 3_000 * MB })], { budgets: { ram: 1_000 * MB } });
  await expect(ask(models, 'a', 'hello')).rejects.toMatchObject({
    code: 'out_of_memory',
    status: 503,
    message: expect.stringMatching(/needs 3\.00 GB.*1\.00 GB/),
  });
});

test('a kill -9 fails the requests of that process alone, and the next request loads the model again', async () => {
  const models = manage([fakeModel('a'), fakeModel('b')]);
  const dying = expect(ask(models, 'a', { tokens: 100_000, delayMs: 50 })).rejects.toMatchObject({
    code: 'model_crashed',
    status: 502,
    message: expect.stringContaining('SIGKILL'),
  });
  const living = ask(models, 'b', { tokens: 40, delayMs: 50 });
  await until(() => stateOf(models, 'a') === 'ready' && stateOf(models, 'b') === 'ready');
  process.kill(pidOf(models, 'a'), 'SIGKILL');
  await dying;
  expect(await ask(models, 'a', 'back again')).toBe('back again');
  expect(await living).toContain('w39');
});

test('three crashes open the breaker: requests are refused at once with the time to retry (LocalAI#10719)', async () => {
  const models = manage([fakeModel('a'), fakeModel('b')]);
  for (let crash = 0; crash < 3; crash++) {
    await expect(ask(models, 'a', { crash: 'abort' })).rejects.toMatchObject({ code: 'model_crashed' });
    await until(() => stateOf(models, 'a') !== 'ready');
  }
  expect(stateOf(models, 'a')).toBe('failed');
  const refused = await ask(models, 'a', 'hello').catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'model_failed', status: 503 });
  expect((refused as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(20);
  expect(await ask(models, 'b', 'still well')).toBe('still well');
});

test('a load whose only waiter leaves is given up, and its process ends (llama-swap#727, llama-swap#1029)', async () => {
  const ended: Promise<unknown>[] = [];
  const startWorker = (start: StartEngineOptions) => {
    const starting = startFakeWorker(start);
    ended.push(starting.catch((error: unknown) => error));
    return starting;
  };
  const models = manage([fakeModel('a', { loadMs: 60_000 })], { startWorker });
  const leave = new AbortController();
  const waiting = models.acquire('a', 'chat', leave.signal);
  setTimeout(() => leave.abort(new Error('the client left')), 300);
  await expect(waiting).rejects.toThrow('the client left');
  await until(() => stateOf(models, 'a') === 'unloaded');
  expect(reservedRam(models)).toBe(0);
  // The worker's promise settles only when its process has ended.
  expect(await Promise.all(ended)).toMatchObject([{ message: 'nobody waits for the model any more' }]);
});

test('a model answers as many at once as it can, and the more urgent of those who wait first', async () => {
  const models = manage([fakeModel('a', { concurrency: 2 })]);
  await models.preload(['a'], noSignal);
  const served: string[] = [];
  const asking = async (name: string, priority: 'low' | 'normal' | 'high'): Promise<void> => {
    using lease = await models.acquire('a', 'chat', noSignal, { priority });
    served.push(name);
    await textOf(lease.engine.run(chatTelling({ tokens: 5, delayMs: 20 }), noSignal));
  };
  const first = await models.acquire('a', 'chat', noSignal);
  const second = await models.acquire('a', 'chat', noSignal);
  const waiting = [asking('low', 'low'), asking('normal', 'normal'), asking('high', 'high')];
  expect(models.status().models[0]).toMatchObject({ waiters: 3, state: { kind: 'ready', users: 2 } });
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  await Promise.all(waiting);
  expect(served).toEqual(['high', 'normal', 'low']);
});

test('a full queue refuses at once, with the time to retry (Ollama#7758)', async () => {
  const models = manage([fakeModel('a', { concurrency: 1 })], { queueLimit: 2 });
  using _running = await models.acquire('a', 'chat', noSignal);
  const leave = new AbortController();
  const waiting = models.acquire('a', 'chat', leave.signal).catch((error: unknown) => error);
  await expect(models.acquire('a', 'chat', noSignal)).rejects.toMatchObject({ code: 'queue_full', status: 429 });
  leave.abort(new Error('the client left'));
  expect(await waiting).toMatchObject({ message: 'the client left' });
  expect(models.status().models[0]).toMatchObject({ waiters: 0 });
});

test('a request that keeps the model for no time unloads it with its end', async () => {
  const models = manage([fakeModel('a', {}, 600_000)]);
  {
    using lease = await models.acquire('a', 'chat', noSignal, { keepAliveMs: 0 });
    await textOf(lease.engine.run(chatTelling('hello'), noSignal));
  }
  await until(() => stateOf(models, 'a') === 'unloaded');
  expect(reservedRam(models)).toBe(0);
});

test('a plan finds its next model loaded when it gets there', async () => {
  const models = manage([fakeModel('a'), fakeModel('b', { loadMs: 200 })]);
  using plan = models.plan(['a', 'b']);
  using lease = await models.acquire('a', 'chat', noSignal, { plan });
  await textOf(lease.engine.run(chatTelling('first step'), noSignal));
  await until(() => stateOf(models, 'b') === 'ready');
  const pid = pidOf(models, 'b');
  using next = await models.acquire('b', 'chat', noSignal, { plan });
  expect(await textOf(next.engine.run(chatTelling('second step'), noSignal))).toBe('second step');
  expect(pidOf(models, 'b')).toBe(pid);
});

test('a load that runs out of memory is told after its second try, and others load on (LocalAI#7503)', async () => {
  const tries: number[] = [];
  const models = manage([fakeModel('bad', { failLoad: 'out_of_memory' }), fakeModel('good', {}, 600_000)], {
    startWorker: (start) => {
      if (start.options.modelId === 'bad') tries.push(1);
      return startFakeWorker(start);
    },
  });
  await ask(models, 'good', 'hello');
  const pid = pidOf(models, 'good');
  await expect(ask(models, 'bad', 'hello')).rejects.toMatchObject({ code: 'out_of_memory', status: 503 });
  // The idle model was ended to make room before the second try.
  expect(tries).toHaveLength(2);
  expect(isAlive(pid)).toBe(false);
  expect(await ask(models, 'good', 'still well')).toBe('still well');
});

test('an operator unloads a model once its user is done', async () => {
  const models = manage([fakeModel('a')]);
  const answer = ask(models, 'a', { tokens: 10, delayMs: 50 });
  await until(() => stateOf(models, 'a') === 'ready');
  const pid = pidOf(models, 'a');
  await models.unload('a');
  expect(await answer).toContain('w9');
  expect(isAlive(pid)).toBe(false);
});

test('closing lets answers under way finish, refuses new requests, and leaves no process', async () => {
  const models = manage([fakeModel('a'), fakeModel('b')]);
  await models.preload(['a', 'b'], noSignal);
  const pids = [pidOf(models, 'a'), pidOf(models, 'b')];
  const answer = ask(models, 'a', { tokens: 10, delayMs: 50 });
  const closing = models.close(30_000);
  await expect(models.acquire('b', 'chat', noSignal)).rejects.toMatchObject({ code: 'shutting_down' });
  await closing;
  expect(await answer).toContain('w9');
  expect(pids.filter(isAlive)).toEqual([]);
});

test('an answer that outlasts the grace of closing ends with an error', async () => {
  const models = manage([fakeModel('a')]);
  const answer = expect(ask(models, 'a', { tokens: 100_000, delayMs: 50 })).rejects.toMatchObject({
    code: 'model_crashed',
  });
  await until(() => stateOf(models, 'a') === 'ready');
  await models.close(100);
  await answer;
});

test('when the server is killed with -9, the processes of its models end by themselves', async () => {
  const script = fileURLToPath(new URL('./lifecycle-server.mjs', import.meta.url));
  const server = fork(script, ['a', 'b', 'c'], { execArgv: [] });
  const [pids] = (await once(server, 'message')) as [number[]];
  expect(pids.filter(isAlive)).toHaveLength(3);
  server.kill('SIGKILL');
  await until(() => !pids.some(isAlive));
});

test('two hundred loads and unloads leave no process and no memory behind', { timeout: 400_000 }, async () => {
  const pids: number[] = [];
  const models = manage([fakeModel('a', {}, 0), fakeModel('b', {}, 0)]);
  const cycle = async (id: string): Promise<void> => {
    using lease = await models.acquire(id, 'chat', noSignal);
    pids.push(pidOf(models, id));
    await textOf(lease.engine.run(chatTelling('hello'), noSignal));
  };
  const cycles = async (times: number): Promise<number> => {
    for (let at = 0; at < times; at++) await Promise.all([cycle('a'), cycle('b')]);
    await until(() => stateOf(models, 'a') === 'unloaded' && stateOf(models, 'b') === 'unloaded');
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const early = await cycles(20);
  const late = await cycles(80);
  expect(new Set(pids).size).toBe(200);
  expect(pids.filter(isAlive)).toEqual([]);
  // 160 more loads: less than 10 kB of the server's heap for each would still be a leak of 1.6 MB.
  expect(late - early).toBeLessThan(1.6 * MB);
  console.info(`heap after 40 loads ${mb(early)}, after 200 ${mb(late)}`);
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function mb(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
