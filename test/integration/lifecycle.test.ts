import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import type { StartWorkerOptions } from '../../packages/server/src/engines/worker/host.ts';
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
  expect(status?.measuredBytes).toBeGreaterThan(5 * MB);
  expect(status?.reservedBytes).toBe(status?.measuredBytes);
  expect(status?.loadMs).toBeGreaterThan(0);
});

test('ten requests at once load the model once', async () => {
  const starts: string[] = [];
  const startWorker = (start: StartWorkerOptions) => {
    starts.push(start.options.modelId);
    return startFakeWorker(start);
  };
  const models = manage([fakeModel('a', { loadMs: 200 })], { startWorker });
  const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => ask(models, 'a', `answer ${at}`)));
  expect(answers).toEqual(Array.from({ length: 10 }, (_, at) => `answer ${at}`));
  expect(starts).toEqual(['a']);
});

test('an idle model gives at least 90 % of its memory back to the system', async () => {
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
  expect(models.status().memory.reservedBytes).toBe(0);
  console.info(`process tree: ${mb(before)} before, ${mb(during)} loaded, ${mb(after)} after`);
});

test('memory that a request made the process take is counted when the request ends', async () => {
  const models = manage([fakeModel('a')]);
  await ask(models, 'a', 'hello');
  const small = models.status().memory.reservedBytes;
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await ask(models, 'a', { growBytes: 100 * MB });
  await until(() => models.status().memory.reservedBytes > small + 95 * MB);
});

test('models take turns under a budget that fits one of them', async () => {
  const big = { estimateBytes: 300 * MB, holdBytes: 200 * MB };
  const models = manage([fakeModel('a', big), fakeModel('b', big)], { budgetBytes: 400 * MB });
  await ask(models, 'a', 'hello');
  const pid = pidOf(models, 'a');
  const answer = ask(models, 'b', 'hello');
  await until(() => stateOf(models, 'b') === 'ready');
  expect(isAlive(pid)).toBe(false);
  await answer;
  expect(stateOf(models, 'a')).toBe('unloaded');
  expect(models.status().memory.reservedBytes).toBeLessThan(400 * MB);
});

test('a model larger than the budget is refused with what it needs and what there is', async () => {
  const models = manage([fakeModel('a', { estimateBytes: 3_000 * MB })], { budgetBytes: 1_000 * MB });
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

test('three crashes open the breaker: requests are refused at once with the time to retry', async () => {
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

test('a load whose only waiter leaves is given up, and its process ends', async () => {
  const ended: Promise<unknown>[] = [];
  const startWorker = (start: StartWorkerOptions) => {
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
  expect(models.status().memory.reservedBytes).toBe(0);
  // The worker's promise settles only when its process has ended.
  expect(await Promise.all(ended)).toMatchObject([{ message: 'nobody waits for the model any more' }]);
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
