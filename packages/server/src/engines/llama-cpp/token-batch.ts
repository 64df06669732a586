import koffi from 'koffi';
import type { BatchStruct } from './native-structs.ts';

/**
 * A `llama_batch` of at most so many tokens, each in one sequence, and the arrays that llama.cpp reads it from: these must live as long as
 * it is decoded. It begins empty, and no token wants its logits.
 */
export class TokenBatch {
  readonly struct: BatchStruct;
  readonly token: Int32Array;
  readonly position: Int32Array;
  readonly sequence: Int32Array;
  /** 1 where the logits, or the embedding, are wanted. */
  readonly output: Int8Array;
  readonly #sequenceCounts: Int32Array;
  readonly #sequenceLists: BigUint64Array;

  constructor(size: number) {
    this.token = new Int32Array(new ArrayBuffer(size * 4));
    this.position = new Int32Array(new ArrayBuffer(size * 4));
    this.sequence = new Int32Array(new ArrayBuffer(size * 4));
    this.output = new Int8Array(new ArrayBuffer(size));
    this.#sequenceCounts = new Int32Array(new ArrayBuffer(size * 4)).fill(1);
    // Every token belongs to one sequence: its list of sequences is one element of the array of them all.
    const firstSequence = koffi.address(this.sequence);
    this.#sequenceLists = new BigUint64Array(new ArrayBuffer(size * 8)).map(
      (_, index) => firstSequence + BigInt(index * 4),
    );
    this.struct = {
      n_tokens: 0,
      token: koffi.address(this.token),
      embd: null,
      pos: koffi.address(this.position),
      n_seq_id: koffi.address(this.#sequenceCounts),
      seq_id: koffi.address(this.#sequenceLists),
      logits: koffi.address(this.output),
    };
  }
}
