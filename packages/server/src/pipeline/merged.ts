/**
 * The items of both, each as soon as it is there and in turn where both wait; each is asked for one item ahead and no further. The
 * failure of either ends it. Both are closed when it ends, without waiting for what they still do.
 */
export async function* merged<T>(first: AsyncGenerator<T>, second: AsyncGenerator<T>): AsyncGenerator<T> {
  const waiting = [new Ahead(first), new Ahead(second)];
  try {
    while (waiting.length > 0) {
      const { ahead, result } = await Promise.race(waiting.map(({ next }) => next));
      waiting.splice(waiting.indexOf(ahead), 1);
      if (result.done === true) continue;
      ahead.ask();
      // The other one goes first next time.
      waiting.push(ahead);
      yield result.value;
    }
  } finally {
    for (const ahead of waiting) ahead.close();
  }
}

interface Answered<T> {
  readonly ahead: Ahead<T>;
  readonly result: IteratorResult<T, unknown>;
}

/** A sequence whose next item is asked for already. */
class Ahead<T> {
  next: Promise<Answered<T>>;
  readonly #items: AsyncGenerator<T>;

  constructor(items: AsyncGenerator<T>) {
    this.#items = items;
    this.next = this.#ask();
  }

  ask(): void {
    this.next = this.#ask();
  }

  /** What it still does ends when it can; its failure concerns nobody any more. */
  close(): void {
    this.#items.return(undefined).catch(() => undefined);
  }

  #ask(): Promise<Answered<T>> {
    const next = this.#items.next().then((result) => ({ ahead: this, result }));
    // Whoever waits sees a failure; after the other one's nobody waits.
    next.catch(() => undefined);
    return next;
  }
}
