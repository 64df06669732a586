/** Runs one task at a time, in the order they came. */
export class RunQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Waits its turn, then runs `task`; a task that fails doesn't stop those behind it. Rejects with the task's error. */
  add<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
