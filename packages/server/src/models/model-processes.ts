import type { Task } from '../engines/engine.ts';
import { type StartWorkerOptions, type WorkerEngine, type WorkerExit, howEnded } from '../engines/worker/host.ts';
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import type { ModelSpec, WeightStore } from './model-manager.ts';
import { countsAsFailure, loadError } from './refusal.ts';
import type { SchedulerEvent, StopReason } from './scheduler-state.ts';

/** What a model's process lets the scheduler know. */
export type ProcessNews = Extract<SchedulerEvent, { kind: 'loaded' | 'load-failed' | 'gone' | 'measured' }>;

export interface ModelProcessesDeps {
  readonly weights: WeightStore;
  readonly startWorker: (start: StartWorkerOptions) => Promise<WorkerEngine<Task>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly readProcessBytes: (pid: number) => Promise<number | null>;
}

interface Entry {
  readonly generation: number;
  readonly startedMs: number;
  readonly giveUp: AbortController;
  worker: WorkerEngine<Task> | null;
  stopReason: StopReason | null;
  measuredAtMs: number;
}

/** Reading a large process's memory costs milliseconds of kernel time, so a busy model is read at most this often. */
const LEAST_MEASURE_INTERVAL_MS = 1_000;

/**
 * The processes of all models, at most one each. It starts and ends them as told, and tells what became of them: each
 * load ends in exactly one of `loaded`, `load-failed` and `gone`, and after `loaded` comes exactly one `gone`.
 */
export class ModelProcesses {
  readonly #deps: ModelProcessesDeps;
  readonly #tell: (news: ProcessNews) => void;
  readonly #processes = new Map<string, Entry>();

  constructor(deps: ModelProcessesDeps, tell: (news: ProcessNews) => void) {
    this.#deps = deps;
    this.#tell = tell;
  }

  /** The loaded model's engine. Throws when that start of the process is not the current one. */
  worker(modelId: string, generation: number): WorkerEngine<Task> {
    const entry = this.#processes.get(modelId);
    if (entry?.generation === generation && entry.worker !== null) return entry.worker;
    throw new Error(`the model ${modelId} has no process of generation ${generation}`);
  }

  /** The process id; null while there is no loaded process. */
  pid(modelId: string): number | null {
    return this.#processes.get(modelId)?.worker?.pid ?? null;
  }

  load(model: ModelSpec, generation: number, reservedBytes: number): void {
    const entry: Entry = {
      generation,
      startedMs: this.#deps.clock.now(),
      giveUp: new AbortController(),
      worker: null,
      stopReason: null,
      measuredAtMs: 0,
    };
    this.#processes.set(model.id, entry);
    this.#deps.log.info({ model: model.id, reservedBytes }, 'loading the model');
    void this.#load(model, entry);
  }

  /** Ends a load that nobody waits for any more. */
  cancelLoad(modelId: string): void {
    const entry = this.#processes.get(modelId);
    if (entry === undefined) return;
    this.#deps.log.info({ model: modelId }, 'the load is given up');
    entry.giveUp.abort(new Error('nobody waits for the model any more'));
    // It may have become ready a moment ago.
    void entry.worker?.close();
  }

  /** Ends a loaded model's entry. */
  stop(modelId: string, reason: StopReason): void {
    const entry = this.#processes.get(modelId);
    if (entry === undefined) return;
    entry.stopReason = reason;
    void entry.worker?.close();
  }

  /** Reads how much memory the loaded model holds now. */
  measure(modelId: string): void {
    const entry = this.#processes.get(modelId);
    const now = this.#deps.clock.now();
    if (entry === undefined || entry.worker === null) return;
    if (now - entry.measuredAtMs < LEAST_MEASURE_INTERVAL_MS) return;
    entry.measuredAtMs = now;
    const { generation } = entry;
    void this.#read(modelId, entry.worker.pid).then((bytes) => {
      if (bytes !== null) this.#tell({ kind: 'measured', modelId, generation, bytes });
    });
  }

  async #load(model: ModelSpec, entry: Entry): Promise<void> {
    const { signal } = entry.giveUp;
    const { generation } = entry;
    const modelId = model.id;
    try {
      const files = await this.#deps.weights.resolve(modelId, signal);
      signal.throwIfAborted();
      const { settings, threads } = model;
      const worker = await this.#deps.startWorker({
        engine: model.engine,
        options: { modelId, files, settings, threads },
        log: this.#deps.log.child({ model: modelId }),
        signal,
      });
      entry.worker = worker;
      void worker.exited.then((exit) => this.#ended(modelId, entry, exit));
      if (signal.aborted) {
        await worker.close();
        return;
      }
      const bytes = await this.#read(modelId, worker.pid);
      if (this.#processes.get(modelId) !== entry) return;
      entry.measuredAtMs = this.#deps.clock.now();
      this.#deps.log.info(
        { model: modelId, pid: worker.pid, loadMs: this.#deps.clock.now() - entry.startedMs, bytes },
        'the model is loaded',
      );
      this.#tell({ kind: 'loaded', modelId, generation, bytes });
    } catch (error) {
      this.#processes.delete(modelId);
      if (signal.aborted) {
        this.#tell({ kind: 'gone', modelId, generation, reason: 'its load was given up' });
        return;
      }
      this.#deps.log.error({ model: modelId, err: error }, 'the model could not be loaded');
      const shown = loadError(modelId, error);
      const reason = countsAsFailure(error) ? 'it could not be loaded' : null;
      this.#tell({ kind: 'load-failed', modelId, generation, error: shown, reason });
    }
  }

  #ended(modelId: string, entry: Entry, exit: WorkerExit): void {
    const { code, signal, lastWords } = exit;
    const reason = `its process ${howEnded(exit)}`;
    this.#processes.delete(modelId);
    if (exit.expected) {
      this.#deps.log.info({ model: modelId, reason: entry.stopReason ?? 'given-up' }, 'the model is unloaded');
    } else {
      this.#deps.log.error({ model: modelId, code, signal, lastWords }, "the model's process crashed");
    }
    this.#tell({ kind: 'gone', modelId, generation: entry.generation, reason });
  }

  async #read(modelId: string, pid: number): Promise<number | null> {
    try {
      return await this.#deps.readProcessBytes(pid);
    } catch (error) {
      this.#deps.log.warn({ model: modelId, pid, err: error }, "the process's memory could not be read");
      return null;
    }
  }
}
