import type { Engine, Task } from '../engines/engine.ts';
import { FAKE_ENGINES } from '../engines/fake/definition.ts';
import type { EngineProcess, ProcessExit, StartEngineOptions } from '../engines/engine-process.ts';
import type { Clock } from '../shared/clock.ts';
import { silentLog } from '../shared/log.ts';
import { type ModelManagerDeps, createModelManager } from './manager.ts';
import type { ModelManager, ModelSpec } from './model-manager.ts';
import { testSpec } from './test-spec.ts';

/** A signal that is never aborted. */
export const noSignal: AbortSignal = new AbortController().signal;

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
export class StubWorker implements EngineProcess<Task> {
  readonly pid = 42;
  readonly exited: Promise<ProcessExit>;
  readonly turns: ('sleep' | 'wake')[] = [];
  #exit: (exit: ProcessExit) => void = () => undefined;

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

  sleep(): Promise<void> {
    this.turns.push('sleep');
    return Promise.resolve();
  }

  wake(): Promise<void> {
    this.turns.push('wake');
    return Promise.resolve();
  }

  crash(): void {
    this.#exit({ code: null, signal: 'SIGSEGV', expected: false, lastWords: [] });
  }
}

/** A chat model of the fake engine that takes 4 bytes. */
export function model(id: string, changes: Partial<ModelSpec> = {}): ModelSpec {
  return testSpec({ id, task: 'chat', idleMs: 60_000, fileBytes: 4, ...changes });
}

interface Setting {
  readonly models: ModelManager;
  readonly clock: ManualClock;
  readonly workers: StubWorker[];
  readonly starts: StartEngineOptions[];
}

/** A manager whose processes are stubs. */
export function setUp(specs: readonly ModelSpec[], changes: Partial<ModelManagerDeps> = {}): Setting {
  const clock = new ManualClock();
  const workers: StubWorker[] = [];
  const starts: StartEngineOptions[] = [];
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
    budgets: { ram: 10 },
    deviceNames: { ram: 'RAM' },
    gpus: [],
    clock,
    log: silentLog,
    readUse: () => Promise.resolve({ ram: 3 }),
    ...changes,
  });
  return { models, clock, workers, starts };
}

/** Where a model stands. */
export function kindOf(models: ModelManager, id: string): string | undefined {
  return models.status().models.find((status) => status.model.id === id)?.state.kind;
}
