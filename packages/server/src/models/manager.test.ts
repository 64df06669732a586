import { expect, test, vi } from 'vitest';
import { GatewayError } from '../shared/errors.ts';
import { StubWorker, kindOf, model, noSignal, setUp } from './test-manager.ts';

test('the engine gets the verified files, the settings and the threads of its model', async () => {
  const { models, starts } = setUp([model('a', { settings: { context: 5 }, threads: 2 })]);
  using lease = await models.acquire('a', 'chat', noSignal);
  expect(lease.model.id).toBe('a');
  expect(starts[0]).toMatchObject({
    engine: 'fake',
    options: { modelId: 'a', files: { weights: '/weights/a' }, settings: { context: 5 }, threads: 2 },
  });
});

test('a lease that is disposed of twice is given back once', async () => {
  const { models } = setUp([model('a')]);
  const first = await models.acquire('a', 'chat', noSignal);
  using _second = await models.acquire('a', 'chat', noSignal);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(models.status().models[0]?.state).toEqual({ kind: 'ready', users: 1, pid: 42 });
});

test('an unknown model and a task that the model does not do are told apart', async () => {
  const { models } = setUp([model('a')]);
  await expect(models.acquire('b', 'chat', noSignal)).rejects.toMatchObject({ code: 'model_not_found' });
  await expect(models.acquire('a', 'tts', noSignal)).rejects.toMatchObject({ code: 'unsupported_value' });
});

test('a model whose engine is unknown stops the start', () => {
  expect(() => setUp([model('a', { engine: 'warp-drive' })])).toThrow('warp-drive');
});

test.each(['model_missing', 'weights_refused'] as const)(
  'an error of the weights (%s) reaches the caller unchanged however often it comes',
  async (code) => {
    const error = new GatewayError(code, 'run concert pull');
    const { models, starts } = setUp([model('a')], { weights: { resolve: () => Promise.reject(error) } });
    for (let times = 0; times < 5; times++) {
      await expect(models.acquire('a', 'chat', noSignal)).rejects.toBe(error);
    }
    expect(kindOf(models, 'a')).toBe('unloaded');
    expect(starts).toEqual([]);
  },
);

test('three failed loads open the breaker, and after its cool-down one load is tried', async () => {
  let broken = true;
  const { models, clock } = setUp([model('a')], {
    startWorker: () => (broken ? Promise.reject(new Error('secret detail')) : Promise.resolve(new StubWorker())),
  });
  for (let times = 0; times < 3; times++) {
    const failure = await models.acquire('a', 'chat', noSignal).catch((error: unknown) => error as GatewayError);
    expect(failure).toMatchObject({ code: 'model_failed', status: 503 });
    expect((failure as GatewayError).message).not.toContain('secret');
  }
  await expect(models.acquire('a', 'chat', noSignal)).rejects.toMatchObject({
    code: 'model_failed',
    retryAfterSeconds: 30,
  });
  expect(models.status().models[0]?.state).toMatchObject({ kind: 'failed', retryAtMs: 30_000 });
  broken = false;
  clock.pass(30_000);
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(kindOf(models, 'a')).toBe('ready');
});

test('a store that fails before it returns a promise fails the load alone', async () => {
  const { models } = setUp([model('a')], {
    weights: {
      resolve: () => {
        throw new Error('no such disk');
      },
    },
  });
  await expect(models.acquire('a', 'chat', noSignal)).rejects.toMatchObject({ code: 'model_failed' });
  await expect(models.acquire('a', 'chat', noSignal)).rejects.toMatchObject({ code: 'model_failed' });
});

test('an idle model is unloaded when its time has passed, and not while it is used', async () => {
  const { models, clock } = setUp([model('a')]);
  const lease = await models.acquire('a', 'chat', noSignal);
  clock.pass(120_000);
  expect(kindOf(models, 'a')).toBe('ready');
  lease[Symbol.dispose]();
  clock.pass(60_000);
  await vi.waitFor(() => expect(kindOf(models, 'a')).toBe('unloaded'));
});

test('memory is measured again and again while a model is loaded', async () => {
  let bytes = 3;
  const { models, clock } = setUp([model('a')], { readUse: () => Promise.resolve({ ram: bytes }) });
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(models.status().models[0]).toMatchObject({ measured: { ram: 3 }, reserved: { ram: 4 } });
  bytes = 5;
  clock.pass(5_000);
  await vi.waitFor(() =>
    expect(models.status().models[0]).toMatchObject({ measured: { ram: 5 }, reserved: { ram: 5 } }),
  );
  bytes = 4;
  clock.pass(5_000);
  await vi.waitFor(() =>
    expect(models.status().models[0]).toMatchObject({ measured: { ram: 4 }, reserved: { ram: 5 } }),
  );
  expect(models.status().memory.devices).toEqual([
    { id: 'ram', name: 'RAM', budgetBytes: 10, reservedBytes: 5, measuredBytes: 4, keptBytes: 0 },
  ]);
});

test('a process whose memory cannot be read keeps its estimate', async () => {
  const { models } = setUp([model('a')], { readUse: () => Promise.reject(new Error('not allowed')) });
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(models.status().models[0]).toMatchObject({ measured: null, reserved: { ram: 4 } });
});

test('a crash is followed by a new process for the next request', async () => {
  const { models, workers } = setUp([model('a')]);
  const lease = await models.acquire('a', 'chat', noSignal);
  workers[0]?.crash();
  await vi.waitFor(() => expect(kindOf(models, 'a')).toBe('unloaded'));
  lease[Symbol.dispose]();
  using _again = await models.acquire('a', 'chat', noSignal);
  expect(workers).toHaveLength(2);
});

test('a request that is aborted before it begins loads nothing', async () => {
  const { models, starts } = setUp([model('a')]);
  const reason = new Error('gone already');
  await expect(models.acquire('a', 'chat', AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(starts).toEqual([]);
});

test('preloading tries every model, leaves them idle, and throws the first failure', async () => {
  const { models } = setUp([model('a'), model('b')]);
  await expect(models.preload(['a', 'none', 'b'], noSignal)).rejects.toMatchObject({ code: 'model_not_found' });
  expect(models.status().models.map(({ state }) => state)).toEqual([
    { kind: 'ready', users: 0, pid: 42 },
    { kind: 'ready', users: 0, pid: 42 },
  ]);
});

test('unloading a model that is not loaded is done at once', async () => {
  const { models } = setUp([model('a')]);
  await models.unload('a');
  await expect(models.unload('b')).rejects.toMatchObject({ code: 'model_not_found' });
});

test('loads leave the headroom free, into which what is loaded may grow, and the budget is told whole', async () => {
  const { models } = setUp([model('a'), model('b')], {
    headroom: { ram: 3 },
    readUse: () => Promise.resolve({ ram: 4 }),
  });
  using _first = await models.acquire('a', 'chat', noSignal);
  void models.acquire('b', 'chat', noSignal).catch(() => undefined);
  await Promise.resolve();
  // 4 + 4 would fit into 10, but not into what loads may take of it.
  expect(kindOf(models, 'b')).toBe('unloaded');
  expect(models.status().memory.devices[0]).toMatchObject({ budgetBytes: 10 });
});
