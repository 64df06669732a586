import { type Resident, chooseEvictions } from '../evict.ts';
import { chooseReturn } from '../evict-return.ts';
import { type Effect, type SchedulerEvent, type SchedulerState, initialState } from '../scheduler-state.ts';
import { step, wakeAtMs } from '../scheduler.ts';
import { type Usage, noUsage, recordUse } from '../usage.ts';
import type { Machine, MakePolicy, Policy } from './simulate.ts';
import type { SimulatedModel, TraceRequest } from './trace.ts';

/** Chooses who makes room. */
export type Choose = typeof chooseEvictions;

/** How this server's scheduler is run. */
export interface ConcertOptions {
  /** Who makes room; by default as the server does. */
  readonly choose?: Choose;
  /** Unloads after so many milliseconds without users; null, the default, keeps all. */
  readonly idleMs?: number | null;
  /** Whether plans are announced to it. */
  readonly plans?: boolean;
  /** Whether models that will be missed are loaded back while nobody waits. */
  readonly returns?: boolean;
}

const PATIENCE_MS = 10_000;
/** More than any trace asks for at once: nobody is refused, so that all policies serve the same requests. */
const ENOUGH = 100_000;

/** This server's own scheduler. */
export function concert(options: ConcertOptions = {}): MakePolicy {
  return (machine) => new Concert(machine, options);
}

/** Carries the scheduler's effects out on the simulated machine, as the manager does on the real one. */
class Concert implements Policy {
  readonly #machine: Machine;
  readonly #options: ConcertOptions;
  readonly #generations = new Map<string, number>();
  /** As the scheduler records it, but without the loads that nobody asked for. */
  readonly #usage = new Map<string, Usage>();
  readonly #waiting = new Set<number>();
  /**
   * Models that were loaded back since they were last used; once must do, or two would take turns while nobody comes.
   */
  readonly #returned = new Set<string>();
  readonly #openPlans = new Map<number, { readonly id: number; left: number }>();
  #returning: { readonly ticket: number; readonly modelId: string } | null = null;
  #returns = 0;
  #plans = 0;
  #state: SchedulerState;

  constructor(machine: Machine, options: ConcertOptions) {
    this.#machine = machine;
    this.#options = options;
    const { choose = chooseEvictions, idleMs = null } = options;
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
      chooseEvictions: (residents, needed, free, nowMs) =>
        choose(
          residents.map((one) => ({ ...one, usage: this.#usageOf(one.id) })),
          needed,
          free,
          nowMs,
        ),
    });
  }

  arrived(ticket: number, { modelId, plan }: TraceRequest): void {
    this.#usage.set(modelId, recordUse(this.#usageOf(modelId), this.#machine.nowMs));
    this.#waiting.add(ticket);
    this.#returned.delete(modelId);
    const planId = this.#options.plans === true && plan !== undefined ? this.#planOf(ticket, plan) : null;
    this.#step({ kind: 'acquire', ticket, modelId, priority: 'normal', planId, asked: false });
    if (this.#waiting.has(ticket)) this.#giveWay(modelId);
    this.#bringBack();
  }

  loaded(modelId: string): void {
    this.#step({ kind: 'loaded', ...this.#process(modelId), measured: null });
    this.#bringBack();
  }

  stopped(modelId: string): void {
    this.#step({ kind: 'gone', ...this.#process(modelId), reason: '', kept: {} });
    this.#bringBack();
  }

  released(ticket: number, modelId: string, heldMs: number): void {
    this.#step({ kind: 'release', ...this.#process(modelId), heldMs, keepAliveMs: undefined });
    const plan = this.#openPlans.get(ticket);
    if (plan?.left === 1) {
      this.#openPlans.delete(ticket);
      this.#step({ kind: 'plan-ended', planId: plan.id });
    }
    this.#bringBack();
  }

  woken(): void {
    this.#step({ kind: 'tick' });
    this.#bringBack();
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

  #usageOf(modelId: string): Usage {
    return this.#usage.get(modelId) ?? noUsage;
  }

  #process(modelId: string): { readonly modelId: string; readonly generation: number } {
    return { modelId, generation: this.#generations.get(modelId) ?? 0 };
  }

  /** A load that nobody waits for ends when somebody must wait for another model. */
  #giveWay(modelId: string): void {
    const returning = this.#returning;
    if (returning === null || returning.modelId === modelId) return;
    this.#returning = null;
    this.#returned.delete(returning.modelId);
    this.#step({ kind: 'leave', ticket: returning.ticket });
  }

  #bringBack(): void {
    if (this.#options.returns !== true || this.#waiting.size > 0 || this.#returning !== null) return;
    const { away, residents, free, moving } = this.#memory();
    if (moving) return;
    const modelId = chooseReturn(away, residents, free, this.#machine.nowMs);
    if (modelId === null) return;
    const ticket = ENOUGH + this.#returns++;
    this.#returning = { ticket, modelId };
    this.#returned.add(modelId);
    this.#step({ kind: 'acquire', ticket, modelId, priority: 'low', planId: null, asked: false });
  }

  #memory() {
    const { models, budgetBytes } = this.#machine;
    const seen = (model: SimulatedModel, idleSinceMs: number): Resident => ({
      id: model.id,
      held: { ram: model.bytes },
      idleSinceMs,
      pinned: false,
      keep: false,
      protectedByPlan: false,
      reloadMs: model.loadMs,
      usage: this.#usageOf(model.id),
    });
    const away: Resident[] = [];
    const residents: Resident[] = [];
    let freeBytes = budgetBytes;
    let moving = false;
    for (const { model, phase } of this.#state.slots.values()) {
      const simulated = models.get(model.id);
      if (simulated === undefined) continue;
      if (phase.kind !== 'unloaded') freeBytes -= simulated.bytes;
      else if (!this.#returned.has(model.id)) away.push(seen(simulated, 0));
      if (phase.kind === 'ready' && phase.users === 0) residents.push(seen(simulated, phase.idleSinceMs));
      if (phase.kind === 'loading' || phase.kind === 'unloading') moving = true;
    }
    return { away, residents, free: { ram: freeBytes }, moving };
  }

  #step(event: SchedulerEvent): void {
    const { state, effects } = step(this.#state, event, this.#machine.nowMs);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    const wakeMs = wakeAtMs(state, this.#machine.nowMs);
    if (wakeMs !== null) this.#machine.wakeAt(wakeMs);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'grant':
        this.#waiting.delete(effect.ticket);
        if (effect.ticket < ENOUGH) return this.#machine.serve(effect.ticket);
        this.#returning = null;
        return this.#step({ kind: 'release', ...this.#process(effect.modelId), heldMs: 0, keepAliveMs: undefined });
      case 'refuse':
        this.#waiting.delete(effect.ticket);
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
