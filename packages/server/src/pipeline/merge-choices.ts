/** Begins the work on one of several answers; ends soon when `signal` aborts. */
type BeginChoice<T> = (choice: number, signal: AbortSignal) => AsyncGenerator<T>;

/**
 * Does the work on `count` answers at once and tells the events of each as they come. Each is asked for one event ahead and no further,
 * so that a slow reader holds all of them up. The failure of one ends the others, as does ending the iteration; either waits until
 * nothing of them runs any more.
 */
export async function* mergeChoices<T>(
  count: number,
  begin: BeginChoice<T>,
  signal: AbortSignal,
): AsyncGenerator<{ readonly choice: number; readonly event: T }> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const arrived = new Arrivals<T>();
  const runs = Array.from({ length: count }, (_, choice) => begin(choice, either));
  try {
    for (const [choice, run] of runs.entries()) arrived.ask(choice, run);
    for (let left = count; left > 0;) {
      const { choice, run, result } = await arrived.next();
      if (result.done === true) {
        left -= 1;
        continue;
      }
      arrived.ask(choice, run);
      yield { choice, event: result.value };
    }
  } finally {
    stop.abort();
    await Promise.allSettled(runs.map((run) => run.return(undefined)));
  }
}

interface Arrival<T> {
  readonly choice: number;
  readonly run: AsyncGenerator<T>;
  readonly result: IteratorResult<T, unknown>;
}

/** What has come of several sequences, in the order in which it came. */
class Arrivals<T> {
  readonly #arrived: Arrival<T>[] = [];
  #failure: { readonly reason: unknown } | null = null;
  #wake: (() => void) | null = null;

  /** Asks for the next item; its arrival and its failure are told by `next`. */
  ask(choice: number, run: AsyncGenerator<T>): void {
    run.next().then(
      (result) => this.#tell(() => this.#arrived.push({ choice, run, result })),
      (reason: unknown) => this.#tell(() => (this.#failure ??= { reason })),
    );
  }

  /** Throws the first failure as soon as it is known. */
  async next(): Promise<Arrival<T>> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.reason;
      const first = this.#arrived.shift();
      if (first !== undefined) return first;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #tell(change: () => unknown): void {
    change();
    this.#wake?.();
    this.#wake = null;
  }
}
