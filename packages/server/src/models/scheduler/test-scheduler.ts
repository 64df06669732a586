import type { Footprint } from '../../shared/footprint.ts';
import { type Effect, type SchedulerEvent, type SchedulerState, initialState } from './state.ts';
import { step } from './scheduler.ts';
import type { Phase, ScheduledModel } from './slot.ts';

/** What matters to a test; `bytes` are its placement in RAM. */
export type GivenModel = Partial<ScheduledModel> & { readonly id: string; readonly bytes?: number };

/** A model that lies in RAM, serves many at once, and can neither sleep nor be smaller, but for what is given. */
export function scheduled({ bytes = 4, ...given }: GivenModel): ScheduledModel {
  return {
    placements: [{ ram: bytes }],
    concurrency: 100,
    shrunk: null,
    idleMs: IDLE_MS,
    asleep: () => null,
    loadsMs: [],
    ...given,
  };
}

/** How long a model of a test stays without users. */
export const IDLE_MS = 60_000;
export const PATIENCE_MS = 10_000;

/** A scheduler at a hand-driven time; each call gives the effects in a short form. */
export class Bench {
  state: SchedulerState;
  nowMs = 1_000;
  /** Of the last event. */
  effects: readonly Effect[] = [];
  #ticket = 0;

  constructor(models: readonly GivenModel[], budgets: number | Footprint, queueLimit = 100) {
    this.state = initialState(models.map(scheduled), {
      budgets: typeof budgets === 'number' ? { ram: budgets } : budgets,
      queueLimit,
      patienceMs: PATIENCE_MS,
    });
  }

  send(event: SchedulerEvent): string[] {
    const { state, effects } = step(this.state, event, this.nowMs);
    this.state = state;
    this.effects = effects;
    return effects.map(inShort);
  }

  acquire(modelId: string, how: Partial<Extract<SchedulerEvent, { kind: 'acquire' }>> = {}): string[] {
    const ticket = ++this.#ticket;
    return this.send({ kind: 'acquire', ticket, modelId, priority: 'normal', planId: null, asked: false, ...how });
  }

  loaded(modelId: string, bytes: number | Footprint | null = null): string[] {
    const measured = typeof bytes === 'number' ? { ram: bytes } : bytes;
    return this.send({ kind: 'loaded', ...this.#process(modelId), measured });
  }

  loadFailed(modelId: string, reason: string | null, outOfMemory = false): string[] {
    const error = new Error(reason ?? 'no file');
    return this.send({ kind: 'load-failed', ...this.#process(modelId), error, reason, outOfMemory, kept: {} });
  }

  measured(modelId: string, ram: number): string[] {
    return this.send({ kind: 'measured', ...this.#process(modelId), measured: { ram } });
  }

  release(modelId: string, keepAliveMs?: number | null): string[] {
    return this.send({ kind: 'release', ...this.#process(modelId), heldMs: 100, keepAliveMs });
  }

  gone(modelId: string, kept: Footprint = {}): string[] {
    return this.send({ kind: 'gone', ...this.#process(modelId), reason: 'its process ended', kept });
  }

  slept(modelId: string, measured: Footprint | null = null): string[] {
    return this.send({ kind: 'slept', ...this.#process(modelId), measured });
  }

  woke(modelId: string): string[] {
    return this.send({ kind: 'woke', ...this.#process(modelId), measured: null });
  }

  plan(planId: number, ...models: string[]): string[] {
    return this.send({ kind: 'plan', planId, models });
  }

  endPlan(planId: number): string[] {
    return this.send({ kind: 'plan-ended', planId });
  }

  /** Leaves a model loaded and idle. */
  idle(modelId: string): void {
    this.use(modelId);
    this.release(modelId);
  }

  /** Brings a model to `users` users. */
  use(modelId: string, users = 1): void {
    for (let user = 0; user < users; user++) this.acquire(modelId);
    this.loaded(modelId);
  }

  pass(ms: number): string[] {
    this.nowMs += ms;
    return this.send({ kind: 'tick' });
  }

  phase(modelId: string): Phase | undefined {
    return this.state.slots.get(modelId)?.phase;
  }

  #process(modelId: string): { modelId: string; generation: number } {
    return { modelId, generation: this.generation(modelId) };
  }

  generation(modelId: string): number {
    const phase = this.state.slots.get(modelId)?.phase;
    return phase === undefined || phase.kind === 'unloaded' ? -1 : phase.generation;
  }
}

function inShort(effect: Effect): string {
  switch (effect.kind) {
    case 'grant':
      return `grant ${effect.ticket} ${effect.modelId}`;
    case 'refuse':
      return `refuse ${effect.ticket} ${effect.refusal.kind}`;
    case 'stop':
      return `stop ${effect.modelId} ${effect.reason}`;
    case 'load': {
      const how = effect.reason === 'prefetch' || effect.reason === 'return' ? effect.reason : 'load';
      return effect.way.shrunk ? `${how} ${effect.modelId} shrunk` : `${how} ${effect.modelId}`;
    }
    default:
      return `${effect.kind} ${effect.modelId}`;
  }
}
