import { admits, afterLoad } from './breaker.ts';
import { leastBytes } from './memory-budget.ts';
import { loadDeadlineMs, settle } from './placement.ts';
import { SchedulerDraft } from './scheduler-draft.ts';
import type { Effect, SchedulerEvent, SchedulerState } from './scheduler-state.ts';
import { type Phase, type Slot, expectedLoadMs } from './slot.ts';

const KEPT_LOADS = 5;
const HOLD_SMOOTHING = 0.2;

/**
 * The scheduler: what happened and when, in; the next state and what is to be done, out. It does nothing itself, so the
 * same events always give the same decisions.
 */
export function step(
  state: SchedulerState,
  event: SchedulerEvent,
  nowMs: number,
): { state: SchedulerState; effects: readonly Effect[] } {
  const draft = new SchedulerDraft(state, nowMs);
  apply(draft, event);
  settle(draft);
  return { state: draft.finish(), effects: draft.effects };
}

function apply(draft: SchedulerDraft, event: SchedulerEvent): void {
  switch (event.kind) {
    case 'leave':
      draft.waiters = draft.waiters.filter((waiter) => waiter.ticket !== event.ticket);
      return;
    case 'tick':
      return;
    case 'close':
    case 'close-now':
      close(draft, event.kind === 'close-now');
      return;
    default: {
      const slot = draft.slots.get(event.modelId);
      if (slot !== undefined) applyToSlot(draft, slot, event);
    }
  }
}

function applyToSlot(draft: SchedulerDraft, slot: Slot, event: Extract<SchedulerEvent, { modelId: string }>): void {
  if ('generation' in event && (slot.phase.kind === 'unloaded' || slot.phase.generation !== event.generation)) return;
  switch (event.kind) {
    case 'acquire':
      acquire(draft, slot, event.ticket);
      break;
    case 'release':
      release(draft, slot, event.heldMs);
      break;
    case 'loaded':
      loaded(draft, slot, event.bytes);
      break;
    case 'load-failed':
      if (slot.phase.kind === 'loading') {
        draft.refuseWaiters(slot.model.id, { kind: 'load-failed', error: event.error });
        if (event.reason !== null) draft.countFailure(slot, event.reason);
      }
      vacate(draft, slot.model.id);
      break;
    case 'measured':
      measured(draft, slot, event.bytes);
      break;
    case 'gone':
      if (slot.phase.kind === 'loading') {
        draft.refuseWaiters(slot.model.id, { kind: 'not-loaded', reason: event.reason });
      }
      if (slot.phase.kind !== 'unloading') draft.countFailure(slot, event.reason);
      vacate(draft, slot.model.id);
      break;
    case 'unload':
      if (slot.phase.kind === 'ready') {
        draft.update(slot, { phase: { ...slot.phase, leaving: { kind: 'asked' } } });
      } else if (slot.phase.kind === 'loading') {
        draft.update(slot, { phase: { ...slot.phase, unloadAfter: true } });
      }
      break;
    default:
      event satisfies never;
  }
}

function vacate(draft: SchedulerDraft, modelId: string): void {
  const slot = draft.slots.get(modelId);
  if (slot !== undefined) draft.update(slot, { phase: { kind: 'unloaded' } });
}

function acquire(draft: SchedulerDraft, slot: Slot, ticket: number): void {
  const { model, phase, breaker } = slot;
  const { budgetBytes, queueLimit } = draft.limits;
  const refuse = draft.refuse.bind(draft, ticket, model.id);
  if (draft.closing) return refuse({ kind: 'shutting-down' });
  if (phase.kind !== 'ready' || phase.leaving !== null) {
    const needBytes = leastBytes(slot);
    if (needBytes > budgetBytes) return refuse({ kind: 'never-fits', needBytes });
    if (breaker.kind === 'open' && !admits(breaker, draft.nowMs) && phase.kind !== 'loading') {
      return refuse({
        kind: 'breaker-open',
        reason: breaker.reason,
        retryAfterMs: breaker.retryAtMs - draft.nowMs,
      });
    }
  }
  const users = phase.kind === 'ready' ? phase.users : 0;
  if (users + draft.waitersOf(model.id).length >= queueLimit) {
    return refuse({ kind: 'queue-full', retryAfterMs: expectedWaitMs(slot, draft.nowMs) });
  }
  draft.waiters = [...draft.waiters, { ticket, modelId: model.id, sinceMs: draft.nowMs }];
}

