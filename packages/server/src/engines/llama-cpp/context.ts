import koffi from 'koffi';
import { loadError, type LlamaModel } from './model.ts';
import { loadNative, type Llama, type ThreadPools } from './native.ts';
import type { Pointer } from './native-structs.ts';
import { type LlamaCppSettings, MOST_GUESSED_ROWS, outputRows, poolTokensOf } from './settings.ts';
import { TokenBatch } from './token-batch.ts';

/** `enum ggml_type`. */
const GGML_TYPES = { f16: 1, q8_0: 8 } as const satisfies Record<LlamaCppSettings['kvType'], number>;

/** The threads that compute. */
export interface ThreadChoice {
  /** For steps of one token. */
  readonly threads: number;
  /** For all other steps. */
  readonly batchThreads: number;
  /** 0: threads sleep between steps; 100: they spin. */
  readonly poll: number;
}

/** How a step over the batch went. */
export type DecodeResult = 'ok' | 'no-room' | 'failed';

/**
 * A llama.cpp context: the cache of keys and values of all sequences, and one batch whose arrays
 * llama.cpp reads in place. `decode` blocks the thread. The caller frees it before its model.
 */
export class LlamaContext {
  readonly pointer: Pointer;
  /** Most tokens of one step. */
  readonly capacity: number;
  readonly #llama: Llama;
  readonly #memory: Pointer;
  readonly #unified: boolean;
  readonly #vocabSize: number;
  readonly #batch: TokenBatch;
  readonly #logits = new Map<Pointer, Float32Array>();
  readonly #threadPools: ThreadPools | null;
  /** Tokens for which each sequence has a buffer. */
  readonly #sequenceTokens: number;
  #threadPool: Pointer | null = null;
  #tokenBytes = 0;

  constructor(model: LlamaModel, settings: LlamaCppSettings, threads: number) {
    const native = loadNative();
    const { llama } = native;
    this.#llama = llama;
    this.#threadPools = native.threadPools;
    this.#vocabSize = model.vocabSize;
    this.capacity = settings.batchTokens + settings.maxSequences + MOST_GUESSED_ROWS;
    this.#sequenceTokens = settings.kvUnified ? Infinity : settings.maxSequenceTokens;
    native.log.takeErrors();
    const pointer = llama.initContext(model.pointer, {
      ...llama.contextDefaultParams(),
      n_ctx: poolTokensOf(settings),
      n_batch: this.capacity,
      n_ubatch: this.capacity,
      n_seq_max: settings.maxSequences,
      // Rows of logits for each sequence and for guesses; the default, one for each batch token, costs hundreds of megabytes.
      n_outputs_max: outputRows(settings),
      // A sequence whose guesses are checked asks for several rows at once.
      n_outputs_max_per_seq: 1 + MOST_GUESSED_ROWS,
      n_threads: threads,
      n_threads_batch: threads,
      type_k: GGML_TYPES[settings.kvType],
      type_v: GGML_TYPES[settings.kvType],
      kv_unified: settings.kvUnified,
    });
    if (pointer === null) throw loadError('the cache of its sequences', native);
    this.pointer = pointer;
    this.#memory = llama.memory(pointer);
    this.#unified = settings.kvUnified;
    this.#batch = new TokenBatch(this.capacity);
  }

  /** Evaluates a few tokens and forgets them, so that the first request finds weights and buffers in memory. */
  warmUp(): void {
    this.begin();
    this.add(0, 0, 0, true);
    this.decode();
    const one = this.stateBytes(0);
    this.begin();
    this.add(0, 1, 0, true);
    this.decode();
    this.#tokenBytes = this.stateBytes(0) - one;
    this.clear();
  }

