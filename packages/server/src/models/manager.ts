import type { Task } from '../engines/engine.ts';
import type { EngineDefinition } from '../engines/engine-definition.ts';
import type { EngineProcess } from '../engines/engine-process.ts';
import { GatewayError } from '../shared/errors.ts';
import {
  type DeviceId,
  type Footprint,
  NO_BYTES,
  bytesOn,
  devicesOf,
  subtractFootprints,
} from '../shared/footprint.ts';
import type { LearnedSizes } from './memory/learned-sizes.ts';
import type { LifecycleEvent } from './lifecycle/lifecycle-event.ts';
import { totalCounted } from './scheduler/memory-budget.ts';
import type {
  AcquireOptions,
  DeviceMemory,
  Lease,
  MemoryStatus,
  ModelManager,
  ModelSpec,
  ModelStatus,
  Plan,
} from './model-manager.ts';
import { ModelProcesses, type ModelProcessesDeps } from './model-processes.ts';
import { modelStatus } from './model-status.ts';
import { refusalError } from './refusal.ts';
import { scheduledModel } from './scheduled-model.ts';
import { type Effect, type SchedulerEvent, type SchedulerState, initialState } from './scheduler/state.ts';
import { step, wakeAtMs } from './scheduler/scheduler.ts';
import { type EndReason, wayKey } from './scheduler/slot.ts';
import { lifecycleEvents } from './lifecycle/tell-lifecycle.ts';

export interface ModelManagerDeps extends ModelProcessesDeps {
  readonly models: readonly ModelSpec[];
  readonly engines: readonly EngineDefinition[];
  /** Bytes that all models together may hold on each device. */
  readonly budgets: Footprint;
  /** Of these, what loads leave free for the growth of what is loaded; absent: nothing. */
  readonly headroom?: Footprint;
  /** How messages and operators are told of devices: `RAM`, or the GPU's name. */
  readonly deviceNames: Readonly<Partial<Record<DeviceId, string>>>;
  /** What earlier runs of the server measured; absent: nothing. */
  readonly learned?: Pick<LearnedSizes, 'expected' | 'loadsMs' | 'record'>;
  /** Requests that one model may have at once, running or waiting. */
  readonly queueLimit?: number;
  /** How long a request waits behind busy models before they stop taking new users to make room for it. */
  readonly patienceMs?: number;
}

const QUEUE_LIMIT = 256;
const PATIENCE_MS = 10_000;
const SAMPLE_MS = 5_000;
/** What nobody uses hardly changes: it is measured with its last release, and with every so many samples. */
const IDLE_SAMPLES = 12;
/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The server's models: decisions are the scheduler's, this carries them out. Throws when a model names no engine of its task. */
export function createModelManager(deps: ModelManagerDeps): ModelManager {
  return new Manager(deps);
}

interface Granted {
  readonly generation: number;
  readonly engine: EngineProcess;
}

interface Waiting {
  readonly resolve: (granted: Granted) => void;
  readonly reject: (error: unknown) => void;
}

class Manager implements ModelManager {
  readonly models: readonly ModelSpec[];
  readonly #deps: ModelManagerDeps;
  readonly #byId: ReadonlyMap<string, ModelSpec>;
  readonly #definitions: ReadonlyMap<string, EngineDefinition>;
  readonly #processes: ModelProcesses;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unloaded = new Map<string, (() => void)[]>();
  readonly #inbox: SchedulerEvent[] = [];
  readonly #listeners = new Set<(event: LifecycleEvent) => void>();
  #state: SchedulerState;
  #nextTicket = 1;
  #nextPlan = 1;
  #wake: { readonly atMs: number; readonly cancel: () => void } | null = null;
  #advancing = false;
  #sampling = false;
  #samples = 0;

