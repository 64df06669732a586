import { chooseSequence, type ReuseRules, type SequenceChoice } from './choose-sequence.ts';
import type { ParkedState, ParkedStates } from './parked-states.ts';
import type { SequencePool } from './sequence-pool.ts';

/** What the keeper needs of a llama.cpp context. */
export interface SequenceStore {
  /** Forgets a sequence's tokens from a position on; false when the model can't cut there. */
  cut(sequence: number, from: number): boolean;
  copyPrefix(source: number, target: number, tokens: number): void;
  /** Bytes of a sequence's state. */
  stateBytes(sequence: number): number;
  /** A copy of a sequence's state. */
  save(sequence: number): Uint8Array;
  /** Puts a state into a sequence; false when llama.cpp does not take it. */
  restore(sequence: number, state: Uint8Array): boolean;
}

/** A place for a request. */
export interface Place extends SequenceChoice {
  /** Brought back from there first; null: the tokens are in `source`. */
  readonly parked: ParkedState | null;
}

/** Fewer tokens are evaluated again sooner than they are kept. */
const LEAST_PARKED_TOKENS = 32;
/** So many tokens more a parked state must save than what lies in a sequence already. */
const LEAST_GAIN_TOKENS = 16;

export interface SequenceKeeperOptions {
  readonly store: SequenceStore;
  readonly pool: SequencePool;
  readonly parked: ParkedStates;
  readonly rules: ReuseRules;
  /** Milliseconds that evaluating so many prompt tokens takes; null while unknown. */
  readonly promptMs: (tokens: number) => number | null;
  /** Milliseconds; for measuring how fast states are brought back. */
  readonly now: () => number;
}

/** Finds requests a place with as much of their prompt in the cache as possible, and keeps what must make room. */
export class SequenceKeeper {
  readonly #options: SequenceKeeperOptions;
  #restoreBytesPerMs: number | null = null;

  constructor(options: SequenceKeeperOptions) {
    this.#options = options;
  }

  /** Where a request of these tokens should run; null while no sequence is idle. */
  choose(tokens: readonly number[], scope: string): Place | null {
    const { pool, parked, rules } = this.#options;
    const choice = chooseSequence({ tokens, scope }, pool.sequences, rules);
    if (choice === null) return null;
    const match = parked.best(tokens, scope, rules.canCut);
    if (match === null || !this.#pays(match.reuse - choice.reuse, match.state.dataBytes))
      return { ...choice, parked: null };
    // Without a prefix in the pool the choice names the sequence that is best overwritten.
    const target = chooseSequence({ tokens: [], scope }, pool.sequences, rules)?.target ?? choice.target;
    return { target, source: target, reuse: match.reuse, parked: match.state };
  }

  /** Makes a chosen place ready and returns how many of the request's tokens it holds. */
  prepare(place: Place, scope: string): number {
    const reuse = place.parked === null ? this.#prepareFromPool(place) : this.#bringBack(place, place.parked);
    this.#options.pool.hold(place.target, scope);
    return reuse;
  }

  /** Cuts an idle sequence back, parking what is lost; false when the model could only forget all of it. */
  forget(sequence: number, from: number): boolean {
    const { pool, store } = this.#options;
    const held = pool.sequences[sequence]?.tokens.length ?? 0;
    if (held <= from) return true;
    if (held - from >= LEAST_PARKED_TOKENS) this.park(sequence);
    const cut = store.cut(sequence, from);
    if (!cut) store.cut(sequence, 0);
    pool.cut(sequence, cut ? from : 0);
    return cut;
  }

  /** Lets a sequence in use go on in the place of an idle one, whose tokens are parked. */
  move(from: number, to: number): void {
    const { pool, store } = this.#options;
    const entry = pool.sequences[from];
    if (entry === undefined) return;
    const { scope } = entry;
    this.forget(to, 0);
    store.copyPrefix(from, to, entry.tokens.length);
    pool.share(from, to, entry.tokens.length);
    pool.release(from);
    store.cut(from, 0);
    pool.cut(from, 0);
    pool.hold(to, scope);
  }

  /** Copies a sequence's state to host memory unless its tokens are held elsewhere or don't fit there. */
  park(sequence: number): void {
    const { pool, store, parked } = this.#options;
    const entry = pool.sequences[sequence];
    if (entry === undefined || entry.tokens.length < LEAST_PARKED_TOKENS || parked.limitBytes === 0) return;
    if (parked.covers(entry.tokens, entry.scope) || store.stateBytes(sequence) > parked.limitBytes) return;
    const data = store.save(sequence);
    if (data.length === 0) return;
    const { length: bytes } = data;
    parked.add({ tokens: [...entry.tokens], scope: entry.scope, bytes, dataBytes: bytes, read: () => data });
  }

  #pays(gain: number, bytes: number): boolean {
    if (gain < LEAST_GAIN_TOKENS) return false;
    const computeMs = this.#options.promptMs(gain);
    return computeMs === null || this.#restoreBytesPerMs === null || bytes / this.#restoreBytesPerMs < computeMs;
  }

  #prepareFromPool({ target, source, reuse }: SequenceChoice): number {
    const { store, pool } = this.#options;
    if (target === source) return this.forget(target, reuse) ? reuse : 0;
    this.forget(target, 0);
    store.copyPrefix(source, target, reuse);
    pool.share(source, target, reuse);
    pool.touch(source);
    return reuse;
  }

  #bringBack({ target, reuse }: SequenceChoice, state: ParkedState): number {
    const { store, pool, parked, now } = this.#options;
    this.forget(target, 0);
    const start = now();
    const data = state.read();
    if (data === null || state.tokens.length > pool.freeCells || !store.restore(target, data)) {
      store.cut(target, 0);
      parked.remove(state);
      return 0;
    }
    const ms = now() - start;
    if (ms > 0) this.#restoreBytesPerMs = state.dataBytes / ms;
    const whole = state.tokens.length === reuse;
    if (!whole && !store.cut(target, reuse)) {
      store.cut(target, 0);
      return 0;
    }
    pool.fill(target, state.tokens.slice(0, reuse));
    // A whole conversation goes on in its sequence; a prefix may be wanted by the next one, too.
    if (whole) parked.remove(state);
    else parked.touch(state);
    return reuse;
  }
}
