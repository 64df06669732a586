import type { EngineDefinition, Task } from '../engines/engine.ts';
import type { StartWorkerOptions, WorkerEngine } from '../engines/worker/host.ts';
import type { Clock } from '../shared/clock.ts';
import { GatewayError } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import { totalReservedBytes } from './memory-budget.ts';
import type { Lease, MemoryStatus, ModelManager, ModelSpec, ModelStatus, WeightStore } from './model-manager.ts';
import { ModelProcesses } from './model-processes.ts';
import { refusalError } from './refusal.ts';
import { type Effect, type SchedulerEvent, type SchedulerState, initialState } from './scheduler-state.ts';
import { step, wakeAtMs } from './scheduler.ts';
import { modelStatus } from './slot.ts';

export interface ModelManagerDeps {
  readonly models: readonly ModelSpec[];
  readonly weights: WeightStore;
  readonly startWorker: (start: StartWorkerOptions) => Promise<WorkerEngine<Task>>;
  readonly engines: readonly EngineDefinition[];
  /** Bytes that all models together may hold. */
  readonly budgetBytes: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes that a process holds; null where that cannot be known. */
  readonly readProcessBytes: (pid: number) => Promise<number | null>;
  /** Requests that one model may have at once, running or waiting. */
  readonly queueLimit?: number;
  /** How long a request waits behind busy models before they stop taking new users to make room for it. */
  readonly patienceMs?: number;
}

const QUEUE_LIMIT = 256;
const PATIENCE_MS = 10_000;
const SAMPLE_MS = 5_000;
/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The server's models: decisions are the scheduler's, this carries them out. Throws when a model names no engine of its task. */
export function createModelManager(deps: ModelManagerDeps): ModelManager {
  return new Manager(deps);
}

interface Granted {
  readonly generation: number;
  readonly worker: WorkerEngine<Task>;
}

interface Waiting {
  readonly resolve: (granted: Granted) => void;
  readonly reject: (error: unknown) => void;
}

class Manager implements ModelManager {
  readonly models: readonly ModelSpec[];
  readonly #deps: ModelManagerDeps;
  readonly #byId: ReadonlyMap<string, ModelSpec>;
  readonly #processes: ModelProcesses;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unloaded = new Map<string, (() => void)[]>();
  readonly #inbox: SchedulerEvent[] = [];
  #state: SchedulerState;
  #nextTicket = 1;
  #wake: { readonly atMs: number; readonly cancel: () => void } | null = null;
  #advancing = false;
  #sampling = false;

