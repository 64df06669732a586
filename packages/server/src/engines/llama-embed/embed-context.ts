import koffi from 'koffi';
import { loadError } from '../llama-cpp/model.ts';
import { loadNative, type Llama, type ThreadPools } from '../llama-cpp/native.ts';
import type { Pointer } from '../llama-cpp/native-structs.ts';
import type { EmbedModel } from './embed-model.ts';
import type { Window } from './embed-queue.ts';
import { releasePages } from './release-pages.ts';
import { TokenBatch } from '../llama-cpp/token-batch.ts';

/** `LLAMA_POOLING_TYPE_MEAN`. */
const MEAN = 1;
/** `LLAMA_FLASH_ATTN_TYPE_DISABLED` and `_ENABLED`. */
const FLASH_OFF = 0;
const FLASH_ON = 1;
/** Flash attention works on tiles of so many tokens; a step with fewer takes several times as long as a whole tile. */
const TILE_TOKENS = 64;
/** llama.cpp lays its graph out for whole multiples of these; another number of tokens ends the process. */
const SEQUENCES = 16;

/** Most windows of one step; the last sequence is for what fills a tile. */
export const STEP_WINDOWS = SEQUENCES - 1;

export interface EmbedContextOptions {
  /** Most tokens of one step, or of one window. */
  readonly tokens: number;
  readonly threads: number;
  /** The way to compute attention that is faster for steps of many tokens, and slower for a few. */
  readonly flash: boolean;
}

/** A llama.cpp context that gives the mean over each sequence's tokens. It keeps nothing between steps. The caller frees it before its model. */
export class EmbedContext {
  readonly #pointer: Pointer;
  readonly #llama: Llama;
  readonly #dimensions: number;
  readonly #vocabSize: number;
  readonly #options: EmbedContextOptions;
  readonly #batch: TokenBatch;
  readonly #threadPools: ThreadPools | null;
  #threadPool: Pointer | null = null;

  constructor(model: EmbedModel, options: EmbedContextOptions) {
    const native = loadNative();
    const { llama } = native;
    const { threads, flash } = options;
    const tokens = Math.ceil(options.tokens / SEQUENCES) * SEQUENCES;
    native.log.takeErrors();
    const pointer = llama.initContext(model.pointer, {
      ...llama.contextDefaultParams(),
      n_ctx: tokens,
      // An encoder sees all of a step at once.
      n_batch: tokens,
      n_ubatch: tokens,
      n_seq_max: SEQUENCES,
      n_threads: threads,
      n_threads_batch: threads,
      pooling_type: MEAN,
      flash_attn_type: flash ? FLASH_ON : FLASH_OFF,
      embeddings: true,
      kv_unified: true,
    });
    if (pointer === null) throw loadError('the buffers of its steps', native);
    this.#pointer = pointer;
    this.#llama = llama;
    this.#options = options;
    this.#dimensions = model.dimensions;
    this.#vocabSize = model.vocabSize;
    this.#threadPools = native.threadPools;
    this.#batch = new TokenBatch(tokens);
    this.#batch.output.fill(1);
    if (threads > 1 && native.threadPools !== null) {
      this.#threadPool = native.threadPools.make(threads, 0);
      llama.attachThreadPool(pointer, this.#threadPool, this.#threadPool);
    }
  }

  /**
   * Evaluates the longest step there can be, so that every buffer has its final size. llama.cpp sets a row of the whole vocabulary aside for
   * each token, although an encoder never writes one: half a gigabyte here, which is given back.
   */
  warmUp(): void {
    const { tokens } = this.#options;
    this.evaluate([{ tokens: new Int32Array(tokens), weight: tokens }]);
    const rows = this.#llama.logits(this.#pointer);
    if (rows !== null) releasePages(rows, tokens * this.#vocabSize * Float32Array.BYTES_PER_ELEMENT);
  }

  /** The mean vector of each window, in llama.cpp's own memory: valid until the next call. Blocks. Throws where they don't fit or it fails. */
  evaluate(windows: readonly Window[]): readonly Float32Array[] {
    this.#fill(windows);
    const result = this.#llama.decode(this.#pointer, this.#batch.struct);
    if (result !== 0) throw new Error(`llama.cpp could not evaluate the texts (result ${result}); its log says why`);
    return windows.map((_, sequence) => {
      const vector = this.#llama.embeddingOf(this.#pointer, sequence);
      if (vector === null) throw new Error('llama.cpp gave no vector for a text');
      return new Float32Array(koffi.view(vector, this.#dimensions * 4));
    });
  }

  free(): void {
    if (this.#threadPool !== null) {
      this.#llama.detachThreadPool(this.#pointer);
      this.#threadPools?.free(this.#threadPool);
    }
    this.#llama.freeContext(this.#pointer);
  }

  #fill(windows: readonly Window[]): void {
    const count = windows.reduce((sum, { tokens }) => sum + tokens.length, 0);
    // llama.cpp ends the process where it is handed more.
    if (count > this.#options.tokens || windows.length > STEP_WINDOWS || count === 0)
      throw new Error('the texts do not fit into one step');
    let at = 0;
    for (const [sequence, { tokens }] of windows.entries()) {
      this.#batch.token.set(tokens, at);
      this.#batch.sequence.fill(sequence, at, at + tokens.length);
      for (let position = 0; position < tokens.length; position += 1) this.#batch.position[at + position] = position;
      at += tokens.length;
    }
    const filling = this.#options.flash ? Math.max(0, Math.min(TILE_TOKENS, this.#options.tokens) - count) : 0;
    this.#batch.token.fill(0, at, at + filling);
    this.#batch.sequence.fill(windows.length, at, at + filling);
    for (let position = 0; position < filling; position += 1) this.#batch.position[at + position] = position;
    this.#batch.struct.n_tokens = count + filling;
  }
}
