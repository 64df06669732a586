import type { ChatEvent, ChatRequest } from '../../packages/server/src/engines/engine.ts';
import { FAKE_ENGINES } from '../../packages/server/src/engines/fake/definition.ts';
import type { EngineProcess, StartEngineOptions } from '../../packages/server/src/engines/engine-process.ts';
import { startWorker } from '../../packages/server/src/engines/worker/host.ts';
import { type ModelManagerDeps, createModelManager } from '../../packages/server/src/models/manager.ts';
import type { Lease, ModelManager, ModelSpec, WeightStore } from '../../packages/server/src/models/model-manager.ts';
import { testSpec } from '../../packages/server/src/models/test-spec.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';
import type { Footprint } from '../../packages/server/src/shared/footprint.ts';
import { silentLog } from '../../packages/server/src/shared/log.ts';
import { readProcessBytes } from '../../packages/server/src/shared/process-memory.ts';
import { GREEDY } from '../../packages/server/src/engines/test-sampling.ts';

export const MB = 1_000_000;

/** A signal that is never aborted. */
export const noSignal = new AbortController().signal;

/** A model of the fake engine; `settings` tell it how to behave. */
export function fakeModel(id: string, settings: Record<string, unknown> = {}, idleMs: number | null = null): ModelSpec {
  return testSpec({ id, task: 'chat', settings, idleMs, fileBytes: 100 * MB });
}

/** Starts a process that may load the fake engine. */
export function startFakeWorker(start: StartEngineOptions): Promise<EngineProcess> {
  return startWorker({ ...start, env: { CONCERT_TEST_FAKE_ENGINE: '1' } });
}

const noWeights: WeightStore = { resolve: () => Promise.resolve({}) };

/** What a process holds, in RAM alone. */
async function readRam(pid: number): Promise<Footprint | null> {
  const ram = await readProcessBytes(pid);
  return ram === null ? null : { ram };
}

/** A manager of fake models in real processes. */
export function fakeManager(models: readonly ModelSpec[], changes: Partial<ModelManagerDeps> = {}): ModelManager {
  return createModelManager({
    models,
    weights: noWeights,
    startWorker: startFakeWorker,
    engines: FAKE_ENGINES,
    budgets: { ram: 2_000 * MB },
    deviceNames: { ram: 'RAM' },
    gpus: [],
    clock: systemClock,
    log: silentLog,
    readUse: readRam,
    ...changes,
  });
}

/** A chat request that carries instructions for the fake engine. */
export function chatTelling(told: string | Record<string, unknown>): ChatRequest {
  return {
    messages: [{ role: 'user', content: typeof told === 'string' ? told : JSON.stringify(told) }],
    sampling: { ...GREEDY, seed: 1 },
    maxTokens: null,
    stop: [],
  };
}

/** The whole text of an answer. */
export async function textOf(events: AsyncIterable<ChatEvent>): Promise<string> {
  let text = '';
  for await (const event of events) if (event.kind === 'text-delta') text += event.text;
  return text;
}

/** Takes a lease, asks once and gives the lease back. */
export async function ask(models: ModelManager, id: string, told: string | Record<string, unknown>): Promise<string> {
  using lease: Lease<'chat'> = await models.acquire(id, 'chat', noSignal);
  return await textOf(lease.engine.run(chatTelling(told), noSignal));
}

/** The process id of a loaded model; throws when it is not loaded. */
export function pidOf(models: ModelManager, id: string): number {
  const state = models.status().models.find(({ model }) => model.id === id)?.state;
  if (state?.kind !== 'ready') throw new Error(`${id} is ${state?.kind}`);
  return state.pid;
}

/** The kind of the model's state. */
export function stateOf(models: ModelManager, id: string): string | undefined {
  return models.status().models.find(({ model }) => model.id === id)?.state.kind;
}

/** Whether a process lives; a zombie counts as gone once its parent has read its end. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Bytes of RAM that are counted for all models together. */
export function reservedRam(models: ModelManager): number {
  return models.status().memory.devices.find(({ id }) => id === 'ram')?.reservedBytes ?? 0;
}