  /** Computes with these threads from now on. */
  useThreads({ threads, batchThreads, poll }: ThreadChoice): void {
    this.#dropThreadPool();
    this.#llama.setThreads(this.pointer, threads, batchThreads);
    const most = Math.max(threads, batchThreads);
    if (most === 1 || this.#threadPools === null) return;
    this.#threadPool = this.#threadPools.make(most, poll);
    this.#llama.attachThreadPool(this.pointer, this.#threadPool, this.#threadPool);
  }

  /** Empties the batch. */
  begin(): void {
    this.#batch.struct.n_tokens = 0;
  }

  /** Adds a token at a position of a sequence and returns its index in the batch, by which its logits are read. */
  add(token: number, position: number, sequence: number, wantsLogits: boolean): number {
    const index = this.#batch.struct.n_tokens;
    if (index >= this.capacity) throw new Error('the batch is full');
    this.#batch.token[index] = token;
    this.#batch.position[index] = position;
    this.#batch.sequence[index] = sequence;
    this.#batch.output[index] = wantsLogits ? 1 : 0;
    this.#batch.struct.n_tokens = index + 1;
    return index;
  }

  /** Evaluates the batch; after `failed` the cache must be cleared. */
  decode(): DecodeResult {
    const result = this.#llama.decode(this.pointer, this.#batch.struct);
    return result === 0 ? 'ok' : result === 1 ? 'no-room' : 'failed';
  }

  /** The logits of a batch token that wanted them: llama.cpp's own memory, writable, valid until the next `decode`. */
  logits(index: number): Float32Array {
    const row = this.#llama.logitsOf(this.pointer, index);
    if (row === null) throw new Error(`the batch token ${index} has no logits`);
    let view = this.#logits.get(row);
    if (view === undefined) {
      view = new Float32Array(koffi.view(row, this.#vocabSize * 4));
      this.#logits.set(row, view);
    }
    return view;
  }

  /** Forgets a sequence's tokens from a position on; false when the model can't cut there. */
  cut(sequence: number, from: number): boolean {
    return this.#llama.sequenceRemove(this.#memory, sequence, from, -1);
  }

  /** Lets an empty sequence begin with the first tokens of another one, without computing them again. */
  copyPrefix(source: number, target: number, tokens: number): void {
    if (this.#unified) {
      this.#llama.sequenceCopy(this.#memory, source, target, 0, tokens);
      return;
    }
    // Between buffers of their own llama.cpp copies whole buffers, however few tokens they hold; a state is copied twice.
    if (
      2 * this.stateBytes(source) < this.#tokenBytes * this.#sequenceTokens &&
      this.restore(target, this.save(source))
    ) {
      this.cut(target, tokens);
      return;
    }
    this.#llama.sequenceCopy(this.#memory, source, target, -1, -1);
    this.#llama.sequenceRemove(this.#memory, target, tokens, -1);
  }

  /** Bytes of a sequence's state. */
  stateBytes(sequence: number): number {
    return this.#llama.stateBytes(this.pointer, sequence);
  }

  /** A copy of a sequence's state; empty when llama.cpp can't give it. */
  save(sequence: number): Uint8Array {
    const bytes = this.stateBytes(sequence);
    const state = new Uint8Array(new ArrayBuffer(bytes));
    const written = this.#llama.stateGet(this.pointer, state, bytes, sequence);
    return written === bytes ? state : state.subarray(0, 0);
  }

  /** Puts a state into a sequence instead of what it holds; false when llama.cpp does not take it. */
  restore(sequence: number, state: Uint8Array): boolean {
    this.cut(sequence, 0);
    return this.#llama.stateSet(this.pointer, state, state.length, sequence) > 0;
  }

  /** Forgets all sequences. */
  clear(): void {
    this.#llama.memoryClear(this.#memory, false);
  }

  free(): void {
    this.#logits.clear();
    this.#dropThreadPool();
    this.#llama.freeContext(this.pointer);
  }

  #dropThreadPool(): void {
    if (this.#threadPool === null) return;
    this.#llama.detachThreadPool(this.pointer);
    this.#threadPools?.free(this.#threadPool);
    this.#threadPool = null;
  }
}
