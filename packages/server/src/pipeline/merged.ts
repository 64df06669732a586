/**
 * The items of all sequences, each as soon as it is there; each sequence is asked for one item ahead and no further, so that a slow reader
 * holds all of them up. The failure of one ends it. All are closed when it ends, without waiting for what they still do.
 */
export async function* merged<T>(sequences: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const arrivals = new Arrivals<T>();
  try {
    for (const sequence of sequences) arrivals.ask(sequence);
    for (let left = sequences.length; left > 0;) {
      const { sequence, result } = await arrivals.next();
      if (result.done === true) {
        left -= 1;
        continue;
      }
      arrivals.ask(sequence);
      yield result.value;
    }
  } finally {
    // What they still do ends when it can; its failure concerns nobody any more.
    for (const sequence of sequences) sequence.return(undefined).catch(() => undefined);
  }
}

interface Arrival<T> {
  readonly sequence: AsyncGenerator<T>;
  readonly result: IteratorResult<T, unknown>;
}

/** What has come of several sequences, in the order in which it came. */
class Arrivals<T> {
  readonly #arrived: Arrival<T>[] = [];
  #failure: { readonly reason: unknown } | null = null;
  #wake: (() => void) | null = null;

  /** Asks for the next item; its arrival and its failure are told by `next`. */
  ask(sequence: AsyncGenerator<T>): void {
    sequence.next().then(
      (result) => this.#tell(() => this.#arrived.push({ sequence, result })),
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
