import type { StepContext } from './scheduler.ts';
import type { TokenChooser } from './job.ts';

const MODEL_SIZE = 50;

/** What a made-up model says after these tokens: mostly what it said 9 tokens ago, so that some of it repeats. */
export function saysAfter(tokens: readonly number[]): number {
  const sum = tokens.slice(-3).reduce((total, token, index) => total + token * (index + 1), 0);
  const before = tokens[tokens.length - 9];
  return sum % 29 === 0 || before === undefined ? 1 + ((sum * 7 + tokens.length) % MODEL_SIZE) : before;
}

/** A context for tests: holds the tokens of each sequence, refuses what llama.cpp would refuse, and counts what was done. */
export class FakeContext implements StepContext {
  readonly held = new Map<number, number[]>();
  /** Rows of each step, and the sequences in their order. */
  readonly steps: { readonly rows: number; readonly sequences: readonly number[] }[] = [];
  copies = 0;
  restores = 0;
  failNext = false;
  /** A step takes so many milliseconds by `clock`, and each of its rows so many. */
  cost = { step: 1, row: 1 };
  clock = 0;
  #batch: { readonly token: number; readonly position: number; readonly sequence: number; readonly wants: boolean }[] =
    [];
  #prefixes: (readonly number[] | null)[] = [];

  begin(): void {
    this.#batch = [];
  }

  add(token: number, position: number, sequence: number, wants: boolean): number {
    return this.#batch.push({ token, position, sequence, wants }) - 1;
  }

  decode(): 'ok' | 'failed' {
    this.clock += this.cost.step + this.cost.row * this.#batch.length;
    if (this.failNext) {
      this.failNext = false;
      return 'failed';
    }
    this.#prefixes = this.#batch.map(({ token, position, sequence, wants }) => {
      const tokens = this.#at(sequence);
      if (tokens.length !== position) throw new Error(`a gap in sequence ${sequence} at ${position}`);
      tokens.push(token);
      return wants ? [...tokens] : null;
    });
    const sequences = this.#batch.map(({ sequence }) => sequence);
    this.steps.push({ rows: sequences.length, sequences: [...new Set(sequences)] });
    return 'ok';
  }

  /** What the logits of a batch token were computed from. */
  prefixOf(batchIndex: number): readonly number[] {
    const prefix = this.#prefixes[batchIndex];
    if (prefix === null || prefix === undefined) throw new Error(`the batch token ${batchIndex} has no logits`);
    return prefix;
  }

  cut(sequence: number, from: number): boolean {
    this.#at(sequence).length = Math.min(from, this.#at(sequence).length);
    return true;
  }

  copyPrefix(source: number, target: number, tokens: number): void {
    if (this.#at(target).length > 0) throw new Error(`sequence ${target} is not empty`);
    this.copies++;
    this.held.set(target, this.#at(source).slice(0, tokens));
  }

  stateBytes(sequence: number): number {
    return this.#at(sequence).length * 4;
  }

  save(sequence: number): Uint8Array {
    return new Uint8Array(Int32Array.from(this.#at(sequence)).buffer);
  }

  restore(sequence: number, state: Uint8Array): boolean {
    if (this.#at(sequence).length > 0) throw new Error(`sequence ${sequence} is not empty`);
    this.restores++;
    this.held.set(sequence, Array.from(new Int32Array(state.slice().buffer)));
    return true;
  }

  clear(): void {
    this.held.clear();
  }

  /** Chooses what the made-up model says. */
  chooser(): TokenChooser {
    return { next: (index) => saysAfter(this.prefixOf(index)), free: () => undefined };
  }

  #at(sequence: number): number[] {
    let tokens = this.held.get(sequence);
    if (tokens === undefined) {
      tokens = [];
      this.held.set(sequence, tokens);
    }
    return tokens;
  }
}
