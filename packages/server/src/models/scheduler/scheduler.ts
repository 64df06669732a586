import {
  type Footprint,
  NO_BYTES,
  addFootprints,
  bytesOn,
  devicesOf,
  fits,
  largerFootprint,
  subtractFootprints,
} from '../../shared/footprint.ts';
import { admits, afterLoad } from './breaker.ts';
import { whyImpossible } from './load-options.ts';
import { countMeasured } from './memory-budget.ts';
import { settle } from './placement.ts';
import { SchedulerDraft } from './draft.ts';
import { deadlineMs, restEndsMs } from './ends.ts';
import { askForPlace } from './promises.ts';
import { patienceEndsMs } from './queue.ts';
import type { Effect, SchedulerEvent, SchedulerState } from './state.ts';
import { turnLooksMs } from './turns.ts';
import { type Phase, type Slot, wayKey } from './slot.ts';
import { recordEnd, recordUse } from './usage.ts';

const KEPT_DURATIONS = 5;
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
      leave(draft, event.ticket);
      return;
    case 'tick':
      return;
    case 'plan': {
      const { planId, models } = event;
      draft.plans.set(planId, { id: planId, models, at: -1, prefetched: new Set() });
      return;
    }
    case 'plan-ended':
      draft.plans.delete(event.planId);
      return;
    case 'close':
    case 'close-now':
      close(draft, event.kind === 'close-now');
      return;
    default: {
      const slot = draft.slots.get(event.modelId);
      if (slot === undefined) return;
      if (!('generation' in event)) applyToSlot(draft, slot, event);
      else if (slot.phase.kind !== 'unloaded' && slot.phase.generation === event.generation) hear(draft, slot, event);
    }
  }
}

type OfModel = Extract<SchedulerEvent, { modelId: string }>;
type FromProcess = Extract<OfModel, { generation: number }>;

function applyToSlot(draft: SchedulerDraft, slot: Slot, event: Exclude<OfModel, FromProcess>): void {
  switch (event.kind) {
    case 'acquire':
      acquire(draft, slot, event);
      break;
    case 'returned':
      draft.update(slot, { kept: lessOf(slot.kept, event.bytes) });
      break;
    case 'unload':
      unload(draft, slot);
      break;
    case 'pin':
      pin(draft, slot, event.pinned);
      break;
    case 'keep-alive':
      draft.update(slot, { keepAliveMs: event.keepAliveMs, wishedKeepAliveMs: undefined });
      break;
    default:
      event satisfies never;
  }
}

function pin(draft: SchedulerDraft, slot: Slot, pinned: boolean): void {
  const { phase } = slot;
  // A pinned model makes room for nobody, also where it was about to.
  const stays = pinned && phase.kind === 'ready' && phase.leaving?.kind === 'room';
  draft.update(slot, { pinned, phase: stays ? { ...phase, leaving: null } : phase });
}

/** What the current process of a model tells, or one of its leases. */
function hear(draft: SchedulerDraft, slot: Slot, event: FromProcess): void {
  switch (event.kind) {
    case 'release':
      release(draft, slot, event);
      break;
    case 'loaded':
      loaded(draft, slot, event.measured);
      break;
    case 'load-failed':
      loadFailed(draft, slot, event);
      break;
    case 'measured':
      measured(draft, slot, event.measured);
      break;
    case 'slept':
      slept(draft, slot, event.measured);
      break;
    case 'woke':
      woke(draft, slot, event.measured);
      break;
    case 'sleep-failed':
      if (slot.phase.kind === 'falling-asleep') draft.stop(slot, slot.phase.reason);
      break;
    case 'wake-failed':
      if (slot.phase.kind === 'waking') draft.stop(draft.countFailure(slot, event.reason), 'idle');
      break;
    case 'crashed':
      crashed(draft, slot, event.reason);
      break;
    case 'gone':
      gone(draft, slot, event);
      break;
    default:
      event satisfies never;
  }
}

