import { chooseEvictions } from '../scheduler/evict.ts';
import { type Effect, type SchedulerEvent, type SchedulerState, initialState } from '../scheduler/state.ts';
import { step, wakeAtMs } from '../scheduler/scheduler.ts';
import type { Machine, MakePolicy, Policy } from './simulate.ts';
import type { TraceRequest } from './trace.ts';

/** Chooses who makes room. */
export type Choose = typeof chooseEvictions;

/** How this server's scheduler is run. */
export interface ConcertOptions {
  /** Who makes room; by default as the server does. */
  readonly choose?: Choose;
  /** Unloads after so many milliseconds without users; by default nothing is unloaded by time. */
  readonly idleMs?: number;
  /** Whether plans are announced to it. */
  readonly plans?: boolean;
  /** Whether models that will be missed are loaded back while nobody waits; by default as the server does. */
  readonly returns?: boolean;
  /** Whether a model that was just loaded is spared for a moment; by default as the server does. */
  readonly turns?: boolean;
}

const PATIENCE_MS = 10_000;
/** Longer than any trace. Not `null`: that would make every model one that is configured to stay. */
const FOREVER_MS = 1e12;
/** More than any trace asks for at once: nobody is refused, so that all policies serve the same requests. */
const ENOUGH = 100_000;

/** What a server does with the ordinary rules: this scheduler, but who goes is given, and it does nothing of its own. */
export function ordinary(choose: Choose): MakePolicy {
  return concert({ choose, returns: false, turns: false });
}

/** This server's own scheduler. */
export function concert(options: ConcertOptions = {}): MakePolicy {
  return (machine) => new Concert(machine, options);
}

/** Carries the scheduler's effects out on the simulated machine, as the manager does on the real one. */
class Concert implements Policy {
  readonly #machine: Machine;
  readonly #options: ConcertOptions;
  readonly #generations = new Map<string, number>();
  readonly #openPlans = new Map<number, { readonly id: number; left: number }>();
  #plans = 0;
  #state: SchedulerState;

  constructor(machine: Machine, options: ConcertOptions) {
    this.#machine = machine;
    this.#options = options;
    const { choose = chooseEvictions, idleMs = FOREVER_MS, returns = true, turns = true } = options;
    const models = [...machine.models.values()].map(({ id, bytes }) => ({
      id,
      placements: [{ ram: bytes }],
      concurrency: ENOUGH,
      shrunk: null,
      idleMs,
      asleep: () => null,
      loadsMs: [],
    }));
    this.#state = initialState(models, {
      budgets: { ram: machine.budgetBytes },
      queueLimit: ENOUGH,
      patienceMs: PATIENCE_MS,
      chooseEvictions: choose,
      returns,
      turns,
    });
  }

  arrived(ticket: number, { modelId, plan }: TraceRequest): void {
    const planId = this.#options.plans === true && plan !== undefined ? this.#planOf(ticket, plan) : null;
    this.#step({ kind: 'acquire', ticket, modelId, priority: 'normal', planId, asked: false });
  }

  loaded(modelId: string): void {
    this.#step({ kind: 'loaded', ...this.#process(modelId), measured: null });
  }

  stopped(modelId: string): void {
    this.#step({ kind: 'gone', ...this.#process(modelId), reason: '', kept: {} });
  }

  released(ticket: number, modelId: string, heldMs: number): void {
    this.#step({ kind: 'release', ...this.#process(modelId), heldMs, keepAliveMs: undefined });
    const plan = this.#openPlans.get(ticket);
    if (plan?.left === 1) {
      this.#openPlans.delete(ticket);
      this.#step({ kind: 'plan-ended', planId: plan.id });
    }
  }

  woken(): void {
    this.#step({ kind: 'tick' });
  }

  /** Steps of one plan follow each other in the trace; the first announces all. */
  #planOf(ticket: number, plan: readonly string[]): number {
    const before = this.#openPlans.get(ticket - 1);
    const open = before !== undefined && before.left === plan.length + 1 ? before : { id: ++this.#plans, left: 0 };
    if (open !== before) this.#step({ kind: 'plan', planId: open.id, models: plan });
    this.#openPlans.delete(ticket - 1);
    this.#openPlans.set(ticket, { id: open.id, left: plan.length });
    return open.id;
  }

  #process(modelId: string): { readonly modelId: string; readonly generation: number } {
    return { modelId, generation: this.#generations.get(modelId) ?? 0 };
  }

  #step(event: SchedulerEvent): void {
    const { state, effects } = step(this.#state, event, this.#machine.nowMs);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    const wakeMs = wakeAtMs(state, this.#machine.nowMs);
    if (wakeMs !== null && wakeMs < FOREVER_MS) this.#machine.wakeAt(wakeMs);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'grant':
        return this.#machine.serve(effect.ticket);
      case 'refuse':
        return this.#machine.refuse(effect.ticket);
      case 'load':
        this.#generations.set(effect.modelId, effect.generation);
        return this.#machine.start(effect.modelId);
      case 'stop':
      case 'cancel-load':
        return this.#machine.stop(effect.modelId);
      case 'breaker-opened':
        return;
      case 'sleep':
      case 'wake':
        throw new Error(`${effect.modelId} cannot sleep`);
      default:
        effect satisfies never;
    }
  }
}