/** How long until a place in the model's queue is free: the load that is left, then a lease. */
function expectedWaitMs(slot: Slot, nowMs: number): number {
  const { phase } = slot;
  const hold = slot.holdMs ?? 0;
  if (phase.kind === 'ready') return hold;
  const passed = phase.kind === 'loading' ? nowMs - phase.sinceMs : 0;
  return Math.max(0, expectedLoadMs(slot) - passed) + hold;
}

function release(draft: SchedulerDraft, slot: Slot, heldMs: number): void {
  const { phase, holdMs } = slot;
  if (phase.kind !== 'ready') return;
  draft.update(slot, {
    phase: { ...phase, users: phase.users - 1, idleSinceMs: draft.nowMs },
    lastUsedMs: draft.nowMs,
    holdMs: holdMs === null ? heldMs : holdMs + HOLD_SMOOTHING * (heldMs - holdMs),
  });
}

function loaded(draft: SchedulerDraft, slot: Slot, bytes: number | null): void {
  const { phase, model } = slot;
  if (phase.kind !== 'loading') return;
  const peakBytes = bytes === null ? slot.peakBytes : Math.max(bytes, slot.peakBytes ?? 0);
  const known = draft.update(slot, {
    breaker: afterLoad(slot.breaker, draft.nowMs),
    loadedBytes: bytes ?? slot.loadedBytes,
    peakBytes,
    loadsMs: [...slot.loadsMs, draft.nowMs - phase.sinceMs].slice(-KEPT_LOADS),
  });
  const ready: Phase = {
    kind: 'ready',
    generation: phase.generation,
    users: 0,
    idleSinceMs: draft.nowMs,
    reservedBytes: bytes === null ? phase.reservedBytes : (peakBytes ?? bytes),
    measuredBytes: bytes,
    leaving: null,
  };
  if (bytes !== null && bytes > draft.limits.budgetBytes) {
    draft.refuseWaiters(model.id, { kind: 'never-fits', needBytes: bytes });
    draft.stop(draft.update(known, { phase: ready }), 'too-large');
    return;
  }
  const served = draft.grantWaiters(draft.update(known, { phase: ready }));
  if (phase.unloadAfter && served.phase.kind === 'ready') {
    draft.update(served, { phase: { ...served.phase, leaving: { kind: 'asked' } } });
  }
}

function measured(draft: SchedulerDraft, slot: Slot, bytes: number): void {
  const { phase } = slot;
  if (phase.kind !== 'ready') return;
  draft.update(slot, {
    phase: { ...phase, measuredBytes: bytes, reservedBytes: Math.max(phase.reservedBytes, bytes) },
    peakBytes: Math.max(slot.peakBytes ?? 0, bytes),
  });
}

function close(draft: SchedulerDraft, now: boolean): void {
  draft.closing = true;
  for (const slot of draft.slots.values()) {
    draft.refuseWaiters(slot.model.id, { kind: 'shutting-down' });
    if (slot.phase.kind === 'loading' || (now && slot.phase.kind === 'ready')) draft.stop(slot, 'shutdown');
    else if (slot.phase.kind === 'ready') {
      draft.update(slot, { phase: { ...slot.phase, leaving: { kind: 'closing' } } });
    }
  }
}

/** When the scheduler must be stepped again though nothing happens, in milliseconds since the epoch; null for never. */
export function wakeAtMs(state: SchedulerState, nowMs: number): number | null {
  const times: number[] = [];
  for (const { phase, model } of state.slots.values()) {
    if (phase.kind === 'loading') times.push(phase.sinceMs + loadDeadlineMs(phase.reservedBytes));
    if (phase.kind === 'ready' && phase.users === 0 && model.idleMs !== null) {
      times.push(phase.idleSinceMs + model.idleMs);
    }
  }
  for (const { sinceMs } of state.waiters) {
    const patienceEnds = sinceMs + state.limits.patienceMs;
    if (patienceEnds > nowMs) times.push(patienceEnds);
  }
  return times.length === 0 ? null : Math.min(...times);
}