function leave(draft: SchedulerDraft, ticket: number): void {
  const modelId = draft.waiters.find((waiter) => waiter.ticket === ticket)?.modelId;
  if (modelId === undefined) return;
  draft.waiters = draft.waiters.filter((waiter) => waiter.ticket !== ticket);
  const slot = draft.slots.get(modelId);
  // A second try was for those who waited.
  if (slot?.phase.kind === 'unloaded' && draft.waitersOf(modelId).length === 0) draft.update(slot, { retry: null });
}

function acquire(draft: SchedulerDraft, slot: Slot, event: Extract<SchedulerEvent, { kind: 'acquire' }>): void {
  const { model, phase, breaker } = slot;
  const { ticket, modelId, priority, planId, asked } = event;
  const refuse = draft.refuse.bind(draft, ticket, modelId);
  if (draft.closing) return refuse({ kind: 'shutting-down' });
  if (phase.kind !== 'ready' || phase.leaving !== null) {
    const impossible = phase.kind === 'loading' || phase.kind === 'waking' ? null : whyImpossible(draft, slot);
    if (impossible !== null) return refuse(impossible);
    if (breaker.kind === 'open' && !admits(breaker, draft.nowMs) && phase.kind !== 'loading') {
      return refuse({
        kind: 'breaker-open',
        reason: breaker.reason,
        retryAfterMs: breaker.retryAtMs - draft.nowMs,
      });
    }
  }
  const users = phase.kind === 'ready' ? phase.users : 0;
  const used = users + draft.waitersOf(model.id).length;
  const limit = model.queueLimit ?? draft.limits.queueLimit;
  const { promisedMs, retryAfterMs } = askForPlace(draft, slot, { limit, used, asked });
  const known = draft.update(slot, { promisedMs });
  if (retryAfterMs !== null) return refuse({ kind: 'queue-full', retryAfterMs });
  draft.waiters = [...draft.waiters, { ticket, modelId, sinceMs: draft.nowMs, priority, planId, asked }];
  if (!asked) draft.update(known, { usage: recordUse(slot.usage, draft.nowMs) });
}

function release(draft: SchedulerDraft, slot: Slot, event: Extract<SchedulerEvent, { kind: 'release' }>): void {
  const { phase, holdMs } = slot;
  if (phase.kind !== 'ready') return;
  const { heldMs, keepAliveMs } = event;
  draft.update(slot, {
    phase: { ...phase, users: phase.users - 1, idleSinceMs: draft.nowMs },
    lastUsedMs: draft.nowMs,
    usage: heldMs === null ? slot.usage : recordEnd(slot.usage, draft.nowMs),
    holdMs: smoothed(holdMs, heldMs),
    grantedMs: withoutLease(slot.grantedMs, draft.nowMs - (heldMs ?? 0)),
    wishedKeepAliveMs: keepAliveMs === undefined ? slot.wishedKeepAliveMs : keepAliveMs,
  });
}

/** The others, when the lease that was given at about this time has ended. */
function withoutLease(grantedMs: readonly number[], atMs: number): readonly number[] {
  const farMs = grantedMs.map((each) => Math.abs(each - atMs));
  const ended = farMs.indexOf(Math.min(...farMs));
  return grantedMs.filter((_, place) => place !== ended);
}

function smoothed(holdMs: number | null, heldMs: number | null): number | null {
  if (heldMs === null || holdMs === null) return heldMs ?? holdMs;
  return holdMs + HOLD_SMOOTHING * (heldMs - holdMs);
}

