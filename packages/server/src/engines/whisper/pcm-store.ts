const BLOCK_SAMPLES = 1 << 20;

/** Mono samples of any length, kept as 16-bit numbers in blocks: half the memory of floats, and no large copies. */
export class PcmStore {
  readonly #blocks: Int16Array[] = [];
  #length = 0;

  /** How many samples there are. */
  get length(): number {
    return this.#length;
  }

  /** Appends samples from -1 to 1; louder ones are clipped. */
  push(samples: Float32Array): void {
    for (const sample of samples) {
      const offset = this.#length % BLOCK_SAMPLES;
      if (offset === 0) this.#blocks.push(new Int16Array(BLOCK_SAMPLES));
      const block = this.#blocks.at(-1) as Int16Array;
      block[offset] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
      this.#length++;
    }
  }

  /** The samples from `start` up to `end`, followed by silence where `end` lies beyond the last one. */
  read(start: number, end: number): Float32Array {
    const samples = new Float32Array(end - start);
    const last = Math.min(end, this.#length);
    for (let index = start; index < last; index++) {
      const block = this.#blocks[Math.floor(index / BLOCK_SAMPLES)] as Int16Array;
      samples[index - start] = (block[index % BLOCK_SAMPLES] as number) / 32_768;
    }
    return samples;
  }
}
