import { type Footprint, NO_BYTES, largerFootprint, subtractFootprints } from '../../shared/footprint.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';
import type { Effect, SchedulerEvent, SchedulerState } from '../scheduler/state.ts';
import { type Slot, wayKey } from '../scheduler/slot.ts';

/** One step of the scheduler, seen from outside. */
export interface TakenStep {
  readonly before: SchedulerState;
  readonly event: SchedulerEvent;
  readonly after: SchedulerState;
  readonly effects: readonly Effect[];
  readonly nowMs: number;
  /** The process of a loaded model. */
  readonly pidOf: (modelId: string) => number;
  /** The code of the error that a refused request gets. */
  readonly codeOf: (effect: Extract<Effect, { kind: 'refuse' }>) => string;
}

/** What happened to models in one step, in order. */
export function lifecycleEvents(taken: TakenStep): readonly LifecycleEvent[] {
  return [...fromEvent(taken), ...taken.effects.flatMap((effect) => fromEffect(taken, effect))];
}

function fromEvent({ before, event, after, nowMs, pidOf }: TakenStep): LifecycleEvent[] {
  if (!('generation' in event)) return [];
  const { modelId } = event;
  const was = before.slots.get(modelId)?.phase;
  const slot = after.slots.get(modelId);
  if (was === undefined || slot === undefined || was.kind === 'unloaded') return [];
  if (was.generation !== event.generation) return [];
  const tookMs = 'sinceMs' in was ? nowMs - was.sinceMs : 0;
  switch (event.kind) {
    case 'release': {
      const users = slot.phase.kind === 'ready' ? slot.phase.users : 0;
      return [{ kind: 'released', modelId, heldMs: event.heldMs ?? 0, users }];
    }
    case 'loaded': {
      if (was.kind !== 'loading') return [];
      const reserved = slot.phase.kind === 'unloaded' ? was.reserved : slot.phase.reserved;
      const pid = pidOf(modelId);
      return [{ kind: 'loaded', modelId, loadMs: tookMs, measured: event.measured, reserved, pid }];
    }
    case 'load-failed':
      if (was.kind !== 'loading') return was.kind === 'unloading' ? ended(modelId, was, heldBy(slot, was), tookMs) : [];
      return [{ kind: 'load-failed', modelId, reason: event.error.message, outOfMemory: event.outOfMemory }];
    case 'slept': {
      if (was.kind !== 'falling-asleep') return [];
      const left = slot.phase.kind === 'unloaded' ? NO_BYTES : slot.phase.reserved;
      return [{ kind: 'slept', modelId, freed: positive(subtractFootprints(was.awake, left)), sleepMs: tookMs }];
    }
    case 'woke':
      return was.kind === 'waking' ? [{ kind: 'woke', modelId, wakeMs: tookMs }] : [];
    case 'crashed':
      return was.kind === 'unloading' ? [] : [{ kind: 'crashed', modelId, reason: event.reason }];
    case 'gone':
      if (was.kind === 'unloading')
        return ended(modelId, was, positive(subtractFootprints(heldBy(slot, was), event.kept)), tookMs);
      return [{ kind: 'crashed', modelId, reason: event.reason }];
    case 'measured':
    case 'sleep-failed':
    case 'wake-failed':
      return [];
    default:
      return event satisfies never;
  }
}

type Unloading = Extract<NonNullable<ReturnType<SchedulerState['slots']['get']>>['phase'], { kind: 'unloading' }>;

/** The most that was measured of it; what was set aside where nothing was. */
function heldBy(slot: Slot, { way, reserved }: Unloading): Footprint {
  return slot.sizes.get(wayKey(way))?.peak ?? reserved;
}

function ended(modelId: string, { reason }: Unloading, freed: Footprint, unloadMs: number): LifecycleEvent[] {
  // Crashes and overdue loads were told when they happened.
  if (reason === 'crashed' || reason === 'overdue') return [];
  if (reason === 'cancelled') return [{ kind: 'load-cancelled', modelId }];
  return [{ kind: 'unloaded', modelId, reason, freed, unloadMs }];
}

function fromEffect({ before, after, nowMs, codeOf }: TakenStep, effect: Effect): LifecycleEvent[] {
  const { modelId } = effect;
  switch (effect.kind) {
    case 'load': {
      const { reason, reserved, way } = effect;
      return [{ kind: 'load-started', modelId, reason, reserved, shrunk: way.shrunk }];
    }
    case 'cancel-load':
      return effect.reason === 'overdue'
        ? [{ kind: 'load-failed', modelId, reason: 'it took too long', outOfMemory: false }]
        : [];
    case 'stop':
      return [{ kind: 'unload-started', modelId, reason: effect.reason }];
    case 'breaker-opened': {
      const { reason, retryAtMs } = effect;
      return [{ kind: 'breaker-opened', modelId, reason, retryAtMs }];
    }
    case 'grant': {
      const sinceMs = before.waiters.find(({ ticket }) => ticket === effect.ticket)?.sinceMs ?? nowMs;
      const phase = after.slots.get(modelId)?.phase;
      return [
        { kind: 'granted', modelId, waitedMs: nowMs - sinceMs, users: phase?.kind === 'ready' ? phase.users : 0 },
      ];
    }
    case 'refuse':
      return [{ kind: 'refused', modelId, code: codeOf(effect) }];
    case 'sleep':
    case 'wake':
      return [];
    default:
      return effect satisfies never;
  }
}

function positive(bytes: Footprint): Footprint {
  return largerFootprint(bytes, NO_BYTES);
}
