import { type Footprint, addFootprints, subtractFootprints } from '../../shared/footprint.ts';
import { afterFailure } from './breaker.ts';
import type { LoadReason, StopReason } from '../lifecycle/lifecycle-event.ts';
import { attainableFor, extraFor, totalCounted } from './memory-budget.ts';
import { inOrder } from './queue.ts';
import type { Effect, LivePlan, Refusal, SchedulerLimits, SchedulerState, Waiter } from './state.ts';
import { type EndReason, type Phase, type Residence, type Slot, type Way, concurrencyOf } from './slot.ts';

/** The next state while `step` makes it: the only place where it is written to, and nobody else ever sees it. */
export class SchedulerDraft {
  readonly limits: SchedulerLimits;
  readonly slots: Map<string, Slot>;
  readonly plans: Map<number, LivePlan>;
  readonly effects: Effect[] = [];
  readonly nowMs: number;
  waiters: readonly Waiter[];
  closing: boolean;
  #nextGeneration: number;

  constructor(state: SchedulerState, nowMs: number) {
    this.limits = state.limits;
    this.slots = new Map(state.slots);
    this.plans = new Map(state.plans);
    this.waiters = state.waiters;
    this.closing = state.closing;
    this.#nextGeneration = state.nextGeneration;
    this.nowMs = nowMs;
  }

