import type { EngineOptions } from '../engine.ts';
import type { ChatDialect } from './chat-dialect.ts';
import type { EngineAddress, PrivateFolder } from './engine-address.ts';
import type { LaunchCommand } from './launched-process.ts';
import type { LogRule } from './log-rules.ts';

/** What is known when an engine's command line is written. */
export interface LaunchContext {
  readonly options: EngineOptions;
  readonly address: EngineAddress;
  /** Random, of this start alone. */
  readonly apiKey: string;
  /** For files that must not be read by others; removed when the engine has ended. */
  readonly folder: PrivateFolder;
  /** The GPUs that it may use, as `CUDA_VISIBLE_DEVICES` names them; empty: none. */
  readonly gpus: readonly string[];
  /** Bytes of memory that each of these GPUs has in all; null where it is not known. */
  readonly gpuBytes: number | null;
  /** Bytes that it may take of each of these GPUs; null where nothing was said. */
  readonly reservedBytes: number | null;
  /** What `ask` found out. */
  readonly installed: string;
}

/** A start, decided: what is run and how it is spoken to. */
export interface Launch {
  readonly command: LaunchCommand;
  /** The key that the engine asks for; null where it knows none. */
  readonly apiKey: string | null;
  readonly dialect: ChatDialect;
  /** Whether it offers vLLM's `/sleep` and `/wake_up`. */
  readonly sleeps: boolean;
}

/** What of a model's settings steers the launch of any engine. */
interface LaunchSettings {
  readonly stopGraceMs: number;
  readonly unresponsiveMs: number;
}

/** A foreign engine: how it is found, started and understood. All else is the same for all of them. */
export interface Launcher {
  /** As its makers write it. */
  readonly title: string;
  settings(raw: EngineOptions['settings']): LaunchSettings;
  listen(raw: EngineOptions['settings']): 'socket' | 'port';
  /**
   * Asks the installed engine what it is. Throws `model_failed` with what mends it when it is not there or too old, or when the settings
   * would break a promise.
   */
  ask(options: EngineOptions, signal: AbortSignal): Promise<string>;
  /** What operators should know of this version, in a sentence; null: nothing. */
  warning?(installed: string): string | null;
  /** Decides the start, purely but for files in the private folder. Throws `model_failed` where it cannot run like this. */
  launch(context: LaunchContext): Launch;
  readonly logRules: readonly LogRule[];
  /** Command lines of the processes it cannot do without; null: it is one process. */
  readonly workers: RegExp | null;
}
