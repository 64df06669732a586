import { percentile } from '../measure.ts';
import type { Row, Table } from '../report.ts';

/** One answer, or the lack of one. */
export interface Attempt {
  /** What was asked for, such as `ocr`. */
  readonly kind: string;
  /** The HTTP status; null when the connection failed or nothing came in time. */
  readonly status: number | null;
  /** What the server said, or how the connection failed; null for an answer. */
  readonly problem: string | null;
  readonly seconds: number;
  /** The header `Retry-After` in seconds; null without one. */
  readonly retryAfterSeconds: number | null;
  /** Whether the client had been refused before and had waited as it was told. */
  readonly waited: boolean;
}

const REFUSALS: readonly (number | null)[] = [429, 503];

/** Whether it was served. */
function isServed({ status }: Attempt): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** Whether it is an answer that a busy server may give: served, or 429 or 503 that say when to come again. */
export function isFair(attempt: Attempt): boolean {
  return isServed(attempt) || (REFUSALS.includes(attempt.status) && attempt.retryAfterSeconds !== null);
}

/** How many answers of each status each kind of request got. */
export function countsTable(attempts: readonly Attempt[]): Table {
  const statuses = [...new Set(attempts.map(statusText))].sort();
  const kinds = [...new Set(attempts.map(({ kind }) => kind))];
  const count = (of: readonly Attempt[], status: string): string =>
    String(of.filter((attempt) => statusText(attempt) === status).length);
  const line = (kind: string, of: readonly Attempt[]): string[] => [
    kind,
    ...statuses.map((status) => count(of, status)),
    seconds(of, 0.5),
    seconds(of, 0.95),
  ];
  return {
    title: 'Answers by status',
    header: ['request', ...statuses, 'served in s, p50', 'p95'],
    lines: [
      ...kinds.map((kind) =>
        line(
          kind,
          attempts.filter((attempt) => attempt.kind === kind),
        ),
      ),
      line('all', attempts),
    ],
  };
}

function statusText({ status }: Attempt): string {
  return status === null ? 'none' : String(status);
}

function seconds(attempts: readonly Attempt[], share: number): string {
  const served = percentileOf(
    attempts.filter(isServed).map((attempt) => attempt.seconds),
    share,
  );
  return Number.isNaN(served) ? '–' : served.toFixed(1);
}

/** A second of the run. */
export interface Sample {
  /** Seconds since the start. */
  readonly second: number;
  readonly budgetBytes: number;
  readonly reservedBytes: number;
  /** What the processes of all models hold, the server's own left out. */
  readonly measuredBytes: number;
}

/** The lines of the table. */
export function soakRows(attempts: readonly Attempt[], samples: readonly Sample[], left: number): Row[] {
  const row = (what: string, unit: string, value: number, target?: Row['target']): Row => ({
    what,
    unit,
    values: [value],
    ...(target === undefined ? {} : { target }),
  });
  const most = (of: (sample: Sample) => number): number => Math.max(...samples.map(of));
  const over = samples.filter((sample) => sample.measuredBytes > sample.budgetBytes).length;
  const followers = attempts.filter(({ waited }) => waited);
  const refused = attempts.filter(({ status }) => REFUSALS.includes(status));
  const told = refused.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? []);
  return [
    row('answers', '', attempts.length),
    row('served', '', attempts.filter(isServed).length),
    row('refused with 429 or 503', '', refused.length),
    row('neither served nor refused with a time to come again', '', attempts.filter((one) => !isFair(one)).length, {
      atMost: 0,
    }),
    row('told to come again in, p50', 's', percentileOf(told, 0.5)),
    row('told to come again in, p95', 's', percentileOf(told, 0.95)),
    row('came again as told', '', followers.length),
    row('of these served', '%', share(followers.filter(isServed).length, followers.length)),
    row(
      'reserved / budget, at most',
      'ratio',
      most((sample) => sample.reservedBytes / sample.budgetBytes),
      {
        atMost: 1,
      },
    ),
    row(
      'measured / budget, at most',
      'ratio',
      most((sample) => sample.measuredBytes / sample.budgetBytes),
      {
        atMost: 1,
      },
    ),
    row('seconds with more measured than the budget', '%', share(over, samples.length), { atMost: 0 }),
    row('processes of models left after the stop', '', left, { atMost: 0 }),
  ];
}

function percentileOf(values: readonly number[], part: number): number {
  return values.length === 0 ? Number.NaN : percentile(values, part);
}

function share(part: number, whole: number): number {
  return whole === 0 ? Number.NaN : (part / whole) * 100;
}

/** What happened to a model, as the server's feed tells it. */
export interface SoakEvent {
  readonly kind: string;
  readonly model?: string | undefined;
  readonly reason?: string | undefined;
  readonly load_ms?: number | undefined;
}

/** How often each model was loaded and left memory, and why. */
export function lifeTable(events: readonly SoakEvent[]): Table {
  const ids = [...new Set(events.flatMap(({ model }) => (model === undefined ? [] : [model])))].sort();
  const reasons = (kind: string): string[] => [
    ...new Set(events.filter((event) => event.kind === kind).map(({ reason }) => reason ?? 'unknown')),
  ];
  const loadReasons = reasons('load-started').sort();
  const stopReasons = reasons('unloaded').sort();
  const others = ['load-failed', 'load-cancelled', 'crashed', 'memory-kept'];
  const count = (id: string, kind: string, reason?: string): string =>
    String(
      events.filter(
        (event) =>
          event.model === id && event.kind === kind && (reason === undefined || (event.reason ?? 'unknown') === reason),
      ).length,
    );
  const loadSeconds = (id: string): string => {
    const times = events.flatMap((event) => (event.model === id && event.load_ms !== undefined ? [event.load_ms] : []));
    return times.length === 0 ? '–' : (percentile(times, 0.5) / 1000).toFixed(2);
  };
  return {
    title: 'Loads and unloads',
    header: [
      'model',
      ...loadReasons.map((reason) => `loaded: ${reason}`),
      'load in s, p50',
      ...stopReasons.map((reason) => `left: ${reason}`),
      ...others,
    ],
    lines: ids.map((id) => [
      id,
      ...loadReasons.map((reason) => count(id, 'load-started', reason)),
      loadSeconds(id),
      ...stopReasons.map((reason) => count(id, 'unloaded', reason)),
      ...others.map((kind) => count(id, kind)),
    ]),
  };
}
