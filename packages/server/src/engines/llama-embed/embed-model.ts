import { Buffer } from 'node:buffer';
import { GatewayError } from '../../shared/errors.ts';
import { loadError } from '../llama-cpp/model.ts';
import { loadNative, type Llama } from '../llama-cpp/native.ts';
import type { Pointer } from '../llama-cpp/native-structs.ts';

/** `LLAMA_LOAD_MODE_NONE`: weights that llama.cpp rearranges for the CPU would be held twice if the file were mapped. */
const LOAD_BY_READING = 0;

/** Weights and vocabulary of an encoder. The caller frees it, after every context made from it. */
export class EmbedModel {
  readonly pointer: Pointer;
  /** Most tokens of one window: there are no weights for a place behind it, and llama.cpp ends the process there. */
  readonly trainedTokens: number;
  readonly dimensions: number;
  readonly vocabSize: number;
  readonly begin: number;
  readonly end: number;
  readonly #llama: Llama;
  readonly #vocab: Pointer;
  #tokenBuffer = new Int32Array(8192);

  private constructor(llama: Llama, pointer: Pointer) {
    this.#llama = llama;
    this.pointer = pointer;
    this.#vocab = llama.vocab(pointer);
    this.trainedTokens = llama.trainedContext(pointer);
    this.dimensions = llama.embeddingSize(pointer);
    this.vocabSize = llama.vocabSize(this.#vocab);
    this.begin = llama.beginToken(this.#vocab);
    this.end = llama.endToken(this.#vocab);
  }

  /** Loads a GGUF file into memory. Throws `model_failed` or `out_of_memory`. */
  static load(path: string): EmbedModel {
    const native = loadNative();
    native.log.takeErrors();
    const params = { ...native.llama.modelDefaultParams(), n_gpu_layers: 0, load_mode: LOAD_BY_READING };
    const pointer = native.llama.loadModel(path, params);
    if (pointer === null) throw loadError('the weights', native);
    return new EmbedModel(native.llama, pointer);
  }

  /** Tokens of a text, without begin and end. What looks like a control token is text. */
  tokenize(text: string): Int32Array {
    // The vocabulary was learned on composed characters.
    const bytes = Buffer.from(text.normalize('NFC'), 'utf8');
    for (;;) {
      const room = this.#tokenBuffer;
      const count = this.#llama.tokenize(this.#vocab, bytes, bytes.length, room, room.length, false, false);
      if (count >= 0) return room.slice(0, count);
      if (-count <= room.length) throw new GatewayError('invalid_request', 'the input has more text than can be read');
      this.#tokenBuffer = new Int32Array(-count);
    }
  }

  free(): void {
    this.#llama.freeModel(this.pointer);
  }
}
