/** What a sequence holds, for choosing one. */
export interface SequenceView {
  readonly tokens: readonly number[];
  readonly busy: boolean;
  /** Grows with every use; 0 was never used. */
  readonly lastUsed: number;
  /** Whose requests may begin with its tokens. */
  readonly scope: string;
}

interface Sequence {
  tokens: number[];
  cells: number[];
  busy: boolean;
  lastUsed: number;
  scope: string;
}

/**
 * The books of the token cache: which tokens each sequence holds, and which cells of the one pool are free. A prefix that
 * several sequences share takes its cells once. It mirrors what llama.cpp does, so that admission and eviction are decided
 * without asking it.
 */
export class SequencePool {
  readonly capacity: number;
  readonly #sequences: readonly Sequence[];
  readonly #free: number[];
  readonly #holders: Uint16Array;
  readonly #busyHolders: Uint16Array;
  #busyCells = 0;
  #uses = 0;

  constructor(sequences: number, capacity: number) {
    this.capacity = capacity;
    this.#sequences = Array.from({ length: sequences }, () => ({
      tokens: [],
      cells: [],
      busy: false,
      lastUsed: 0,
      scope: '',
    }));
    this.#free = Array.from({ length: capacity }, (_, cell) => capacity - 1 - cell);
    this.#holders = new Uint16Array(capacity);
    this.#busyHolders = new Uint16Array(capacity);
  }

  get sequences(): readonly SequenceView[] {
    return this.#sequences;
  }

  /** Cells that hold nothing. */
  get freeCells(): number {
    return this.#free.length;
  }

  /** Cells that are free or could be freed, while the first `keep` tokens of `sequence` stay. */
  availableCells(sequence: number, keep: number): number {
    let kept = 0;
    const { cells } = this.#at(sequence);
    for (let index = 0; index < keep; index++) {
      if (this.#busyHolders[cells[index] as number] === 0) kept++;
    }
    return this.capacity - this.#busyCells - kept;
  }

  /** The idle sequence that was used longest ago and holds something; null when there is none. */
  oldestIdle(): number | null {
    let oldest: number | null = null;
    for (const [index, { busy, tokens, lastUsed }] of this.#sequences.entries()) {
      if (busy || tokens.length === 0) continue;
      if (oldest === null || lastUsed < this.#at(oldest).lastUsed) oldest = index;
    }
    return oldest;
  }

  /** Marks an idle sequence as in use for a request of this scope. */
  hold(sequence: number, scope: string): void {
    const entry = this.#at(sequence);
    if (entry.busy) throw new Error(`sequence ${sequence} is in use`);
    entry.busy = true;
    entry.scope = scope;
    for (const cell of entry.cells) this.#addBusy(cell);
  }

  /** Marks a sequence as idle; its tokens stay for reuse. */
  release(sequence: number): void {
    const entry = this.#at(sequence);
    if (!entry.busy) throw new Error(`sequence ${sequence} is not in use`);
    entry.busy = false;
    entry.lastUsed = ++this.#uses;
    for (const cell of entry.cells) this.#removeBusy(cell);
  }

  /** Adds an evaluated token; throws when no cell is free. */
  append(sequence: number, token: number): void {
    const entry = this.#at(sequence);
    const cell = this.#free.pop();
    if (cell === undefined) throw new Error('the token cache is full');
    entry.tokens.push(token);
    entry.cells.push(cell);
    this.#holders[cell] = 1;
    if (entry.busy) this.#addBusy(cell);
  }

  /** Lets an empty idle sequence hold these tokens, which were brought back; throws when cells are lacking. */
  fill(sequence: number, tokens: readonly number[]): void {
    const { busy, tokens: held } = this.#at(sequence);
    if (busy || held.length > 0) throw new Error(`sequence ${sequence} is not empty`);
    for (const token of tokens) this.append(sequence, token);
  }

  /** Forgets the tokens of an idle sequence from a position on. */
  cut(sequence: number, from: number): void {
    const entry = this.#at(sequence);
    if (entry.busy) throw new Error(`sequence ${sequence} is in use`);
    for (const cell of entry.cells.splice(from)) {
      const holders = (this.#holders[cell] as number) - 1;
      this.#holders[cell] = holders;
      if (holders === 0) this.#free.push(cell);
    }
    entry.tokens.length = Math.min(entry.tokens.length, from);
  }

  /** Takes back the last tokens of a sequence in use: they were guessed wrong. */
  takeBack(sequence: number, count: number): void {
    const entry = this.#at(sequence);
    for (let done = 0; done < count; done++) {
      const cell = entry.cells.pop();
      if (cell === undefined) throw new Error(`sequence ${sequence} has no more tokens`);
      entry.tokens.pop();
      this.#holders[cell] = 0;
      if (entry.busy) this.#removeBusy(cell);
      this.#free.push(cell);
    }
  }

  /** Counts as a use of a sequence whose prefix was of use to another one. */
  touch(sequence: number): void {
    this.#at(sequence).lastUsed = ++this.#uses;
  }

  /** Lets an empty idle sequence begin with the first tokens of another one. */
  share(source: number, target: number, tokens: number): void {
    const from = this.#at(source);
    const to = this.#at(target);
    if (to.busy || to.tokens.length > 0) throw new Error(`sequence ${target} is not empty`);
    to.tokens = from.tokens.slice(0, tokens);
    to.cells = from.cells.slice(0, tokens);
    for (const cell of to.cells) this.#holders[cell] = (this.#holders[cell] as number) + 1;
  }

  #addBusy(cell: number): void {
    const holders = this.#busyHolders[cell] as number;
    if (holders === 0) this.#busyCells++;
    this.#busyHolders[cell] = holders + 1;
  }

  #removeBusy(cell: number): void {
    const holders = (this.#busyHolders[cell] as number) - 1;
    this.#busyHolders[cell] = holders;
    if (holders === 0) this.#busyCells--;
  }

  #at(sequence: number): Sequence {
    const entry = this.#sequences[sequence];
    if (entry === undefined) throw new Error(`there is no sequence ${sequence}`);
    return entry;
  }
}
