import type { KeepAlive, Priority } from '@concert/protocol';
import type { RequestDemand } from '../pipeline/lease-models.ts';
import { GatewayError } from '../shared/errors.ts';

/** What a request wants of the machinery, and the conversation it belongs to. */
export interface Demand extends RequestDemand {
  readonly session: string | null;
}

/** Asks for nothing in particular. */
export const NO_DEMAND: Demand = { priority: 'normal', session: null };

/** Node's timers end here; what is longer counts as for ever. */
const LONGEST_MS = 2 ** 31 - 1;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A request's fields as a demand. Throws `invalid_request` for a `keep_alive` that is no time. */
export function toDemand(fields: {
  readonly keep_alive?: KeepAlive | null | undefined;
  readonly priority?: Priority | null | undefined;
  readonly session?: string | null | undefined;
}): Demand {
  const { keep_alive: keepAlive } = fields;
  return {
    priority: fields.priority ?? 'normal',
    session: fields.session ?? null,
    ...(keepAlive !== undefined && keepAlive !== null && { keepAliveMs: toKeepAliveMs(keepAlive) }),
  };
}

/**
 * Milliseconds of Ollama's keep-alive: a number of seconds, or Go's form of durations (`5m`, `1h30m`); null, for negative ones, keeps
 * the model. Throws `invalid_request` for anything else.
 */
export function toKeepAliveMs(value: KeepAlive): number | null {
  const ms = typeof value === 'number' ? value * 1000 : textMs(value.trim());
  if (Number.isNaN(ms)) {
    throw new GatewayError(
      'invalid_request',
      'keep_alive must be a time: 0, -1, a number of seconds, "5m" or "1h30m"',
      {
        param: 'keep_alive',
      },
    );
  }
  return ms < 0 || ms > LONGEST_MS ? null : ms;
}

function textMs(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^-?(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return Number.NaN;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0);
  return text.startsWith('-') ? -ms : ms;
}
