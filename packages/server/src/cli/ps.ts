import { AdminModels, type SlotReport } from '@concert/protocol';
import { formatBytes } from '../models/pull/format-bytes.ts';
import { EXIT } from './cli-deps.ts';
import type { RunningServerDeps } from './running-server.ts';
import { formatTable } from './table.ts';

/** `concert ps`: the models of a running server, where they lie and who uses them. Returns the exit code. */
export async function runPs({ server, signal, print }: RunningServerDeps): Promise<number> {
  const { data } = await server.get('/admin/models', AdminModels, signal);
  print(modelTable(data, Date.now()));
  return EXIT.fine;
}

/** Models as a table. */
export function modelTable(models: readonly SlotReport[], nowMs: number): string {
  const rows = models.map((model) => [
    model.id,
    stateText(model),
    `${model.users}/${model.waiters}`,
    memoryText(model),
    Object.keys(model.memory.measured ?? model.memory.reserved).join(' ') || '–',
    leavesText(model, nowMs),
    model.load_ms === null ? '–' : secondsText(model.load_ms),
  ]);
  return formatTable([['model', 'state', 'users/waiting', 'memory', 'device', 'unloads', 'load time'], ...rows]);
}

function stateText({ state, progress, shrunk }: SlotReport): string {
  if (progress !== null) {
    const share = progress.fraction === null ? '' : ` ${Math.round(progress.fraction * 100)} %`;
    return `${state}: ${progress.stage}${share}`;
  }
  return shrunk && state === 'ready' ? 'ready (smaller context)' : state;
}

function memoryText({ measured_bytes: measured, reserved_bytes: reserved }: SlotReport): string {
  if (measured === null && reserved === 0) return '–';
  return measured === null ? `${formatBytes(reserved)} reserved` : formatBytes(measured);
}

function leavesText(model: SlotReport, nowMs: number): string {
  if (model.pinned) return 'never (pinned)';
  if (model.expires_at !== null) return `in ${secondsText(Math.max(0, Date.parse(model.expires_at) - nowMs))}`;
  if (model.keep_alive_ms === null) return 'never';
  return `${secondsText(model.keep_alive_ms)} after use`;
}

/** A time in the two units that matter. */
export function secondsText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
