/**
 * Events pushed from a callback, read once as an async iterable. The reader gets every event that was pushed before the
 * end; after `fail` it gets the error at once. It holds whatever a slow reader has not taken: a request's output is
 * bounded by its token limit, and to hold up the engine would cost the other requests more than the memory.
 */
export class EventQueue<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #wake: (() => void) | null = null;
  #end: { readonly error: Error | null } | null = null;
  #failure: { readonly reason: unknown } | null = null;

  /** Whether the writer said that nothing more comes. */
  get ended(): boolean {
    return this.#end !== null;
  }

  push(item: T): void {
    if (this.#end !== null || this.#failure !== null) return;
    this.#items.push(item);
    this.#notify();
  }

  /** Nothing more comes. */
  end(): void {
    this.#close(null);
  }

  /** Nothing more comes, and after what was pushed the reader gets `error`. */
  finishWith(error: Error): void {
    this.#close(error);
  }

  /** The reader no longer wants events: its next read throws `reason`, whatever is still here or comes. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#items = [];
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      for (const item of items) {
        this.#throwIfFailed();
        yield item;
      }
      this.#throwIfFailed();
      if (this.#items.length > 0) continue;
      if (this.#end !== null) {
        if (this.#end.error !== null) throw this.#end.error;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.reason;
  }

  #close(error: Error | null): void {
    this.#end ??= { error };
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