function loaded(draft: SchedulerDraft, slot: Slot, bytes: Footprint | null): void {
  const { phase, model } = slot;
  if (phase.kind !== 'loading') return;
  const { generation, way, reserved, unloadAfter } = phase;
  const { budgets } = draft.limits;
  const held = bytes === null ? null : countMeasured(reserved, bytes, budgets);
  const known = draft.update(slot, {
    breaker: afterLoad(slot.breaker, draft.nowMs),
    sizes: held === null ? slot.sizes : withMeasured(slot, held, true),
    loadsMs: [...slot.loadsMs, draft.nowMs - phase.sinceMs].slice(-KEPT_DURATIONS),
    grantedMs: [],
    retry: null,
  });
  const ready: Phase = {
    kind: 'ready',
    generation,
    way,
    // What was set aside for its work stays so: a model grows with its first requests.
    reserved: held === null ? reserved : largerFootprint(held, reserved),
    sinceMs: draft.nowMs,
    users: 0,
    idleSinceMs: draft.nowMs,
    leaving: null,
  };
  if (held !== null && !fits(held, budgets)) {
    draft.refuseWaiters(model.id, { kind: 'never-fits', need: held });
    draft.stop(draft.update(known, { phase: ready }), 'too-large');
    return;
  }
  becomeReady(draft, draft.update(known, { phase: ready }), unloadAfter);
}

function becomeReady(draft: SchedulerDraft, slot: Slot, unloadAfter: boolean): void {
  const served = draft.grantWaiters(slot);
  if (unloadAfter && served.phase.kind === 'ready') {
    draft.update(served, { phase: { ...served.phase, leaving: { kind: 'asked' } } });
  }
}

function loadFailed(draft: SchedulerDraft, slot: Slot, event: Extract<SchedulerEvent, { kind: 'load-failed' }>): void {
  const { phase, model } = slot;
  const { error, reason, outOfMemory, kept } = event;
  const vacant = draft.vacate(draft.update(slot, { kept: addFootprints(slot.kept, kept) }));
  if (phase.kind !== 'loading') return;
  const awaited = draft.waitersOf(model.id).length > 0;
  if (outOfMemory && awaited && slot.retry === null) {
    const freed = stopIdleOn(draft, phase.reserved);
    const retry = model.shrunk !== null ? 'shrunk' : freed ? 'same' : null;
    if (retry !== null) {
      draft.update(vacant, { retry });
      return;
    }
  }
  const refusal = { kind: 'out-of-memory', need: phase.reserved, error } as const;
  draft.refuseWaiters(model.id, outOfMemory ? refusal : { kind: 'load-failed', error });
  // What was loaded ahead in vain says nothing of a load that is asked for.
  if (reason !== null && (awaited || !outOfMemory)) draft.countFailure(vacant, reason);
}

/** Ends all idle models that lie on the same devices; whether there were any. */
function stopIdleOn(draft: SchedulerDraft, devices: Footprint): boolean {
  let any = false;
  for (const slot of draft.slots.values()) {
    const { phase, pinned } = slot;
    const idle = (phase.kind === 'ready' && phase.users === 0) || phase.kind === 'sleeping';
    if (!idle || pinned || !devicesOf(devices).some((device) => bytesOn(phase.reserved, device) > 0)) continue;
    // Loaded back by itself it would only run out of memory again.
    draft.stop(draft.update(slot, { mayReturn: false }), 'evicted');
    any = true;
  }
  return any;
}

function measured(draft: SchedulerDraft, slot: Slot, bytes: Footprint): void {
  const { phase } = slot;
  if (phase.kind !== 'ready') return;
  const held = countMeasured(phase.reserved, bytes, draft.limits.budgets);
  draft.update(slot, {
    phase: { ...phase, reserved: largerFootprint(phase.reserved, held) },
    sizes: withMeasured(slot, held, false),
  });
}

function withMeasured(slot: Slot, held: Footprint, atLoad: boolean): Slot['sizes'] {
  if (slot.phase.kind === 'unloaded') return slot.sizes;
  const key = wayKey(slot.phase.way);
  const known = slot.sizes.get(key);
  const loadedBytes = atLoad ? held : (known?.loaded ?? held);
  return new Map(slot.sizes).set(key, { loaded: loadedBytes, peak: largerFootprint(held, known?.peak ?? NO_BYTES) });
}

function slept(draft: SchedulerDraft, slot: Slot, bytes: Footprint | null): void {
  const { phase } = slot;
  if (phase.kind !== 'falling-asleep') return;
  const { generation, way, asleep, awake, unloadAfter } = phase;
  const reserved = bytes === null ? asleep : countMeasured(asleep, bytes, draft.limits.budgets);
  const asleepSlot = draft.update(slot, {
    phase: { kind: 'sleeping', generation, way, reserved, awake, sinceMs: draft.nowMs },
  });
  if (unloadAfter) draft.stop(asleepSlot, 'asked');
}

