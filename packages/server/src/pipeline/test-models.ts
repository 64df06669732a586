import type { Engine, Task, TaskTypes } from '../engines/engine.ts';
import type { Lease, LeaseModels, Plan } from '../models/model-manager.ts';
import { testSpec } from '../models/test-spec.ts';

type Run<T extends Task> = Engine<T>['run'];

/** A model manager for tests: each model is one function, always loaded; it counts what is still leased. */
export class TestModels implements LeaseModels {
  /** Ids in the order they were acquired. */
  readonly acquired: string[] = [];
  /** The models of each plan, in the order of its steps. */
  readonly announced: (readonly string[])[] = [];
  leased = 0;
  readonly #runs: Readonly<Record<string, { task: Task; run: unknown }>>;

  constructor(runs: Readonly<Record<string, { task: Task; run: unknown }>>) {
    this.#runs = runs;
  }

  plan(modelIds: readonly string[]): Plan {
    this.announced.push(modelIds);
    return { id: 1, [Symbol.dispose]: () => undefined };
  }

  async acquire<T extends Task>(id: string, task: T, signal: AbortSignal): Promise<Lease<T>> {
    signal.throwIfAborted();
    const found = this.#runs[id];
    if (found?.task !== task) throw new Error(`no ${task} model ${id}`);
    this.acquired.push(id);
    this.leased += 1;
    let released = false;
    return {
      model: testSpec({ id, task }),
      engine: { run: found.run as Run<T>, close: () => Promise.resolve() },
      [Symbol.dispose]: () => {
        if (!released) this.leased -= 1;
        released = true;
      },
    };
  }
}

/** A model that yields these events, one a turn of the event loop, until its caller leaves. */
export function yields<T extends Task>(task: T, ...events: TaskTypes[T]['event'][]): { task: T; run: Run<T> } {
  return {
    task,
    async *run(_request, signal) {
      for (const event of events) {
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        yield event;
      }
    },
  };
}
