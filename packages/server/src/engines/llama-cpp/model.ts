import { Buffer } from 'node:buffer';
import { GatewayError } from '../../shared/errors.ts';
import { ChatTemplate, type PromptPiece } from './chat-template.ts';
import { loadNative, type Llama, type Native } from './native.ts';
import type { Pointer } from './native-structs.ts';

/** `LLAMA_TOKEN_ATTR_UNKNOWN | LLAMA_TOKEN_ATTR_CONTROL`: what llama.cpp finds in text only when asked to. */
const HIDDEN_ATTRIBUTES = 1 | 8;
const NO_TOKEN = -1;
/** `LLAMA_LOAD_MODE_NONE` and `LLAMA_LOAD_MODE_AUTO`. */
const LOAD_BY_READING = 0;
const LOAD_AUTOMATICALLY = -1;

export interface ModelOptions {
  readonly path: string;
  readonly gpuLayers: number;
  /** Load a build of llama.cpp that can use the GPUs it sees. */
  readonly gpu: boolean;
  /** Let llama.cpp rearrange weights for the CPU. */
  readonly rearrange: boolean;
  /** Map the file instead of reading it. */
  readonly mmap: boolean;
  /** Used instead of the template in the weights. */
  readonly chatTemplate: string | null;
}

/** The error of a load that failed; llama.cpp's own words, which name paths, are kept for the log. */
export function loadError(what: string, native: Native): GatewayError {
  const words = native.log.takeErrors().join('\n');
  const cause = new Error(words || 'llama.cpp gave no reason');
  return /alloc|out of memory|not enough|vk_out_of|cudamalloc/i.test(words)
    ? new GatewayError(
        'out_of_memory',
        `there is not enough memory for ${what}; unload other models or set fewer poolTokens`,
        { cause },
      )
    : new GatewayError('model_failed', `llama.cpp could not load ${what}; the server's log says why`, { cause });
}

/** Weights, vocabulary and chat template of a GGUF file. The caller frees it, after every context made from it. */
export class LlamaModel {
  readonly pointer: Pointer;
  readonly vocabSize: number;
  readonly trainedTokens: number;
  /** Whether a prefix of a sequence can be cut off or shared; recurrent models keep one state for all of it. */
  readonly keepsPrefixes: boolean;
  readonly template: ChatTemplate;
  readonly #llama: Llama;
  readonly #vocab: Pointer;
  readonly #begin: number;
  readonly #beginText: string;
  readonly #pieces: (Uint8Array | undefined)[] = [];
  #pieceBuffer = Buffer.alloc(256);
  #tokenBuffer = new Int32Array(8192);

  private constructor(native: Native, pointer: Pointer, options: ModelOptions) {
    const { llama } = native;
    this.#llama = llama;
    this.pointer = pointer;
    this.#vocab = llama.vocab(pointer);
    this.vocabSize = llama.vocabSize(this.#vocab);
    this.trainedTokens = llama.trainedContext(pointer);
    this.keepsPrefixes = !llama.isRecurrent(pointer) && !llama.isHybrid(pointer);
    this.#begin = llama.addsBegin(this.#vocab) ? llama.beginToken(this.#vocab) : NO_TOKEN;
    this.#beginText = this.#textOf(llama.beginToken(this.#vocab));
    const source = options.chatTemplate ?? llama.chatTemplate(pointer, null);
    if (source === null) {
      throw new GatewayError(
        'model_failed',
        "these weights carry no chat template; set chatTemplate in the model's settings",
      );
    }
    this.template = new ChatTemplate({
      source,
      controlTexts: this.#controlTexts(),
      beginText: this.#beginText,
      endText: this.#textOf(llama.endToken(this.#vocab)),
    });
  }

  /** Loads the file into memory. Throws `model_failed` or `out_of_memory`. */
  static load(options: ModelOptions): LlamaModel {
    const native = loadNative(options.gpu);
    native.log.takeErrors();
    const params = {
      ...native.llama.modelDefaultParams(),
      n_gpu_layers: options.gpuLayers,
      use_extra_bufts: options.rearrange,
      load_mode: options.mmap ? LOAD_AUTOMATICALLY : LOAD_BY_READING,
    };
    const pointer = native.llama.loadModel(options.path, params);
    if (pointer === null) throw loadError('the weights', native);
    try {
      return new LlamaModel(native, pointer, options);
    } catch (error) {
      native.llama.freeModel(pointer);
      throw error;
    }
  }

  /** Token ids of a rendered prompt, with the begin token that the vocabulary wants in front. */
  tokenizePrompt(pieces: readonly PromptPiece[]): Int32Array {
    const parts = pieces.map((piece) => this.#tokenize(piece.text, piece.kind === 'template'));
    const first = pieces[0];
    const begins = first?.kind === 'template' && this.#beginText !== '' && first.text.startsWith(this.#beginText);
    const lead = this.#begin !== NO_TOKEN && !begins ? 1 : 0;
    const tokens = new Int32Array(parts.reduce((sum, part) => sum + part.length, lead));
    if (lead === 1) tokens[0] = this.#begin;
    let at = lead;
    for (const part of parts) {
      tokens.set(part, at);
      at += part.length;
    }
    return tokens;
  }

  /** The bytes a token stands for in an answer; none for control tokens. The array is shared: don't write to it. */
  pieceOf(token: number): Uint8Array {
    return (this.#pieces[token] ??= this.#readPiece(token));
  }

  /** Whether the model ends its answer with this token. */
  endsAnswer(token: number): boolean {
    return this.#llama.isEndOfGeneration(this.#vocab, token);
  }

  free(): void {
    this.#llama.freeModel(this.pointer);
  }

  #tokenize(text: string, parseSpecial: boolean): Int32Array {
    const bytes = Buffer.from(text, 'utf8');
    for (;;) {
      const room = this.#tokenBuffer;
      const count = this.#llama.tokenize(this.#vocab, bytes, bytes.length, room, room.length, false, parseSpecial);
      if (count >= 0) return room.slice(0, count);
      this.#tokenBuffer = new Int32Array(-count);
    }
  }

  #readPiece(token: number): Uint8Array {
    for (;;) {
      const room = this.#pieceBuffer;
      const count = this.#llama.tokenToPiece(this.#vocab, token, room, room.length, 0, false);
      if (count >= 0) return Uint8Array.from(room.subarray(0, count));
      this.#pieceBuffer = Buffer.alloc(-count);
    }
  }

  #textOf(token: number): string {
    return token === NO_TOKEN ? '' : this.#llama.vocabText(this.#vocab, token);
  }

  #controlTexts(): string[] {
    const texts: string[] = [];
    for (let token = 0; token < this.vocabSize; token++) {
      if ((this.#llama.vocabAttributes(this.#vocab, token) & HIDDEN_ATTRIBUTES) !== 0) texts.push(this.#textOf(token));
    }
    return texts;
  }
}
