import type { EngineOptions } from '../engines/engine.ts';
import type { EngineDefinition } from '../engines/engine-definition.ts';
import {
  type EngineProcess,
  type LoadProgress,
  type ProcessExit,
  type StartEngine,
  howEnded,
} from '../engines/engine-process.ts';
import type { Gpu } from '../machine/machine.ts';
import { restrictGpus } from '../machine/restrict-gpus.ts';
import type { Clock } from '../shared/clock.ts';
import { type DeviceId, type Footprint, NO_BYTES, addFootprints, devicesOf, totalOf } from '../shared/footprint.ts';
import type { Log } from '../shared/log.ts';
import type { ProcessGroup } from '../shared/process-group.ts';
import type { LifecycleEvent } from './lifecycle/lifecycle-event.ts';
import type { MemoryReturn } from './memory/memory-return.ts';
import type { ModelSpec, WeightStore } from './model-manager.ts';
import type { ProcessView } from './model-status.ts';
import { failureOf, loadError, ranOutOfMemory } from './refusal.ts';
import type { SchedulerEvent } from './scheduler/state.ts';

/** What a model's process lets the scheduler know. */
type ProcessNews = Extract<
  SchedulerEvent,
  {
    kind:
      | 'loaded'
      | 'load-failed'
      | 'crashed'
      | 'gone'
      | 'measured'
      | 'slept'
      | 'woke'
      | 'sleep-failed'
      | 'wake-failed'
      | 'returned';
  }
>;

export interface ModelProcessesDeps {
  readonly weights: WeightStore;
  /** Starts engines that are modules of ours, in a process each. */
  readonly startWorker: StartEngine;
  readonly gpus: readonly Gpu[];
  readonly clock: Clock;
  readonly log: Log;
  /** What a process and its helpers hold; null where that cannot be known. */
  readonly readUse: (pid: number) => Promise<Footprint | null>;
  /** Makes sure that an ended process's memory is back; absent: it is taken for granted. */
  readonly awaitReturn?: MemoryReturn['awaitReturn'];
  /** Told of each process in the turn in which it was started, and when nothing is left of it. */
  readonly onProcess?: {
    started(modelId: string, group: ProcessGroup): void;
    ended(pid: number): void;
  };
  /** Where the output of an engine of its own kind is kept; absent: nowhere. */
  readonly logFile?: (modelId: string) => string;
  /** A folder of the model's own for what its engine wants to find again; absent or null: none. */
  readonly stateFolder?: (modelId: string) => EngineOptions['state'];
}

/** Who is told of what happens to processes. */
export interface ProcessListener {
  readonly tell: (news: ProcessNews) => void;
  readonly emit: (event: Extract<LifecycleEvent, { kind: 'load-progress' | 'memory-kept' }>) => void;
}

/** A load as it was decided. */
export interface LoadOrder {
  readonly model: ModelSpec;
  readonly definition: EngineDefinition;
  readonly generation: number;
  /** The model's, or smaller ones. */
  readonly settings: ModelSpec['settings'];
  readonly reserved: Footprint;
}

interface Entry {
  readonly generation: number;
  readonly startedMs: number;
  readonly giveUp: AbortController;
  readonly reserved: Footprint;
  /** Processes that were started for it, newest last. */
  readonly started: number[];
  process: EngineProcess | null;
  progress: LoadProgress | null;
  measured: Footprint | null;
  measuredAtMs: number;
}

/** Reading a large process's memory costs milliseconds of kernel time, so a busy model is read at most this often. */
const LEAST_MEASURE_INTERVAL_MS = 1_000;

/**
 * The processes of all models, at most one each. It starts, ends and puts them to sleep as told, and tells what became of them: each
 * load ends in exactly one of `loaded`, `load-failed` and `gone`, and after `loaded` comes exactly one `gone`.
 */
export class ModelProcesses {
  readonly #deps: ModelProcessesDeps;
  readonly #listener: ProcessListener;
  readonly #processes = new Map<string, Entry>();

  constructor(deps: ModelProcessesDeps, listener: ProcessListener) {
    this.#deps = deps;
    this.#listener = listener;
  }

  /** The loaded model's engine. Throws when that start of the process is not the current one. */
  engine(modelId: string, generation: number): EngineProcess {
    const entry = this.#processes.get(modelId);
    if (entry?.generation === generation && entry.process !== null) return entry.process;
    throw new Error(`the model ${modelId} has no process of generation ${generation}`);
  }