  constructor(deps: ModelManagerDeps) {
    this.#deps = deps;
    this.models = deps.models;
    this.#byId = new Map(deps.models.map((model) => [model.id, model]));
    this.#processes = new ModelProcesses(deps, (news) => this.#dispatch(news));
    this.#state = initialState(
      deps.models.map((model) => ({
        id: model.id,
        idleMs: model.idleMs,
        estimateBytes: engineOf(model, deps.engines).estimateBytes(model),
      })),
      {
        budgetBytes: deps.budgetBytes,
        queueLimit: deps.queueLimit ?? QUEUE_LIMIT,
        patienceMs: deps.patienceMs ?? PATIENCE_MS,
      },
    );
  }

  async acquire<T extends Task>(id: string, task: T, signal: AbortSignal): Promise<Lease<T>> {
    signal.throwIfAborted();
    const model = this.#model(id);
    if (model.task !== task) {
      const message = `the model ${id} does ${model.task}, not ${task}; GET /v1/models lists what each can do`;
      throw new GatewayError('unsupported_value', message, { param: 'model' });
    }
    const { generation, worker } = await this.#wait(id, signal);
    const sinceMs = this.#deps.clock.now();
    return new HeldLease(model, worker as WorkerEngine<T>, () => this.#release(id, generation, sinceMs));
  }

  async preload(ids: readonly string[], signal: AbortSignal): Promise<void> {
    let failure: { readonly error: unknown } | null = null;
    for (const id of ids) {
      try {
        using _loaded = await this.acquire(id, this.#model(id).task, signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#deps.log.error({ model: id, err: error }, 'the model could not be preloaded');
        failure ??= { error };
      }
    }
    if (failure !== null) throw failure.error;
  }

  status(): { readonly models: readonly ModelStatus[]; readonly memory: MemoryStatus } {
    const { slots, waiters, limits } = this.#state;
    const models: ModelStatus[] = [];
    for (const model of this.models) {
      const slot = slots.get(model.id);
      if (slot === undefined) continue;
      const waiting = waiters.filter((waiter) => waiter.modelId === model.id).length;
      models.push(modelStatus(model, slot, waiting, this.#processes.pid(model.id)));
    }
    const reservedBytes = totalReservedBytes(slots.values());
    return { models, memory: { budgetBytes: limits.budgetBytes, reservedBytes } };
  }

  async unload(id: string): Promise<void> {
    this.#model(id);
    this.#dispatch({ kind: 'unload', modelId: id });
    await this.#whenUnloaded(id);
  }

  async close(graceMs: number): Promise<void> {
    this.#dispatch({ kind: 'close' });
    const cancelGrace = this.#deps.clock.after(graceMs, () => this.#dispatch({ kind: 'close-now' }));
    await Promise.all(this.models.map((model) => this.#whenUnloaded(model.id)));
    cancelGrace();
  }

  #model(id: string): ModelSpec {
    const model = this.#byId.get(id);
    if (model !== undefined) return model;
    throw new GatewayError('model_not_found', `no model ${id}; GET /v1/models lists those there are`, {
      param: 'model',
    });
  }

  async #wait(modelId: string, signal: AbortSignal): Promise<Granted> {
    const ticket = this.#nextTicket++;
    let leave = (): void => undefined;
    try {
      return await new Promise<Granted>((resolve, reject) => {
        this.#waiting.set(ticket, { resolve, reject });
        leave = () => {
          // Once granted, the lease is the caller's to dispose of.
          if (!this.#waiting.delete(ticket)) return;
          reject(signal.reason as Error);
          this.#dispatch({ kind: 'leave', ticket });
        };
        signal.addEventListener('abort', leave, { once: true });
        this.#dispatch({ kind: 'acquire', ticket, modelId });
      });
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  #release(modelId: string, generation: number, sinceMs: number): void {
    this.#dispatch({ kind: 'release', modelId, generation, heldMs: this.#deps.clock.now() - sinceMs });
    const phase = this.#state.slots.get(modelId)?.phase;
    if (phase?.kind === 'ready' && phase.users === 0) this.#processes.measure(modelId);
  }

  #whenUnloaded(modelId: string): Promise<void> {
    if (this.#state.slots.get(modelId)?.phase.kind === 'unloaded') return Promise.resolve();
    return new Promise((resolve) => {
      this.#unloaded.set(modelId, [...(this.#unloaded.get(modelId) ?? []), resolve]);
    });
  }

  /** Hands an event to the scheduler; what happens while its effects are carried out comes after them. */
  #dispatch(event: SchedulerEvent): void {
    this.#inbox.push(event);
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) this.#advance(next);
    } finally {
      this.#advancing = false;
    }
  }

  #advance(event: SchedulerEvent): void {
    const now = this.#deps.clock.now();
    const { state, effects } = step(this.#state, event, now);
    this.#state = state;
    // An unloaded model may be loading again at once; whoever asked for its end is told all the same.
    if (event.kind === 'gone' || event.kind === 'load-failed') this.#tellUnloaded(event.modelId);
    for (const effect of effects) this.#carryOut(effect);
    this.#planWake(now);
    this.#planSampling();
  }

  #tellUnloaded(modelId: string): void {
    const waiting = this.#unloaded.get(modelId) ?? [];
    this.#unloaded.delete(modelId);
    for (const resolve of waiting) resolve();
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'grant': {
        const { modelId, generation } = effect;
        this.#take(effect.ticket)?.resolve({ generation, worker: this.#processes.worker(modelId, generation) });
        break;
      }
      case 'refuse': {
        const error = refusalError(effect.modelId, effect.refusal, this.#state.limits.budgetBytes);
        this.#take(effect.ticket)?.reject(error);
        break;
      }
      case 'load':
        this.#processes.load(this.#model(effect.modelId), effect.generation, effect.reservedBytes);
        break;
      case 'cancel-load':
        this.#processes.cancelLoad(effect.modelId);
        break;
      case 'stop':
        this.#processes.stop(effect.modelId, effect.reason);
        break;
      case 'breaker-opened':
        this.#deps.log.error(
          { model: effect.modelId, reason: effect.reason, retryAt: new Date(effect.retryAtMs).toISOString() },
          'the model failed three times within a minute; requests to it are refused for a while',
        );
        break;
      default:
        effect satisfies never;
    }
  }

  #take(ticket: number): Waiting | undefined {
    const waiting = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return waiting;
  }

  #planWake(nowMs: number): void {
    const atMs = wakeAtMs(this.#state, nowMs);
    if (atMs === (this.#wake?.atMs ?? null)) return;
    this.#wake?.cancel();
    this.#wake = null;
    if (atMs === null) return;
    const cancel = this.#deps.clock.after(Math.min(Math.max(0, atMs - nowMs), LONGEST_TIMER_MS), () => {
      this.#wake = null;
      this.#dispatch({ kind: 'tick' });
    });
    this.#wake = { atMs, cancel };
  }

  #planSampling(): void {
    if (this.#sampling || !this.#anyReady()) return;
    this.#sampling = true;
    this.#deps.clock.after(SAMPLE_MS, () => {
      this.#sampling = false;
      for (const { model, phase } of this.#state.slots.values()) {
        if (phase.kind === 'ready') this.#processes.measure(model.id);
      }
      this.#planSampling();
    });
  }

  #anyReady(): boolean {
    for (const { phase } of this.#state.slots.values()) if (phase.kind === 'ready') return true;
    return false;
  }
}

class HeldLease<T extends Task> implements Lease<T> {
  readonly model: ModelSpec;
  readonly engine: WorkerEngine<T>;
  #giveBack: (() => void) | null;

  constructor(model: ModelSpec, engine: WorkerEngine<T>, giveBack: () => void) {
    this.model = model;
    this.engine = engine;
    this.#giveBack = giveBack;
  }

  [Symbol.dispose](): void {
    const giveBack = this.#giveBack;
    this.#giveBack = null;
    giveBack?.();
  }
}

function engineOf(model: ModelSpec, engines: readonly EngineDefinition[]): EngineDefinition {
  const found = engines.find((engine) => engine.name === model.engine && engine.task === model.task);
  if (found === undefined) throw new Error(`the model ${model.id} wants the engine ${model.engine} for ${model.task}`);
  return found;
}
