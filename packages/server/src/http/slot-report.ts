import type { AdminModels, SlotReport } from '@concert/protocol';
import type { MemoryStatus, ModelStatus, SlotState } from '../models/model-manager.ts';

/** A model's slot on the wire. */
export function slotReport(status: ModelStatus): SlotReport {
  const { model, state } = status;
  return {
    id: model.id,
    task: model.task,
    engine: model.engine,
    state: state.kind,
    users: usersOf(state),
    waiters: state.kind === 'loading' ? state.waiters : 0,
    pid: state.kind === 'ready' ? state.pid : null,
    reason: state.kind === 'failed' ? state.reason : null,
    reserved_bytes: status.reservedBytes,
    measured_bytes: status.measuredBytes,
    last_used: isoTime(status.lastUsedMs),
    load_ms: status.loadMs,
    idle_ms: model.idleMs,
  };
}

/** The memory budget on the wire. */
export function memoryReport(memory: MemoryStatus): AdminModels['memory'] {
  return { budget_bytes: memory.budgetBytes, reserved_bytes: memory.reservedBytes };
}

/** Requests that hold the model now. */
export function usersOf(state: SlotState): number {
  return state.kind === 'ready' ? state.users : 0;
}

/** A time in ISO 8601. */
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
