import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pino from 'pino';
import type { Log } from './log.ts';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Where the log is kept; null keeps it on the terminal alone. */
  readonly file: string | null;
  /** Lines for people, or one JSON object a line. */
  readonly pretty: boolean;
  /** Where lines go; the process's standard output outside tests. */
  readonly output: { write(text: string): unknown };
}

const LABELS: Readonly<Record<string, string>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'ERROR',
};
/** Never logged, wherever they stand in what is logged. */
const SECRETS = [
  '*.authorization',
  '*.apiKey',
  '*.token',
  '*.password',
  'authorization',
  'apiKey',
  'token',
  'password',
];

/**
 * A log on the terminal and, as JSON, in a file. The file is flushed with `flush`. Throws an Error with the sentence to show when the
 * file cannot be opened; one that cannot be written any more is told of once on the terminal and left.
 */
export function createLog(options: LogOptions): { log: Log; flush: () => void } {
  const file = options.file === null ? null : openFile(options.file);
  const screen = options.pretty ? { write: (line: string) => options.output.write(prettyLine(line)) } : options.output;
  const streams = [
    { level: options.level, stream: screen as pino.DestinationStream },
    ...(file === null ? [] : [{ level: options.level, stream: file }]),
  ];
  let failing = false;
  file?.on('error', (error: Error) => {
    if (failing) return;
    failing = true;
    log.error({ err: error }, `the log file ${options.file} cannot be written; lines may be missing in it`);
  });
  const log = pino(
    {
      level: options.level,
      base: null,
      redact: { paths: SECRETS, censor: '[secret]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.multistream(streams),
  );
  const flush = (): void => {
    if (!failing) file?.flushSync();
  };
  return { log, flush };
}

function openFile(path: string): ReturnType<typeof pino.destination> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return pino.destination({ dest: openSync(path, 'a'), sync: false });
  } catch (error) {
    throw new Error(`the log file ${path} cannot be written; name another with --log-file`, { cause: error });
  }
}

/** A JSON log line as people read it: time, level, sentence, then the fields that add something. */
export function prettyLine(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = typeof time === 'string' ? time.slice(11, 19) : '';
  const extra = Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const cause = describeError(err);
  return `${clock} ${LABELS[String(level)] ?? 'INFO'}: ${String(msg ?? '')}${extra === '' ? '' : `  (${extra})`}${cause}\n`;
}

function describeError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { message, stack } = error as { message?: unknown; stack?: unknown };
  return `\n  ${String(stack ?? message ?? '').replaceAll('\n', '\n  ')}`;
}

/**
 * The first of the candidates that can be written: /var/log/autoglm-server.log, else one in the state folder.
 * Creates the folder; null when none can be written.
 */
export function chooseLogFile(home: string, system = '/var/log/autoglm-server.log'): string | null {
  for (const file of [system, join(home, 'logs', 'autoglm-server.log')]) {
    try {
      if (file !== system) mkdirSync(dirname(file), { recursive: true });
      accessSync(dirname(file), constants.W_OK);
      closeSync(openSync(file, 'a'));
      return file;
    } catch {
      // Not writable: the next candidate is the answer.
    }
  }
  return null;
}
