import type { AdminModels, AdminRequests, RequestReport } from '@concert/protocol';
import { formatBytes } from '../models/pull/format-bytes.ts';
import { modelTable, secondsText } from './ps.ts';
import { formatTable } from './table.ts';

/** What a server said of itself at one moment. */
export interface TopSample {
  readonly atMs: number;
  readonly models: AdminModels;
  readonly requests: AdminRequests;
}

const BAR_WIDTH = 30;
const LONGEST_NAME = 40;

/** The live view as lines; `before` is the last sample, from which the speed comes. */
export function topView(now: TopSample, before: TopSample | null, url: string): string {
  const { data: requests } = now.requests;
  const waiting = requests.filter(({ state }) => state === 'waiting').length;
  const speed = before === null ? '' : `   ${tokensPerSecond(now, before).toFixed(1)} tokens/s`;
  return [
    `${url}   ${requests.length} ${requests.length === 1 ? 'request' : 'requests'} (${waiting} waiting)${speed}`,
    '',
    ...now.models.memory.devices.map(deviceLine),
    '',
    modelTable(now.models.data, now.atMs),
    '',
    requests.length === 0 ? 'no requests under way' : requestTable(requests),
  ].join('\n');
}

/** Pieces that all answers grew by, per second; what ended between the two samples is left out. */
function tokensPerSecond(now: TopSample, before: TopSample): number {
  const earlier = new Map(before.requests.data.map(({ id, tokens }) => [id, tokens]));
  const grown = now.requests.data.reduce((sum, { id, tokens }) => sum + tokens - (earlier.get(id) ?? 0), 0);
  return now.atMs > before.atMs ? (Math.max(0, grown) * 1000) / (now.atMs - before.atMs) : 0;
}

function deviceLine(device: AdminModels['memory']['devices'][number]): string {
  const { id, name, budget_bytes: budget, reserved_bytes: reserved, measured_bytes: measured } = device;
  const cells = (bytes: number): number =>
    budget > 0 ? Math.min(BAR_WIDTH, Math.round((bytes / budget) * BAR_WIDTH)) : 0;
  const held = cells(measured);
  const spoken = Math.max(0, cells(reserved) - held);
  const bar = '#'.repeat(held) + '+'.repeat(spoken) + '.'.repeat(BAR_WIDTH - held - spoken);
  const kept = device.kept_bytes > 0 ? `, ${formatBytes(device.kept_bytes)} not given back` : '';
  return `${id.padEnd(6)} [${bar}] ${formatBytes(measured)} held, ${formatBytes(reserved)} reserved of ${formatBytes(budget)}${kept}  ${name}`;
}

/** A name that a client made up, without what would act on the terminal. */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, '?').slice(0, LONGEST_NAME);
}

function requestTable(requests: readonly RequestReport[]): string {
  const rows = requests.map((request) => [
    request.id,
    request.path,
    request.answering ?? printable(request.model ?? '–'),
    request.state === 'waiting' ? `waits, place ${request.queue_position ?? '?'}` : (request.step ?? 'begins'),
    secondsText(request.age_ms),
    secondsText(request.waited_ms),
    String(request.tokens),
    request.priority,
  ]);
  return formatTable([['request', 'path', 'model', 'step', 'age', 'waited', 'tokens', 'priority'], ...rows]);
}
