import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import type { Log } from '../../shared/log.ts';
import { endGroup, GROUP_MARK, type ProcessGroup } from '../../shared/process-group.ts';
import { identifyProcess, type ProcessIdentity } from '../../shared/process-list.ts';
import type { ProcessExit } from '../engine-process.ts';
import { LastWords } from '../worker/last-words.ts';
import { childEnvironment } from './child-environment.ts';
import { ModelLog } from './model-log.ts';
import { watchWorkers } from './watch-workers.ts';

/** A program to run. Secrets belong into `env`: other users of the machine can read arguments. */
export interface LaunchCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the chosen part of the server's environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface LaunchOptions {
  readonly command: LaunchCommand;
  /** Where its output is kept; null: nowhere. */
  readonly logFile: string | null;
  /** Told of its group in the turn in which it was started. */
  readonly onStarted?: ((group: ProcessGroup) => void) | undefined;
  /** Told of each line that it writes. */
  readonly onLine: (line: string) => void;
  /** How long its processes have to end by themselves when asked. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Processes that lost one of theirs have nothing left to finish, and requests wait for the next start. */
const CRASH_GRACE_MS = 100;
const KILL_MS = 10_000;
/** How long the last output is waited for, should a process that got away hold the pipes. */
const LAST_OUTPUT_MS = 500;

/**
 * A foreign program with all that it starts: one process group with a session of its own. However any of it ends, all of it ends, and
 * only then `exited` settles. Whoever started it ends it with `close()`.
 */
export class LaunchedProcess {
  /** -1 where it could not be started. */
  readonly pid: number;
  /** Settles when nothing of the group runs any more; never rejects. */
  readonly exited: Promise<ProcessExit>;
  readonly #options: LaunchOptions;
  readonly #group: ProcessGroup | null;
  readonly #lastWords: LastWords;
  readonly #modelLog: ModelLog | null;
  readonly #child: ChildProcess;
  #known: readonly ProcessIdentity[] = [];
  #stopping = false;
  #ending: Promise<unknown> | null = null;
  #ended: ProcessExit | null = null;
  #failure: string | null = null;
  #stopWatching: () => void = () => undefined;

  constructor(options: LaunchOptions) {
    this.#options = options;
    const { command, logFile, log } = options;
    this.#modelLog = logFile === null ? null : new ModelLog(logFile, log);
    this.#modelLog?.write(`\n${new Date().toISOString()} starting: ${[command.file, ...command.args].join(' ')}\n`);
    this.#lastWords = new LastWords((line) => {
      log.debug({ line }, 'model output');
      options.onLine(line);
    });
    const mark = randomUUID();
    const child = spawn(command.file, command.args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: childEnvironment({ ...command.env, [GROUP_MARK]: mark }),
      windowsHide: true,
    });
    this.#child = child;
    this.pid = child.pid ?? -1;
    const leader = child.pid === undefined ? null : identifyProcess(child.pid);
    this.#group = leader === null ? null : { leader, ownGroup: true, mark };
    if (this.#group !== null) options.onStarted?.(this.#group);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => this.#modelLog?.write(chunk));
      this.#lastWords.follow(stream);
    }
    this.exited = this.#watch(child);
  }

  /** How it ended; null while any of it runs. */
  get ended(): ProcessExit | null {
    return this.#ended;
  }

  /** Why it was ended as broken; null when it was not. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Whether it is coming to its end, asked for or not. */
  get ending(): boolean {
    return this.#ending !== null || this.#ended !== null;
  }

  /**
   * From now on the end of any process of the group whose command line fits the pattern is the end of all: engines notice late or
   * never that a part of them is gone.
   */
  async watchWorkers(pattern: RegExp): Promise<void> {
    if (this.#group === null || this.ending) return;
    const watch = await watchWorkers({
      group: this.#group,
      pattern,
      clock: this.#options.clock,
      onLost: (name) => void this.fail(`its process ${name} ended`),
    });
    this.#known = watch.workers;
    this.#stopWatching = watch.stop;
    if (this.ending) watch.stop();
  }

  /** Ends all of it because it is broken; `exited` tells it as a crash. */
  async fail(reason: string): Promise<void> {
    if (this.ending) return;
    this.#failure = reason;
    this.#lastWords.add(reason);
    await this.#end(CRASH_GRACE_MS);
    await this.exited;
  }

  /** Asks all of it to end, and kills what has not ended after the grace; resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    if (!this.ending) this.#stopping = true;
    await this.#end(this.#options.graceMs);
    await this.exited;
  }

  #end(termMs: number): Promise<unknown> {
    this.#stopWatching();
    this.#ending ??= this.#endGroup(termMs);
    return this.#ending;
  }

  async #endGroup(termMs: number): Promise<void> {
    if (this.#group === null) {
      // A system without process groups, or a program that never started.
      this.#child.kill('SIGKILL');
      return;
    }
    const { clock, log } = this.#options;
    const group = { ...this.#group, known: this.#known };
    const left = await endGroup({ group, termMs, killMs: KILL_MS, clock }).catch((error: unknown) => {
      log.error({ err: error }, 'the processes of an engine could not be looked at while it was ended');
      this.#child.kill('SIGKILL');
      return [];
    });
    if (left.length === 0) return;
    const pids = left.map((row) => row.pid);
    log.error(
      { pids },
      `processes of an engine cannot be ended: ${pids.join(', ')}; they may hold memory until the machine restarts`,
    );
  }

  /** Waits until the first process is gone, then ends whatever it left behind. */
  async #watch(child: ChildProcess): Promise<ProcessExit> {
    const closed = new Promise<void>((resolve) => {
      child.on('close', () => resolve());
    });
    const { code, signal } = await new Promise<Pick<ProcessExit, 'code' | 'signal'>>((resolve) => {
      child.on('exit', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
      child.on('error', (error) => {
        this.#lastWords.add(error.message);
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
    });
    await this.#end(CRASH_GRACE_MS);
    await Promise.race([closed, new Promise<void>((resolve) => setTimeout(resolve, LAST_OUTPUT_MS).unref())]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    this.#ended = { code, signal, expected: this.#stopping, lastWords: [...this.#lastWords.lines] };
    this.#modelLog?.write(`${new Date().toISOString()} ended: code ${code}, signal ${signal}\n`);
    this.#modelLog?.close();
    return this.#ended;
  }
}
