import type { PullEvent } from '../models/pull/pull-event.ts';
import { formatBytes } from '../models/pull/format-bytes.ts';

interface FileProgress {
  readonly name: string;
  readonly phase: Extract<PullEvent, { kind: 'file' }>['phase'];
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What is known of a pull that runs; every function on it is pure. */
export interface ProgressState {
  readonly files: ReadonlyMap<string, FileProgress>;
  readonly plannedFiles: number;
  readonly plannedBytes: number;
  /** Another process that is waited for. */
  readonly waitingFor: number | null;
  /** Bytes that stood there before, which say nothing of the rate. */
  readonly foundBytes: number;
  /** Bytes done at times in milliseconds, the last ten seconds, for the rate. */
  readonly samples: readonly (readonly [atMs: number, bytes: number])[];
}

export const NOTHING_YET: ProgressState = {
  files: new Map(),
  plannedFiles: 0,
  plannedBytes: 0,
  waitingFor: null,
  foundBytes: 0,
  samples: [],
};

const RATE_WINDOW_MS = 10_000;

/** The state after an event. */
export function applyEvent(state: ProgressState, event: PullEvent, nowMs: number): ProgressState {
  switch (event.kind) {
    case 'plan':
      return {
        ...state,
        plannedFiles: event.files,
        plannedBytes: event.bytes,
        waitingFor: null,
        samples: [[nowMs, 0]],
      };
    case 'waiting':
      return { ...state, waitingFor: event.pid };
    case 'file': {
      const key = `${event.model}/${event.file}`;
      const { phase, doneBytes, totalBytes } = event;
      const foundBytes = state.foundBytes + (state.files.has(key) || phase === 'done' ? 0 : doneBytes);
      const files = new Map(state.files).set(key, { name: event.file, phase, doneBytes, totalBytes });
      return withSample({ ...state, files, foundBytes }, nowMs);
    }
    case 'end':
      return NOTHING_YET;
    default:
      return event satisfies never;
  }
}

/** One line per active file and a total, each at most `columns` wide, for a terminal. */
export function progressLines(state: ProgressState, nowMs: number, columns: number): string[] {
  if (state.plannedFiles === 0) return state.waitingFor === null ? [] : [waitingLine(state.waitingFor)];
  const active = [...state.files.values()].filter(
    (file) => file.phase === 'downloading' || file.phase === 'converting',
  );
  const lines = active.map((file) => {
    const what =
      file.phase === 'converting' ? 'converting' : `${formatBytes(file.doneBytes)} of ${formatBytes(file.totalBytes)}`;
    return `  ${bar(file.doneBytes, file.totalBytes)} ${file.name}  ${what}`;
  });
  return [...lines, totalLine(state, nowMs)].map((line) => line.slice(0, Math.max(20, columns - 1)));
}

/** The total in one line: bytes, share, rate, time left. */
export function totalLine(state: ProgressState, nowMs: number): string {
  if (state.plannedFiles === 0)
    return state.waitingFor === null ? 'Looking at the weights' : waitingLine(state.waitingFor);
  const done = doneBytes(state);
  const ready = [...state.files.values()].filter((file) => file.phase === 'done').length;
  const rate = bytesPerSecond(state, nowMs);
  const left = rate > 0 ? formatSeconds((state.plannedBytes - done) / rate) : '–';
  const share = state.plannedBytes === 0 ? 100 : Math.floor((100 * done) / state.plannedBytes);
  return `Weights: ${formatBytes(done)} of ${formatBytes(state.plannedBytes)} (${share} %), ${formatBytes(rate)}/s, ${left} left, ${ready} files ready`;
}

/** Seconds as people read them: `1 min 20 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function waitingLine(pid: number): string {
  return `Another process${pid === 0 ? '' : ` (${pid})`} is pulling weights; waiting for it`;
}

function doneBytes(state: ProgressState): number {
  return [...state.files.values()].reduce((sum, file) => sum + file.doneBytes, 0);
}

function withSample(state: ProgressState, nowMs: number): ProgressState {
  const last = state.samples.at(-1);
  // A sample for each chunk would be too many.
  if (last !== undefined && nowMs - last[0] < 250) return state;
  const recent = state.samples.filter(([atMs]) => nowMs - atMs <= RATE_WINDOW_MS);
  return { ...state, samples: [...recent, [nowMs, doneBytes(state) - state.foundBytes]] };
}

function bytesPerSecond(state: ProgressState, nowMs: number): number {
  const oldest = state.samples.find(([atMs]) => nowMs - atMs <= RATE_WINDOW_MS);
  if (oldest === undefined || nowMs - oldest[0] < 500) return 0;
  return Math.max(0, (1000 * (doneBytes(state) - state.foundBytes - oldest[1])) / (nowMs - oldest[0]));
}

function bar(done: number, total: number): string {
  const width = 20;
  const filled = total === 0 ? width : Math.min(width, Math.floor((width * done) / total));
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
}
