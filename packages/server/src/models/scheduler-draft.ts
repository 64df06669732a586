import { afterFailure } from './breaker.ts';
import type { Effect, Refusal, SchedulerLimits, SchedulerState, StopReason, Waiter } from './scheduler-state.ts';
import type { Phase, Slot } from './slot.ts';

/** The next state while `step` makes it: the only place where it is written to, and nobody else ever sees it. */
export class SchedulerDraft {
  readonly limits: SchedulerLimits;
  readonly slots: Map<string, Slot>;
  readonly effects: Effect[] = [];
  readonly nowMs: number;
  waiters: readonly Waiter[];
  closing: boolean;
  #nextGeneration: number;

  constructor(state: SchedulerState, nowMs: number) {
    this.limits = state.limits;
    this.slots = new Map(state.slots);
    this.waiters = state.waiters;
    this.closing = state.closing;
    this.#nextGeneration = state.nextGeneration;
    this.nowMs = nowMs;
  }

  finish(): SchedulerState {
    const { limits, slots, waiters, closing } = this;
    return { limits, slots, waiters, closing, nextGeneration: this.#nextGeneration };
  }

  update(slot: Slot, change: Partial<Slot>): Slot {
    const changed = { ...slot, ...change };
    this.slots.set(slot.model.id, changed);
    return changed;
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

  /** Gives the loaded model to all who wait for it. */
  grantWaiters(slot: Slot): Slot {
    const { phase, model } = slot;
    const waiting = this.waitersOf(model.id);
    if (phase.kind !== 'ready' || waiting.length === 0) return slot;
    for (const { ticket } of waiting) {
      this.effects.push({ kind: 'grant', ticket, modelId: model.id, generation: phase.generation });
    }
    this.waiters = this.waiters.filter((waiter) => waiter.modelId !== model.id);
    return this.update(slot, { phase: { ...phase, users: phase.users + waiting.length }, lastUsedMs: this.nowMs });
  }

  startLoad(slot: Slot, bytes: number): void {
    const generation = this.#nextGeneration++;
    const phase: Phase = {
      kind: 'loading',
      generation,
      sinceMs: this.nowMs,
      reservedBytes: bytes,
      unloadAfter: false,
    };
    this.update(slot, { phase });
    this.effects.push({ kind: 'load', modelId: slot.model.id, generation, reservedBytes: bytes });
  }

  /** Ends the model's process; its memory stays counted until `gone`. */
  stop(slot: Slot, reason: StopReason): void {
    const { phase, model } = slot;
    if (phase.kind === 'unloaded' || phase.kind === 'unloading') return;
    const { generation, reservedBytes } = phase;
    this.update(slot, { phase: { kind: 'unloading', generation, reservedBytes } });
    const told = { modelId: model.id, generation };
    this.effects.push(phase.kind === 'loading' ? { kind: 'cancel-load', ...told } : { kind: 'stop', ...told, reason });
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
}
