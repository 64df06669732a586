/** A configuration the server cannot start with; the message is for the person who wrote it. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigError';
  }
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** Bytes of `512MB`, `8GiB` or a plain number; null when it is none of these. */
export function parseByteSize(value: number | string): number | null {
  if (typeof value === 'number') return value;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?i?b)?\s*$/i.exec(value);
  const unit = BYTE_UNITS[(match?.[2] ?? 'b').toLowerCase()];
  if (match === null || unit === undefined) return null;
  const bytes = Math.round(Number(match[1]) * unit);
  return bytes > 0 ? bytes : null;
}

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `90s`, `5m`, `1h`, `30d` or a number of seconds; Infinity for `never`; null when it is none of these. */
export function parseDurationMs(value: number | string): number | null {
  if (typeof value === 'number') return value * 1000;
  if (value.trim() === 'never') return Number.POSITIVE_INFINITY;
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\s*$/.exec(value);
  const unit = DURATION_UNITS[match?.[2] ?? 's'];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
}