  view(modelId: string): ProcessView {
    const entry = this.#processes.get(modelId);
    const pid = entry?.process?.pid ?? null;
    return { pid, progress: entry?.progress ?? null, measured: pid === null ? null : (entry?.measured ?? null) };
  }

  load(order: LoadOrder): void {
    const { model, generation, reserved } = order;
    const entry: Entry = {
      generation,
      startedMs: this.#deps.clock.now(),
      giveUp: new AbortController(),
      reserved,
      started: [],
      process: null,
      progress: null,
      measured: null,
      measuredAtMs: 0,
    };
    this.#processes.set(model.id, entry);
    this.#deps.log.info({ model: model.id, reserved }, 'loading the model');
    void this.#load(order, entry);
  }

  /** Ends a load that nobody waits for any more. */
  cancelLoad(modelId: string): void {
    const entry = this.#processes.get(modelId);
    if (entry === undefined) return;
    this.#deps.log.info({ model: modelId }, 'the load is given up');
    entry.giveUp.abort(new Error('nobody waits for the model any more'));
    // It may have become ready a moment ago.
    this.#close(modelId, entry);
  }

  /** Ends a loaded model's process. */
  stop(modelId: string): void {
    const entry = this.#processes.get(modelId);
    if (entry === undefined) return;
    entry.giveUp.abort(new Error('the model is being ended'));
    this.#close(modelId, entry);
  }

