import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineDefinition } from '../../packages/server/src/engines/engine-definition.ts';
import { FAKE_ENGINES } from '../../packages/server/src/engines/fake/definition.ts';
import { testGpu } from '../../packages/server/src/engines/launched/test-launch.ts';
import { vllm } from '../../packages/server/src/engines/launched/vllm.ts';
import type { LifecycleEvent } from '../../packages/server/src/models/lifecycle/lifecycle-event.ts';
import type { ModelManagerDeps } from '../../packages/server/src/models/manager.ts';
import type { ModelManager, ModelSpec } from '../../packages/server/src/models/model-manager.ts';
import { testSpec } from '../../packages/server/src/models/test-spec.ts';
import { ask, fakeManager, fakeModel, noSignal, pidOf, stateOf, textOf } from './fake-models.ts';
import { runs, standIn, type StandIn, tell } from './launched-engines.ts';

const GB = 1_000_000_000;
const ENGINES: readonly EngineDefinition[] = [...FAKE_ENGINES, vllm];
/** Small enough for one pretended card, so that one card more is free. */
const SIZES = { weightsBytes: 6 * GB, kvBytesPerToken: 10_000, gpuOverheadBytes: GB, tensorParallel: 2 };

let world: StandIn;
const open: ModelManager[] = [];
let told: LifecycleEvent[] = [];

beforeEach(() => {
  world = standIn();
  told = [];
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((manager) => manager.close(0)));
  world.dispose();
});

function hub(behaviour: Record<string, unknown> = {}, settings: Record<string, unknown> = {}, id = 'hub'): ModelSpec {
  const { idleMs = null, ...rest } = settings as { idleMs?: number | null };
  return testSpec({
    id,
    task: 'chat',
    engine: 'vllm',
    input: ['text', 'image'],
    idleMs,
    fileBytes: 0,
    settings: { ...world.settings(behaviour), ...SIZES, maxSequences: 4, ...rest },
  });
}

function manage(models: readonly ModelSpec[], changes: Partial<ModelManagerDeps> = {}): ModelManager {
  const manager = fakeManager(models, {
    engines: ENGINES,
    weights: { resolve: () => Promise.resolve(world.files()) },
    gpus: [testGpu(0), testGpu(1)],
    budgets: { ram: 20 * GB, 'gpu:0': 24 * GB, 'gpu:1': 24 * GB },
    deviceNames: { ram: 'RAM', 'gpu:0': 'card 0', 'gpu:1': 'card 1' },
    logFile: () => world.logFile,
    ...changes,
  });
  manager.onEvent((event) => told.push(event));
  open.push(manager);
  return manager;
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 30_000, interval: 20 });
}

async function say(models: ModelManager, words: string | Record<string, unknown>, id = 'hub'): Promise<string> {
  using lease = await models.acquire(id, 'chat', noSignal);
  return textOf(lease.engine.run(tell(words), noSignal));
}

test('a launched model is loaded by its first request like any other, and its load is followed', async () => {
  const models = manage([hub()]);
  expect(await say(models, 'hello there')).toBe('hello there');
  expect(stateOf(models, 'hub')).toBe('ready');
  const stages = told.flatMap((event) => (event.kind === 'load-progress' ? [event.stage] : []));
  expect(stages).toEqual(expect.arrayContaining(['weights loaded', 'graphs captured']));
  const started = told.find((event) => event.kind === 'load-started');
  expect(Object.keys(started?.reserved ?? {})).toEqual(['ram', 'gpu:0', 'gpu:1']);
});

test('ten requests at once launch it once (llama-swap#277)', async () => {
  const models = manage([hub()]);
  await Promise.all(Array.from({ length: 10 }, (_, at) => say(models, `answer ${at}`)));
  expect(world.report('arguments')).toHaveLength(1);
});

test('a killed worker fails its request, the group is ended, and the next request recovers (vLLM#55510, #34643)', async () => {
  const models = manage([hub({ orphans: true }), fakeModel('other')]);
  const living = ask(models, 'other', { tokens: 30, delayMs: 50 });
  const dying = expect(say(models, { tokens: 5, hangAfter: 2 })).rejects.toMatchObject({ code: 'model_crashed' });
  await until(() => world.report('request').length === 1);
  const pids = world.pids();
  process.kill(pids.at(-1) ?? 0, 'SIGKILL');
  await dying;
  expect(await say(models, 'back again')).toBe('back again');
  expect(pids.filter(runs)).toEqual([]);
  expect(world.pids().filter(runs)).toHaveLength(4);
  expect(await living).toContain('w29');
});

test('a load that runs out of memory is tried once more with half the context', async () => {
  const models = manage([hub({ outOfMemory: 'cache', fitsTokens: 2_048 })]);
  expect(await say(models, 'hello')).toBe('hello');
  const [first, second] = world.report('arguments').map((entry) => entry.arguments ?? []);
  expect(first?.[first.indexOf('--max-model-len') + 1]).toBe('4096');
  expect(second?.[second.indexOf('--max-model-len') + 1]).toBe('2048');
});

test('a load whose only waiter leaves is ended with all its processes (llama-swap#727, #1029)', async () => {
  const models = manage([hub({ loadMs: 60_000 })]);
  const leave = new AbortController();
  const waiting = expect(models.acquire('hub', 'chat', leave.signal)).rejects.toThrow('the client left');
  await until(() => world.report('started').length === 1);
  const pids = world.pids();
  leave.abort(new Error('the client left'));
  await waiting;
  await until(() => stateOf(models, 'hub') === 'unloaded');
  expect(pids.filter(runs)).toEqual([]);
});

test('an idle launched model is ended with all its processes, though they ignore being asked (LocalAI#7958, LocalAI#2277, LocalAI#2724, LocalAI#2866, LocalAI#1729, vLLM#43060)', async () => {
  const models = manage([hub({ ignoreTerm: true, orphans: true }, { idleMs: 200, stopGraceMs: 200 })]);
  await say(models, 'hello');
  const pids = world.pids();
  await until(() => stateOf(models, 'hub') === 'unloaded' || stateOf(models, 'hub') === 'sleeping');
  if (stateOf(models, 'hub') === 'sleeping') await models.unload('hub');
  expect(pids.filter(runs)).toEqual([]);
});

test('where one model fits, two take turns by sleeping and waking instead of loading again', async () => {
  const sizes = { sleepGpuBytes: 500_000_000 };
  const budgets = { ram: 60 * GB, 'gpu:0': 6 * GB, 'gpu:1': 6 * GB };
  const models = manage([hub({}, sizes), hub({}, sizes, 'second')], { budgets });
  expect(await say(models, 'one')).toBe('one');
  expect(await say(models, 'two', 'second')).toBe('two');
  expect(stateOf(models, 'hub')).toBe('sleeping');
  expect(await say(models, 'three')).toBe('three');
  expect(stateOf(models, 'second')).toBe('sleeping');
  expect(world.report('arguments')).toHaveLength(2);
  expect(world.report().filter(({ event }) => event === 'slept' || event === 'woke')).toHaveLength(3);
  const kinds = told.map(({ kind }) => kind);
  expect(kinds).toContain('slept');
  expect(kinds).toContain('woke');
});

test('closing the server leaves no process of a launched model', async () => {
  const models = manage([hub({ orphans: true })]);
  await say(models, 'hello');
  const pids = world.pids();
  expect(pidOf(models, 'hub')).toBe(pids[0]);
  await models.close(0);
  expect(pids.filter(runs)).toEqual([]);
});
