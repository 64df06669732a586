import { type Footprint, NO_BYTES } from '../shared/footprint.ts';
import type { LoadProgress } from '../engines/engine-process.ts';
import { neededFor, waysOf } from './scheduler/memory-budget.ts';
import type { ModelSpec, ModelStatus, SlotState } from './model-manager.ts';
import { restEndsMs } from './scheduler/ends.ts';
import type { SchedulerState } from './scheduler/state.ts';
import { type Slot, concurrencyOf } from './scheduler/slot.ts';

/** What is known of a model's process beside the scheduler's state. */
export interface ProcessView {
  /** Null while there is no loaded process. */
  readonly pid: number | null;
  readonly progress: LoadProgress | null;
  readonly measured: Footprint | null;
}

/** The slot as operators see it. */
export function modelStatus(
  model: ModelSpec,
  slot: Slot,
  { state, view }: { readonly state: SchedulerState; readonly view: ProcessView },
): ModelStatus {
  const { phase } = slot;
  const [way] = waysOf(slot);
  return {
    model,
    state: slotState(slot, view),
    waiters: state.waiters.filter((waiter) => waiter.modelId === model.id).length,
    concurrency: concurrencyOf(slot),
    reserved: phase.kind === 'unloaded' ? NO_BYTES : phase.reserved,
    measured: view.measured,
    expected: way === undefined ? NO_BYTES : neededFor(slot, way, state.limits.budgets),
    lastUsedMs: slot.lastUsedMs,
    loadMs: slot.loadsMs.at(-1) ?? null,
    pinned: slot.pinned,
    keepAliveMs: slot.wishedKeepAliveMs === undefined ? slot.keepAliveMs : slot.wishedKeepAliveMs,
    expiresMs: restEndsMs(state, slot),
    shrunk: phase.kind !== 'unloaded' && phase.way.shrunk,
  };
}

function slotState({ phase, breaker }: Slot, { pid, progress }: ProcessView): SlotState {
  switch (phase.kind) {
    case 'unloaded':
      return breaker.kind === 'open'
        ? { kind: 'failed', reason: breaker.reason, retryAtMs: breaker.retryAtMs }
        : { kind: 'unloaded' };
    case 'loading':
      return { kind: 'loading', sinceMs: phase.sinceMs, progress };
    case 'ready':
      return { kind: 'ready', users: phase.users, pid: pid ?? -1 };
    case 'sleeping':
    case 'waking':
      return { kind: phase.kind, pid: pid ?? -1 };
    case 'falling-asleep':
    case 'unloading':
      return { kind: 'unloading' };
    default:
      return phase satisfies never;
  }
}