  /** Gives most of an idle model's memory back without ending it. */
  sleep(modelId: string): void {
    void this.#turn(modelId, 'slept', async (process) => {
      if (process.sleep === undefined) throw new Error('the engine cannot sleep');
      await process.sleep();
    });
  }

  /** Brings a sleeping model back. */
  wake(modelId: string): void {
    void this.#turn(modelId, 'woke', async (process, signal) => {
      if (process.wake === undefined) throw new Error('the engine cannot wake');
      await process.wake(signal);
    });
  }

  /** Reads how much memory the loaded model holds now. */
  measure(modelId: string): void {
    const entry = this.#processes.get(modelId);
    const now = this.#deps.clock.now();
    if (entry === undefined || entry.process === null) return;
    if (now - entry.measuredAtMs < LEAST_MEASURE_INTERVAL_MS) return;
    const { generation, process } = entry;
    void this.#read(modelId, entry, process.pid).then((measured) => {
      if (measured !== null) this.#listener.tell({ kind: 'measured', modelId, generation, measured });
    });
  }

  async #load(order: LoadOrder, entry: Entry): Promise<void> {
    const { signal } = entry.giveUp;
    const { generation } = entry;
    const modelId = order.model.id;
    try {
      const files = await this.#deps.weights.resolve(modelId, signal);
      signal.throwIfAborted();
      const process = await this.#start(order, entry, files);
      entry.process = process;
      void process.exited.then((exit) => this.#ended(modelId, entry, exit));
      if (signal.aborted) {
        this.#close(modelId, entry);
        return;
      }
      const measured = await this.#read(modelId, entry, process.pid);
      if (entry.process === null) return;
      this.#deps.log.info(
        { model: modelId, pid: process.pid, loadMs: this.#deps.clock.now() - entry.startedMs, measured },
        'the model is loaded',
      );
      this.#listener.tell({ kind: 'loaded', modelId, generation, measured });
    } catch (error) {
      const kept = await this.#awaitReturn(modelId, entry);
      this.#processes.delete(modelId);
      if (signal.aborted) {
        this.#listener.tell({ kind: 'gone', modelId, generation, reason: 'its load was given up', kept });
        return;
      }
      this.#deps.log.error({ model: modelId, err: error }, 'the model could not be loaded');
      this.#listener.tell({
        kind: 'load-failed',
        modelId,
        generation,
        error: loadError(modelId, error),
        reason: failureOf(error),
        outOfMemory: ranOutOfMemory(error),
        kept,
      });
    }
  }

  #start(
    { model, definition, settings, reserved }: LoadOrder,
    entry: Entry,
    files: Readonly<Record<string, string>>,
  ): Promise<EngineProcess> {
    const { startWorker, gpus, log, stateFolder, logFile, onProcess } = this.#deps;
    const { id, engine, threads } = model;
    const start = definition.start ?? startWorker;
    return start({
      engine,
      options: {
        modelId: id,
        files,
        settings,
        threads,
        gpus: gpusFor(reserved, restrictGpus(gpus, model)),
        state: stateFolder?.(id) ?? null,
      },
      devices: devicesOf(reserved),
      reserved,
      gpus,
      ...(logFile === undefined ? {} : { logFile: logFile(id) }),
      log: log.child({ model: id }),
      signal: entry.giveUp.signal,
      onProgress: (progress) => {
        entry.progress = progress;
        this.#listener.emit({ kind: 'load-progress', modelId: id, ...progress });
      },
      onStarted: (group) => {
        entry.started.push(group.leader.pid);
        onProcess?.started(id, group);
      },
    });
  }

  async #turn(
    modelId: string,
    done: 'slept' | 'woke',
    work: (process: EngineProcess, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const entry = this.#processes.get(modelId);
    if (entry === undefined || entry.process === null) return;
    const { generation, process } = entry;
    try {
      await work(process, entry.giveUp.signal);
      const measured = await this.#read(modelId, entry, process.pid);
      if (entry.process !== null) this.#listener.tell({ kind: done, modelId, generation, measured });
    } catch (error) {
      if (entry.process === null || entry.giveUp.signal.aborted) return;
      this.#deps.log.error(
        { model: modelId, err: error },
        `the model could not be ${done === 'slept' ? 'put to sleep' : 'woken'}`,
      );
      const reason = done === 'slept' ? 'it could not be put to sleep' : 'it could not be woken';
      this.#listener.tell({ kind: done === 'slept' ? 'sleep-failed' : 'wake-failed', modelId, generation, reason });
    }
  }

  #close(modelId: string, { process }: Entry): void {
    process?.close().catch((error: unknown) => {
      this.#deps.log.error({ model: modelId, err: error }, "the model's process could not be ended properly");
    });
  }

  async #ended(modelId: string, entry: Entry, exit: ProcessExit): Promise<void> {
    const { code, signal, lastWords, expected } = exit;
    const { generation } = entry;
    const reason = `its process ${howEnded(exit)}`;
    if (entry.process !== null && !entry.started.includes(entry.process.pid)) entry.started.push(entry.process.pid);
    entry.process = null;
    if (!expected) {
      this.#deps.log.error({ model: modelId, code, signal, lastWords }, "the model's process crashed");
      this.#listener.tell({ kind: 'crashed', modelId, generation, reason });
    }
    const kept = await this.#awaitReturn(modelId, entry);
    this.#processes.delete(modelId);
    if (expected) this.#deps.log.info({ model: modelId }, 'the model is unloaded');
    this.#listener.tell({ kind: 'gone', modelId, generation, reason, kept });
  }

  /** Waits until the memory of all that was started for a model is back; gives what is not. */
  async #awaitReturn(modelId: string, { started, measured, reserved }: Entry): Promise<Footprint> {
    const { awaitReturn, onProcess } = this.#deps;
    let kept = NO_BYTES;
    for (const pid of started) {
      const left = await awaitReturn?.({
        modelId,
        pid,
        held: measured ?? reserved,
        onKept: (told) => this.#listener.emit({ kind: 'memory-kept', ...told }),
        onReturned: ({ device, bytes }) =>
          this.#listener.tell({ kind: 'returned', modelId, bytes: { [device]: bytes } }),
      });
      kept = addFootprints(kept, left ?? NO_BYTES);
      // A record stays while something is left that the next server would have to end.
      if (left === undefined || totalOf(left) === 0) onProcess?.ended(pid);
    }
    return kept;
  }

  async #read(modelId: string, entry: Entry, pid: number): Promise<Footprint | null> {
    entry.measuredAtMs = this.#deps.clock.now();
    try {
      const measured = await this.#deps.readUse(pid);
      if (entry.process !== null) entry.measured = measured ?? entry.measured;
      return entry.process === null ? null : measured;
    } catch (error) {
      this.#deps.log.warn({ model: modelId, pid, err: error }, "the process's memory could not be read");
      return null;
    }
  }
}

/** The GPUs that a model is given: those it lies on, and those that share the machine's own memory. */
function gpusFor(reserved: Footprint, gpus: readonly Gpu[]): Exclude<DeviceId, 'ram'>[] {
  const named = devicesOf(reserved).filter((device) => device !== 'ram');
  return [...named, ...gpus.filter(({ unified, id }) => unified && !named.includes(id)).map(({ id }) => id)];
}
