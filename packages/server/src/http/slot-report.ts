import type { AdminModels, SlotReport } from '@concert/protocol';
import type { LoadRecord } from '../models/lifecycle/lifecycle-feed.ts';
import type { MemoryStatus, ModelStatus, SlotState } from '../models/model-manager.ts';
import { bytesOn, devicesOf, type Footprint, totalOf } from '../shared/footprint.ts';

/** A model's slot on the wire; `loads` are the last tries to load it, newest last. */
export function slotReport(status: ModelStatus, loads: readonly LoadRecord[]): SlotReport {
  const { model, state, reserved, measured, expected } = status;
  return {
    id: model.id,
    task: model.task,
    engine: model.engine,
    state: state.kind,
    progress: state.kind === 'loading' ? state.progress : null,
    users: usersOf(state),
    waiters: status.waiters,
    concurrency: status.concurrency,
    pid: 'pid' in state ? state.pid : null,
    reason: state.kind === 'failed' ? state.reason : null,
    retry_at: state.kind === 'failed' ? isoTime(state.retryAtMs) : null,
    reserved_bytes: totalOf(reserved),
    measured_bytes: measured === null ? null : totalOf(measured),
    memory: {
      reserved: byDevice(reserved),
      measured: measured === null ? null : byDevice(measured),
      expected: byDevice(expected),
    },
    last_used: isoTime(status.lastUsedMs),
    load_ms: status.loadMs,
    loads: loads.map(({ atMs, result, ms, reason }) => ({ at: new Date(atMs).toISOString(), result, ms, reason })),
    pinned: status.pinned,
    keep_alive_ms: status.keepAliveMs,
    expires_at: isoTime(status.expiresMs),
    shrunk: status.shrunk,
  };
}

/** The memory budgets on the wire, in all and by device. */
export function memoryReport({ devices }: MemoryStatus): AdminModels['memory'] {
  return {
    budget_bytes: devices.reduce((sum, { budgetBytes }) => sum + budgetBytes, 0),
    reserved_bytes: devices.reduce((sum, { reservedBytes }) => sum + reservedBytes, 0),
    devices: devices.map(({ id, name, budgetBytes, reservedBytes, measuredBytes, keptBytes }) => ({
      id,
      name,
      budget_bytes: budgetBytes,
      reserved_bytes: reservedBytes,
      measured_bytes: measuredBytes,
      kept_bytes: keptBytes,
    })),
  };
}

function byDevice(footprint: Footprint): Record<string, number> {
  return Object.fromEntries(devicesOf(footprint).map((device) => [device, bytesOn(footprint, device)]));
}

/** Requests that hold the model now. */
export function usersOf(state: SlotState): number {
  return state.kind === 'ready' ? state.users : 0;
}

/** A time in ISO 8601. */
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
