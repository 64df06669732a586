interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

/**
 * What is to happen on a virtual clock: the earliest first, and what was planned first among equals (a binary heap).
 */
export class Agenda {
  readonly #heap: Entry[] = [];
  #planned = 0;
  nowMs = 0;

  /** Plans an act; one that lies in the past happens next. */
  plan(atMs: number, act: () => void): void {
    const heap = this.#heap;
    const entry: Entry = { atMs: Math.max(atMs, this.nowMs), order: this.#planned++, act };
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Runs everything, acts that acts plan included. */
  run(): void {
    for (let entry = this.#take(); entry !== undefined; entry = this.#take()) {
      this.nowMs = entry.atMs;
      entry.act();
    }
  }

  #take(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below !== undefined && right !== undefined && before(right, below)) {
        below = right;
        child++;
      }
      if (below === undefined || !before(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
