import { expect, test, vi } from 'vitest';
import type { Engine, Task } from '../engines/engine.ts';
import { FAKE_ENGINES } from '../engines/fake/definition.ts';
import type { StartWorkerOptions, WorkerEngine, WorkerExit } from '../engines/worker/host.ts';
import type { Clock } from '../shared/clock.ts';
import { GatewayError } from '../shared/errors.ts';
import { silentLog } from '../shared/log.ts';
import { type ModelManagerDeps, createModelManager } from './manager.ts';
import type { ModelManager, ModelSpec } from './model-manager.ts';
import { testSpec } from './test-spec.ts';

const noSignal = new AbortController().signal;

/** A clock that a test moves on. */
class ManualClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; action: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { action } of due) action();
  }
}

/** A process that ends when it is told to, or crashes when the test says so. */
class StubWorker implements WorkerEngine<Task> {
  readonly pid = 42;
  readonly exited: Promise<WorkerExit>;
  #exit: (exit: WorkerExit) => void = () => undefined;

  constructor() {
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
  }

  run(): ReturnType<Engine<Task>['run']> {
    throw new Error('a stub answers nothing');
  }

  close(): Promise<void> {
    this.#exit({ code: 0, signal: null, expected: true, lastWords: [] });
    return Promise.resolve();
  }

  crash(): void {
    this.#exit({ code: null, signal: 'SIGSEGV', expected: false, lastWords: [] });
  }
}

function model(id: string, changes: Partial<ModelSpec> = {}): ModelSpec {
  return testSpec({ id, task: 'chat', idleMs: 60_000, fileBytes: 4, ...changes });
}

interface Setting {
  readonly models: ModelManager;
  readonly clock: ManualClock;
  readonly workers: StubWorker[];
  readonly starts: StartWorkerOptions[];
}

function setUp(specs: readonly ModelSpec[], changes: Partial<ModelManagerDeps> = {}): Setting {
  const clock = new ManualClock();
  const workers: StubWorker[] = [];
  const starts: StartWorkerOptions[] = [];
  const models = createModelManager({
    models: specs,
    weights: { resolve: (id) => Promise.resolve({ weights: `/weights/${id}` }) },
    startWorker: (start) => {
      starts.push(start);
      const worker = new StubWorker();
      workers.push(worker);
      return Promise.resolve(worker);
    },
    engines: FAKE_ENGINES,
    budgetBytes: 10,
    clock,
    log: silentLog,
    readProcessBytes: () => Promise.resolve(3),
    ...changes,
  });
  return { models, clock, workers, starts };
}

function kindOf(models: ModelManager, id: string): string | undefined {
  return models.status().models.find((status) => status.model.id === id)?.state.kind;
}

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
  const { models, clock } = setUp([model('a')], { readProcessBytes: () => Promise.resolve(bytes) });
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(models.status().models[0]).toMatchObject({ measuredBytes: 3, reservedBytes: 3 });
  bytes = 5;
  clock.pass(5_000);
  await vi.waitFor(() => expect(models.status().models[0]).toMatchObject({ measuredBytes: 5, reservedBytes: 5 }));
  bytes = 4;
  clock.pass(5_000);
  await vi.waitFor(() => expect(models.status().models[0]).toMatchObject({ measuredBytes: 4, reservedBytes: 5 }));
  expect(models.status().memory).toEqual({ budgetBytes: 10, reservedBytes: 5 });
});

test('a process whose memory cannot be read keeps its estimate', async () => {
  const { models } = setUp([model('a')], { readProcessBytes: () => Promise.reject(new Error('not allowed')) });
  using _lease = await models.acquire('a', 'chat', noSignal);
  expect(models.status().models[0]).toMatchObject({ measuredBytes: null, reservedBytes: 4 });
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