  finish(): SchedulerState {
    const { limits, slots, waiters, plans, closing } = this;
    return { limits, slots, waiters, plans, closing, nextGeneration: this.#nextGeneration };
  }

  update(slot: Slot, change: Partial<Slot>): Slot {
    const changed = { ...slot, ...change };
    this.slots.set(slot.model.id, changed);
    return changed;
  }

  /** Bytes that nothing is counted against now; negative where a budget is overdrawn. */
  free(): Footprint {
    return subtractFootprints(this.limits.budgets, totalCounted(this.slots.values()));
  }

  /** What could ever be free for the model. */
  attainable(modelId: string): Footprint {
    return attainableFor(this.slots.values(), this.limits.budgets, modelId);
  }

  waitersOf(modelId: string): readonly Waiter[] {
    return this.waiters.filter((waiter) => waiter.modelId === modelId);
  }

  refuse(ticket: number, modelId: string, refusal: Refusal): void {
    this.effects.push({ kind: 'refuse', ticket, modelId, refusal });
  }

  refuseWaiters(modelId: string, refusal: Refusal): void {
    for (const { ticket } of this.waitersOf(modelId)) this.refuse(ticket, modelId, refusal);
    this.waiters = this.waiters.filter((waiter) => waiter.modelId !== modelId);
  }

  /** Gives the loaded model to those who wait for it, as many as it serves at once. */
  grantWaiters(slot: Slot): Slot {
    const { phase, model } = slot;
    if (phase.kind !== 'ready') return slot;
    const served = inOrder(this.waitersOf(model.id)).slice(0, Math.max(0, concurrencyOf(slot) - phase.users));
    if (served.length === 0) return slot;
    for (const { ticket, planId } of served) {
      this.effects.push({ kind: 'grant', ticket, modelId: model.id, generation: phase.generation });
      if (planId !== null) this.#advancePlan(planId, model.id);
    }
    const tickets = new Set(served.map(({ ticket }) => ticket));
    this.waiters = this.waiters.filter((waiter) => !tickets.has(waiter.ticket));
    return this.update(slot, {
      phase: { ...phase, users: phase.users + served.length },
      lastUsedMs: this.nowMs,
      mayReturn: true,
      grantedMs: [...slot.grantedMs, ...served.map(() => this.nowMs)],
    });
  }

  startLoad(slot: Slot, way: Way, reserved: Footprint, reason: LoadReason): void {
    const generation = this.#nextGeneration++;
    const phase: Phase = {
      kind: 'loading',
      generation,
      way,
      reserved,
      sinceMs: this.nowMs,
      reason,
      unloadAfter: false,
    };
    this.update(slot, { phase, mayReturn: false });
    this.effects.push({ kind: 'load', modelId: slot.model.id, generation, way, reserved, reason });
  }

  startWake(slot: Slot): void {
    const { phase, model } = slot;
    if (phase.kind !== 'sleeping') return;
    const { generation, way, awake } = phase;
    const reserved = addFootprints(phase.reserved, extraFor(phase.reserved, awake));
    const waking: Phase = {
      kind: 'waking',
      generation,
      way,
      reserved,
      awake,
      sinceMs: this.nowMs,
      unloadAfter: false,
    };
    this.update(slot, { phase: waking });
    this.effects.push({ kind: 'wake', modelId: model.id, generation });
  }

  /** Ends the model's process; its memory stays counted until `gone`. */
  stop(slot: Slot, reason: StopReason): void {
    const { phase, model } = slot;
    if (phase.kind === 'unloaded' || phase.kind === 'unloading') return;
    if (phase.kind === 'loading') return this.cancelLoad(slot, 'cancelled');
    const { generation } = this.end(slot, phase, reason);
    this.effects.push({ kind: 'stop', modelId: model.id, generation, reason });
  }

  /** Gives up a load; its memory stays counted until `gone`. */
  cancelLoad(slot: Slot, reason: 'cancelled' | 'overdue'): void {
    const { phase, model } = slot;
    if (phase.kind !== 'loading') return;
    const { generation } = this.end(slot, phase, reason);
    this.effects.push({ kind: 'cancel-load', modelId: model.id, generation, reason });
  }

  /** The process has ended, or will; its memory stays counted until `gone`. */
  end(slot: Slot, { generation, way, reserved }: Residence, reason: EndReason): Residence {
    const phase: Phase = { kind: 'unloading', generation, way, reserved, sinceMs: this.nowMs, reason };
    this.update(slot, { phase, mayReturn: slot.mayReturn && reason === 'evicted' });
    return phase;
  }

  /** Puts a model without users to sleep; what it needs for that beyond what it holds must be free. */
  putToSleep(slot: Slot, asleep: Footprint, reason: 'idle' | 'evicted'): void {
    const { phase, model } = slot;
    if (phase.kind !== 'ready') return;
    const { generation, way } = phase;
    const reserved = addFootprints(phase.reserved, extraFor(phase.reserved, asleep));
    this.update(slot, {
      phase: {
        kind: 'falling-asleep',
        generation,
        way,
        reserved,
        asleep,
        awake: phase.reserved,
        sinceMs: this.nowMs,
        reason,
        unloadAfter: false,
      },
    });
    this.effects.push({ kind: 'sleep', modelId: model.id, generation });
  }

  /** Nothing is left of the model's process. */
  vacate(slot: Slot): Slot {
    return this.update(slot, { phase: { kind: 'unloaded' }, wishedKeepAliveMs: undefined, retry: null });
  }

  /** Counts a crash or a failed load; when that opens the breaker, all who wait for the model are told. */
  countFailure(slot: Slot, reason: string): Slot {
    const breaker = afterFailure(slot.breaker, reason, this.nowMs);
    if (breaker.kind === 'open') {
      const { retryAtMs } = breaker;
      this.effects.push({ kind: 'breaker-opened', modelId: slot.model.id, reason, retryAtMs });
      this.refuseWaiters(slot.model.id, { kind: 'breaker-open', reason, retryAfterMs: retryAtMs - this.nowMs });
    }
    return this.update(slot, { breaker });
  }

  /** A plan's step was given its model. */
  #advancePlan(planId: number, modelId: string): void {
    const plan = this.plans.get(planId);
    if (plan === undefined) return;
    const at = plan.models.indexOf(modelId, plan.at + 1);
    if (at >= 0) this.plans.set(planId, { ...plan, at });
  }
}