  constructor(deps: ModelManagerDeps) {
    this.#deps = deps;
    this.models = deps.models;
    this.#byId = new Map(deps.models.map((model) => [model.id, model]));
    this.#definitions = new Map(deps.models.map((model) => [model.id, engineOf(model, deps.engines)]));
    this.#processes = new ModelProcesses(deps, {
      tell: (news) => this.#dispatch(news),
      emit: (event) => this.#emit(event),
    });
    const scheduled = deps.models.map((model) => scheduledModel(model, engineOf(model, deps.engines), deps));
    this.#state = initialState(scheduled, {
      budgets: subtractFootprints(deps.budgets, deps.headroom ?? NO_BYTES),
      queueLimit: deps.queueLimit ?? QUEUE_LIMIT,
      patienceMs: deps.patienceMs ?? PATIENCE_MS,
    });
  }

  async acquire<T extends Task>(
    id: string,
    task: T,
    signal: AbortSignal,
    options: AcquireOptions = {},
  ): Promise<Lease<T>> {
    signal.throwIfAborted();
    const model = this.#model(id);
    if (model.task !== task) {
      const message = `the model ${id} does ${model.task}, not ${task}; GET /v1/models lists what each can do`;
      throw new GatewayError('unsupported_value', message, { param: 'model' });
    }
    return await this.#lease(model, signal, { ...options, asked: false });
  }

  plan(modelIds: readonly string[]): Plan {
    const planId = this.#nextPlan++;
    this.#dispatch({ kind: 'plan', planId, models: modelIds.filter((id) => this.#byId.has(id)) });
    return { id: planId, [Symbol.dispose]: () => this.#dispatch({ kind: 'plan-ended', planId }) };
  }

  async preload(ids: readonly string[], signal: AbortSignal): Promise<void> {
    let failure: { readonly error: unknown } | null = null;
    for (const id of ids) {
      try {
        signal.throwIfAborted();
        const model = this.#model(id);
        if (this.#state.slots.get(id)?.phase.kind === 'ready') continue;
        using _loaded = await this.#lease(model, signal, { asked: true });
      } catch (error) {
        signal.throwIfAborted();
        this.#deps.log.error({ model: id, err: error }, 'the model could not be preloaded');
        failure ??= { error };
      }
    }
    if (failure !== null) throw failure.error;
  }

  status(): { readonly models: readonly ModelStatus[]; readonly memory: MemoryStatus } {
    const state = this.#state;
    const models = this.models.flatMap((model) => {
      const slot = state.slots.get(model.id);
      return slot === undefined ? [] : [modelStatus(model, slot, { state, view: this.#processes.view(model.id) })];
    });
    const devices = devicesOf(state.limits.budgets).map((id) => this.#deviceMemory(id, models));
    return { models, memory: { devices: devices.toSorted((a, b) => Number(b.id === 'ram') - Number(a.id === 'ram')) } };
  }

  #deviceMemory(id: DeviceId, models: readonly ModelStatus[]): DeviceMemory {
    const slots = [...this.#state.slots.values()];
    const keptBytes = slots.reduce((sum, { kept }) => sum + bytesOn(kept, id), 0);
    return {
      id,
      name: this.#deps.deviceNames[id] ?? (id === 'ram' ? 'RAM' : id),
      budgetBytes: bytesOn(this.#deps.budgets, id),
      reservedBytes: bytesOn(totalCounted(slots), id) - keptBytes,
      measuredBytes: models.reduce((sum, { measured }) => sum + bytesOn(measured ?? {}, id), 0),
      keptBytes,
    };
  }

  async unload(id: string): Promise<void> {
    this.#model(id);
    this.#dispatch({ kind: 'unload', modelId: id });
    await this.#whenUnloaded(id);
  }

  setPinned(id: string, pinned: boolean): void {
    this.#model(id);
    this.#dispatch({ kind: 'pin', modelId: id, pinned });
  }

  setKeepAlive(id: string, keepAliveMs: number | null): void {
    this.#model(id);
    this.#dispatch({ kind: 'keep-alive', modelId: id, keepAliveMs });
  }

  onEvent(listener: (event: LifecycleEvent) => void): Disposable {
    // A wrapper of its own, so that a listener that is added twice is told twice and removed once.
    const own = (event: LifecycleEvent): void => listener(event);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
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

  async #lease<T extends Task>(
    model: ModelSpec,
    signal: AbortSignal,
    options: AcquireOptions & { readonly asked: boolean },
  ): Promise<Lease<T>> {
    const { generation, engine } = await this.#wait(model.id, signal, options);
    const sinceMs = this.#deps.clock.now();
    const { keepAliveMs, asked } = options;
    return new HeldLease(model, engine as EngineProcess<T>, () => {
      const heldMs = asked ? null : this.#deps.clock.now() - sinceMs;
      this.#dispatch({ kind: 'release', modelId: model.id, generation, heldMs, keepAliveMs });
      const phase = this.#state.slots.get(model.id)?.phase;
      if (phase?.kind === 'ready' && phase.users === 0) this.#processes.measure(model.id);
    });
  }

  async #wait(
    modelId: string,
    signal: AbortSignal,
    { priority = 'normal', plan, asked }: AcquireOptions & { readonly asked: boolean },
  ): Promise<Granted> {
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
        this.#dispatch({ kind: 'acquire', ticket, modelId, priority, planId: plan?.id ?? null, asked });
      });
    } finally {
      signal.removeEventListener('abort', leave);
    }
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
    const nowMs = this.#deps.clock.now();
    const before = this.#state;
    const { state, effects } = step(before, event, nowMs);
    this.#state = state;
    this.#learn(event, before);
    const told = lifecycleEvents({
      before,
      event,
      after: state,
      effects,
      nowMs,
      pidOf: (modelId) => this.#processes.view(modelId).pid ?? -1,
      codeOf: ({ modelId, refusal }) => codeOf(refusalError(modelId, refusal, this.#memory)),
    });
    for (const one of told) this.#emit(one);
    // An unloaded model may be loading again at once; whoever asked for its end is told all the same.
    if (event.kind === 'gone' || event.kind === 'load-failed') this.#tellUnloaded(event.modelId);
    for (const effect of effects) this.#carryOut(effect);
    this.#planWake(nowMs);
    this.#planSampling();
  }

  get #memory(): { readonly budgets: Footprint; readonly deviceNames: ModelManagerDeps['deviceNames'] } {
    return { budgets: this.#state.limits.budgets, deviceNames: this.#deps.deviceNames };
  }

  #emit(event: LifecycleEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#deps.log.error({ event: event.kind, err: error }, 'a listener to what happens to models failed');
      }
    }
  }

  /** Keeps what was measured for the next start of the server: at each load, and the most that was held at each end. */
  #learn(event: SchedulerEvent, before: SchedulerState): void {
    if (event.kind !== 'loaded' && event.kind !== 'gone') return;
    const was = before.slots.get(event.modelId)?.phase;
    const slot = this.#state.slots.get(event.modelId);
    if (was === undefined || was.kind === 'unloaded' || was.way.shrunk || was.generation !== event.generation) return;
    const loadMs = slot?.loadsMs.at(-1);
    // What was given up before it was loaded teaches nothing.
    if (loadMs === undefined || (was.kind === 'unloading' && neverReady(was.reason))) return;
    const { loaded = null, peak = null } = slot?.sizes.get(wayKey(was.way)) ?? {};
    this.#deps.learned?.record(this.#model(event.modelId), { loaded, peak, loadMs });
  }

  #tellUnloaded(modelId: string): void {
    const waiting = this.#unloaded.get(modelId) ?? [];
    this.#unloaded.delete(modelId);
    for (const resolve of waiting) resolve();
  }

  #carryOut(effect: Effect): void {
    const { modelId } = effect;
    switch (effect.kind) {
      case 'grant': {
        const { generation } = effect;
        this.#take(effect.ticket)?.resolve({ generation, engine: this.#processes.engine(modelId, generation) });
        break;
      }
      case 'refuse':
        this.#take(effect.ticket)?.reject(refusalError(modelId, effect.refusal, this.#memory));
        break;
      case 'load':
        this.#load(effect);
        break;
      case 'cancel-load':
        this.#processes.cancelLoad(modelId);
        break;
      case 'stop':
        this.#deps.log.info({ model: modelId, reason: effect.reason }, 'ending the model');
        this.#processes.stop(modelId);
        break;
      case 'sleep':
        this.#processes.sleep(modelId);
        break;
      case 'wake':
        this.#processes.wake(modelId);
        break;
      case 'breaker-opened':
        this.#deps.log.error(
          { model: modelId, reason: effect.reason, retryAt: new Date(effect.retryAtMs).toISOString() },
          'the model failed three times within a minute; requests to it are refused for a while',
        );
        break;
      default:
        effect satisfies never;
    }
  }

  #load({ modelId, generation, way, reserved }: Extract<Effect, { kind: 'load' }>): void {
    const model = this.#model(modelId);
    const definition = this.#definitions.get(modelId) ?? engineOf(model, this.#deps.engines);
    const smaller = way.shrunk ? definition.shrink?.(model.settings) : null;
    if (smaller)
      this.#deps.log.warn({ model: modelId, settings: smaller }, 'the model is tried again with less context');
    this.#processes.load({ model, definition, generation, reserved, settings: smaller ?? model.settings });
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
      this.#samples += 1;
      const idleToo = this.#samples % IDLE_SAMPLES === 0;
      for (const { model, phase } of this.#state.slots.values()) {
        if (phase.kind === 'ready' && (phase.users > 0 || idleToo)) this.#processes.measure(model.id);
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
  readonly engine: EngineProcess<T>;
  #giveBack: (() => void) | null;

  constructor(model: ModelSpec, engine: EngineProcess<T>, giveBack: () => void) {
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

function neverReady(reason: EndReason): boolean {
  return reason === 'cancelled' || reason === 'overdue';
}

function codeOf(error: Error): string {
  return error instanceof GatewayError ? error.code : 'internal_error';
}
