import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GatewayError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { identifyProcess } from '../../shared/process-list.ts';
import type { Task, TaskTypes } from '../engine.ts';
import { type EngineProcess, howEnded, type ProcessExit, type StartEngineOptions } from '../engine-process.ts';
import { EventQueue } from './event-queue.ts';
import { gpuEnvironment } from './gpu-environment.ts';
import { LastWords } from './last-words.ts';
import { type FromWorker, type ToWorker, fromWireError } from './messages.ts';

/** What a process of ours needs to start. */
export interface StartWorker extends Pick<StartEngineOptions, 'engine' | 'options' | 'log' | 'onStarted' | 'signal'> {
  /** Environment added to the server's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An engine may keep on disk what it wants to find again; then it is killed. */
const STOP_GRACE_MS = 10_000;
/** How long the last output of an ended process is waited for, should a process that it left behind hold its pipes. */
const LAST_OUTPUT_MS = 500;

/** The built entry file; the sources cannot run in a plain Node process, so tests use the build too. */
function entryPath(): string {
  const here = new URL('./entry.js', import.meta.url).href;
  return fileURLToPath(here.replace('/server/src/', '/server/dist/'));
}

/**
 * Starts a process, loads one model in it and resolves once the model is ready. The caller owns the process and ends it
 * with `close()`. Throws what the engine threw while loading, or `model_crashed` when the process died.
 */
export async function startWorker<T extends Task>(start: StartWorker): Promise<EngineProcess<T>> {
  start.signal.throwIfAborted();
  const child = fork(entryPath(), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, ...gpuEnvironment(start.options.gpus), ...start.env },
  });
  const leader = identifyProcess(child.pid ?? 0);
  if (leader !== null) start.onStarted?.({ leader, ownGroup: false });
  const worker = new Worker<T>(child, start);
  const giveUp = (): void => worker.kill();
  start.signal.addEventListener('abort', giveUp, { once: true });
  try {
    await worker.load(start);
    return worker;
  } catch (error) {
    await worker.close();
    start.signal.throwIfAborted();
    throw error;
  } finally {
    start.signal.removeEventListener('abort', giveUp);
  }
}

class Worker<T extends Task> implements EngineProcess<T> {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  readonly #modelId: string;
  readonly #calls = new Map<number, EventQueue<TaskTypes[T]['event']>>();
  readonly #lastWords: LastWords;
  readonly #log: Log;
  #nextId = 1;
  #stopping = false;
  #ended: ProcessExit | null = null;
  #loaded: { resolve: () => void; reject: (error: Error) => void } | null = null;

  constructor(child: ChildProcess, start: StartWorker) {
    this.#child = child;
    this.#modelId = start.options.modelId;
    this.#log = start.log;
    this.pid = child.pid ?? -1;
    this.#lastWords = new LastWords((line) => this.#log.debug({ line }, 'model output'));
    this.#lastWords.follow(child.stdout);
    this.#lastWords.follow(child.stderr);
    child.on('message', (message) => this.#receive(message as FromWorker));
    this.exited = this.#watch();
  }

  /** Waits for the end: the process gone, and all that it sent and wrote before it read. */
  #watch(): Promise<ProcessExit> {
    const child = this.#child;
    return new Promise((resolve) => {
      let lastOutput: NodeJS.Timeout | undefined;
      let lastResort: NodeJS.Timeout | undefined;
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (this.#ended !== null) return;
        this.#ended = { code, signal, expected: this.#stopping, lastWords: [...this.#lastWords.lines] };
        // They would keep all of this in memory until they fire.
        clearTimeout(lastOutput);
        clearTimeout(lastResort);
        child.stdout?.destroy();
        child.stderr?.destroy();
        this.#failAll();
        resolve(this.#ended);
      };
      // 'close' follows the last message and the last line; 'error' alone means that the process never started.
      child.on('close', end);
      child.on('exit', (code, signal) => {
        lastOutput = setTimeout(() => end(code, signal), LAST_OUTPUT_MS).unref();
      });
      child.on('disconnect', () => {
        if (this.#ended !== null) return;
        // It cannot be asked to stop any more; if it is not ending by itself, nobody else will end it.
        lastResort = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS).unref();
      });
      child.on('error', (error) => {
        this.#lastWords.add(error.message);
        if (child.pid === undefined) end(null, null);
      });
    });
  }

  load(start: StartWorker): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#loaded = { resolve, reject };
      this.#send({ kind: 'load', engine: start.engine, options: start.options });
      if (this.#ended !== null) this.#failAll();
    });
  }

  async *run(request: TaskTypes[T]['request'], signal: AbortSignal): AsyncGenerator<TaskTypes[T]['event']> {
    signal.throwIfAborted();
    if (this.#ended !== null) throw this.#crashError();
    const id = this.#nextId++;
    const queue = new EventQueue<TaskTypes[T]['event']>();
    this.#calls.set(id, queue);
    const leave = (): void => queue.fail(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      this.#send({ kind: 'run', id, request });
      yield* queue;
    } finally {
      signal.removeEventListener('abort', leave);
      this.#calls.delete(id);
      if (!queue.ended) this.#send({ kind: 'cancel', id });
    }
  }

  /** Asks the process to stop and kills it when it does not; resolves when it is gone. */
  async close(): Promise<void> {
    if (this.#stopping || this.#ended !== null) {
      await this.exited;
      return;
    }
    this.#stopping = true;
    this.#send({ kind: 'stop' });
    const timer = setTimeout(() => this.kill(), STOP_GRACE_MS);
    await this.exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.#stopping = true;
    this.#child.kill('SIGKILL');
  }

  #send(message: ToWorker): void {
    if (this.#ended !== null || !this.#child.connected) return;
    this.#child.send(message, (error) => {
      if (error !== null) this.#log.debug({ err: error }, 'a message did not reach the model process');
    });
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'loaded':
        this.#loaded?.resolve();
        break;
      case 'load-failed':
        this.#loaded?.reject(fromWireError(message.error));
        break;
      case 'events':
        for (const [id, event] of message.events) this.#calls.get(id)?.push(event as TaskTypes[T]['event']);
        break;
      case 'done':
        this.#calls.get(message.id)?.end();
        break;
      case 'failed':
        this.#calls.get(message.id)?.finishWith(fromWireError(message.error));
        break;
      default:
        message satisfies never;
    }
  }

  #failAll(): void {
    const error = this.#crashError();
    this.#loaded?.reject(error);
    for (const queue of this.#calls.values()) queue.finishWith(error);
    this.#calls.clear();
  }

  #crashError(): GatewayError {
    const ended = this.#ended;
    if (ended?.expected === true) {
      return new GatewayError('model_crashed', `the model ${this.#modelId} was stopped while it answered; try again`);
    }
    return new GatewayError(
      'model_crashed',
      `the process of the model ${this.#modelId} ${ended === null ? 'ended' : howEnded(ended)}; the next request starts it again`,
      {
        cause: new Error(this.#lastWords.lines.join('\n') || 'the process wrote nothing'),
      },
    );
  }
}
