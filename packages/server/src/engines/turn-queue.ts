/** Lets one request work at a time, in the order in which they came. */
export class TurnQueue {
  #last: Promise<void> = Promise.resolve();

  /**
   * Resolves when it is the caller's turn; the turn lasts until the result is disposed of. Throws the signal's reason as
   * soon as it aborts, and the turn then passes to the next in line.
   */
  async enter(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    const before = this.#last;
    const { promise: done, resolve: leave } = promiseWithResolve();
    this.#last = before.then(() => done);
    const left = promiseWithResolve();
    const onAbort = (): void => left.resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    await Promise.race([before, left.promise]);
    signal.removeEventListener('abort', onAbort);
    if (signal.aborted) leave();
    signal.throwIfAborted();
    return { [Symbol.dispose]: leave };
  }

  /** Resolves when everyone who is in line now has had their turn. */
  idle(): Promise<void> {
    return this.#last;
  }
}

function promiseWithResolve(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
