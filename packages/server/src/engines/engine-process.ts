import type { Gpu } from '../machine/machine.ts';
import type { DeviceId } from '../shared/footprint.ts';
import type { Log } from '../shared/log.ts';
import type { ProcessGroup } from '../shared/process-group.ts';
import type { Engine, EngineOptions, Task } from './engine.ts';

/** How a model's process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether the server asked for it. */
  readonly expected: boolean;
  /** The last lines that the process wrote to stderr. */
  readonly lastWords: readonly string[];
}

/** An engine in a process of its own, or in a group of processes. */
export interface EngineProcess<T extends Task = Task> extends Engine<T> {
  /** The process, or the first one of its group. */
  readonly pid: number;
  /** Settles when the process and all that it started have ended, for whatever reason; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Frees most of the device's memory but stays ready to come back fast; only while nothing runs. Absent where the engine can't. */
  sleep?(): Promise<void>;
  /** Comes back from sleep. */
  wake?(signal: AbortSignal): Promise<void>;
}

/** How far a load has come. */
export interface LoadProgress {
  /** In a few words: `weights loaded`, `graphs captured`. */
  readonly stage: string;
  /** 0 to 1; null where it cannot be told. */
  readonly fraction: number | null;
}

/** What is needed to start a model. */
export interface StartEngineOptions {
  /** The folder under `engines/`. */
  readonly engine: string;
  readonly options: EngineOptions;
  /** Where the model is to lie; GPUs that are not named must not be touched. */
  readonly devices: readonly DeviceId[];
  /** Bytes that it may take of each device's memory, as far as the engine can be told. */
  readonly reserved: Readonly<Partial<Record<DeviceId, number>>>;
  /** The machine's GPUs, for engines that are told shares of their memory; absent: not known. */
  readonly gpus?: readonly Gpu[];
  /** Where the output of an engine of its own kind is kept; absent: nowhere. */
  readonly logFile?: string;
  readonly log: Log;
  readonly onProgress: (progress: LoadProgress) => void;
  /** Told of the process in the turn in which it was started, so that it is never lost: it is recorded, and ended should the server die. */
  readonly onStarted?: (process: ProcessGroup) => void;
  /** Gives up loading: the process ends and the promise rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Starts a model; resolves once it is ready. The caller owns the process and ends it with `close()`. */
export type StartEngine = (start: StartEngineOptions) => Promise<EngineProcess>;

/** Continues a sentence that begins with the process. */
export function howEnded({ code, signal }: Pick<ProcessExit, 'code' | 'signal'>): string {
  if (signal !== null) return `ended by ${signal}`;
  return code === null ? 'could not be started' : `ended with code ${code}`;
}
