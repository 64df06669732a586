import { commonPrefix, reusableTokens } from './choose-sequence.ts';

/** A conversation's cache outside of llama.cpp. */
export interface ParkedState {
  readonly tokens: readonly number[];
  /** Only requests of the same scope may begin with it. */
  readonly scope: string;
  /** Bytes of memory that it holds; 0 when it lies on disk. */
  readonly bytes: number;
  /** Bytes of its data. */
  readonly dataBytes: number;
  /** Its data; null when it can't be had any more. */
  read(): Uint8Array | null;
}

/** A parked state that begins as a prompt does. */
export interface ParkedMatch {
  readonly state: ParkedState;
  readonly reuse: number;
}

/**
 * Conversations whose sequence was needed for another one, within a number of bytes of host memory. When that is used up, the
 * one goes whose tokens were of no use for longest; a prefix that many requests begin with stays, since each of them uses it.
 */
export class ParkedStates {
  readonly #limitBytes: number;
  /** The least recently used first. */
  #states: ParkedState[] = [];
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Most bytes that are held. */
  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** The most recently used first. */
  get states(): readonly ParkedState[] {
    return this.#states.toReversed();
  }

  /** Whether a state that begins with these tokens is held. */
  covers(tokens: readonly number[], scope: string): boolean {
    return this.#states.some((state) => covers(state, tokens, scope));
  }

  /** Takes a state in; what it makes superfluous goes, and then the oldest until all fit. False when it alone is too large. */
  add(state: ParkedState): boolean {
    if (state.bytes > this.#limitBytes) return false;
    for (const other of this.#states.filter(({ tokens, scope }) => covers(state, tokens, scope))) this.remove(other);
    this.#states.push(state);
    this.#bytes += state.bytes;
    for (
      let oldest = this.#states[0];
      this.#bytes > this.#limitBytes && oldest !== undefined;
      oldest = this.#states[0]
    ) {
      this.remove(oldest);
    }
    return true;
  }

  remove(state: ParkedState): void {
    const index = this.#states.indexOf(state);
    if (index < 0) return;
    this.#states.splice(index, 1);
    this.#bytes -= state.bytes;
  }

  /** Marks a state as just used. */
  touch(state: ParkedState): void {
    const index = this.#states.indexOf(state);
    if (index >= 0) this.#states.push(...this.#states.splice(index, 1));
  }

  /** The state that saves a prompt most tokens; null when none does. */
  best(prompt: readonly number[], scope: string, canCut: boolean): ParkedMatch | null {
    let best: ParkedMatch | null = null;
    for (const state of this.#states) {
      if (state.scope !== scope) continue;
      const reuse = reusableTokens(prompt, state.tokens, canCut);
      if (reuse > 0 && (best === null || reuse > best.reuse)) best = { state, reuse };
    }
    return best;
  }
}

function covers(state: ParkedState, tokens: readonly number[], scope: string): boolean {
  return state.scope === scope && commonPrefix(state.tokens, tokens, tokens.length) === tokens.length;
}