function woke(draft: SchedulerDraft, slot: Slot, bytes: Footprint | null): void {
  const { phase } = slot;
  if (phase.kind !== 'waking') return;
  const { generation, way, awake, unloadAfter } = phase;
  const held = bytes === null ? awake : countMeasured(awake, bytes, draft.limits.budgets);
  const ready: Phase = {
    kind: 'ready',
    generation,
    way,
    reserved: largerFootprint(held, awake),
    sinceMs: draft.nowMs,
    users: 0,
    idleSinceMs: draft.nowMs,
    leaving: null,
  };
  const wakesMs = [...slot.wakesMs, draft.nowMs - phase.sinceMs].slice(-KEPT_DURATIONS);
  becomeReady(draft, draft.update(slot, { phase: ready, wakesMs }), unloadAfter);
}

function crashed(draft: SchedulerDraft, slot: Slot, reason: string): Slot {
  const { phase, model } = slot;
  if (phase.kind === 'unloaded' || phase.kind === 'unloading') return slot;
  if (phase.kind === 'loading') draft.refuseWaiters(model.id, { kind: 'not-loaded', reason });
  draft.end(draft.countFailure(slot, reason), phase, 'crashed');
  return draft.slots.get(model.id) ?? slot;
}

function gone(draft: SchedulerDraft, slot: Slot, event: Extract<SchedulerEvent, { kind: 'gone' }>): void {
  const ended = crashed(draft, slot, event.reason);
  draft.vacate(draft.update(ended, { kept: addFootprints(ended.kept, event.kept) }));
}

function unload(draft: SchedulerDraft, slot: Slot): void {
  const { phase } = slot;
  switch (phase.kind) {
    case 'ready':
      draft.update(slot, { phase: { ...phase, leaving: { kind: 'asked' } } });
      break;
    case 'loading':
    case 'waking':
    case 'falling-asleep':
      draft.update(slot, { phase: { ...phase, unloadAfter: true } });
      break;
    case 'sleeping':
      draft.stop(slot, 'asked');
      break;
    case 'unloaded':
    case 'unloading':
      break;
    default:
      phase satisfies never;
  }
}

function close(draft: SchedulerDraft, now: boolean): void {
  draft.closing = true;
  for (const slot of draft.slots.values()) {
    draft.refuseWaiters(slot.model.id, { kind: 'shutting-down' });
    if (slot.phase.kind === 'ready' && !now) {
      draft.update(slot, { phase: { ...slot.phase, leaving: { kind: 'closing' } } });
    } else {
      draft.stop(slot, 'shutdown');
    }
  }
}

/** What is left of `bytes` after `returned`, never less than nothing. */
function lessOf(bytes: Footprint, returned: Footprint): Footprint {
  const left = subtractFootprints(bytes, returned);
  return Object.fromEntries(
    devicesOf(left).flatMap((device) => (bytesOn(left, device) > 0 ? [[device, left[device]]] : [])),
  );
}

/** When the scheduler must be stepped again though nothing happens, in milliseconds since the epoch; null for never. */
export function wakeAtMs(state: SchedulerState, nowMs: number): number | null {
  const { patienceMs } = state.limits;
  const times: (number | null)[] = state.waiters.map((waiter) => patienceEndsMs(waiter, patienceMs));
  times.push(...turnLooksMs(state));
  for (const slot of state.slots.values()) {
    const { phase } = slot;
    times.push(deadlineMs(slot), restEndsMs(state, slot));
    // From then on it can be asked to make room.
    if (state.waiters.length > 0 && phase.kind === 'ready' && phase.users > 0) times.push(phase.sinceMs + patienceMs);
  }
  // What was due before has been seen to.
  const next = Math.min(...times.filter((time) => time !== null && time > nowMs).map(Number));
  return next === Infinity ? null : next;
}
