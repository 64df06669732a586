import { Buffer } from 'node:buffer';
import { GatewayError } from '../../shared/errors.ts';
import { ChatTemplate, type PromptPiece } from './chat-template.ts';
import { loadNative, type Llama, type Native } from './native.ts';
import type { Pointer } from './native-structs.ts';
import { MEANINGFUL_TAGS } from './tools/hermes.ts';

/** `LLAMA_TOKEN_ATTR_UNKNOWN | LLAMA_TOKEN_ATTR_CONTROL`: what llama.cpp finds in text only when asked to. */
const HIDDEN_ATTRIBUTES = 1 | 8;
/** `LLAMA_TOKEN_ATTR_USER_DEFINED`: what llama.cpp finds in any text. */
const FOUND_ATTRIBUTE = 16;
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
  /** Who states functions: the template where it knows how, which is the default, or our own words. */
  readonly toolPrompt?: 'template' | 'words';
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
  readonly #documentStart: number;
  readonly #gapTokens: readonly [prefix: number, suffix: number, middle: number];
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
    const begin = llama.beginToken(this.#vocab);
    this.#documentStart = begin === NO_TOKEN ? llama.endToken(this.#vocab) : begin;
    this.#gapTokens = [llama.gapPrefix(this.#vocab), llama.gapSuffix(this.#vocab), llama.gapMiddle(this.#vocab)];
    const source = options.chatTemplate ?? llama.chatTemplate(pointer, null);
    if (source === null) {
      throw new GatewayError(
        'model_failed',
        "these weights carry no chat template; set chatTemplate in the model's settings",
      );
    }
    const { control, tags } = this.#guardedTexts();
    this.template = new ChatTemplate({
      source,
      controlTexts: control,
      tagTexts: tags,
      toolPrompt: options.toolPrompt ?? 'template',
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
    const parts = pieces.flatMap(({ kind, text }) => {
      // A tag that is a token of its own is found in any text: only apart is it words.
      const words = kind === 'plain' && MEANINGFUL_TAGS.includes(text) ? [text.slice(0, 1), text.slice(1)] : [text];
      return words.map((part) => this.#tokenize(part, kind === 'template'));
    });
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

  /**
   * Token ids of a prompt that is continued as it is. In text no control token is recognised, and the begin token that the vocabulary
   * wants stands in front; numbers are taken as they are. Throws `invalid_request` for numbers that are no token.
   */
  rawPrompt(prompt: string | readonly number[]): Int32Array {
    const wrong = typeof prompt === 'string' ? undefined : prompt.find((token) => !this.hasToken(token));
    if (wrong !== undefined) {
      throw new GatewayError(
        'invalid_request',
        `prompt holds ${wrong}, which is no token of this model; they go from 0 to ${this.vocabSize - 1}`,
        { param: 'prompt' },
      );
    }
    const tokens =
      typeof prompt === 'string' ? this.tokenizePrompt([{ kind: 'plain', text: prompt }]) : Int32Array.from(prompt);
    // Nothing to continue: the model begins as it would begin a document.
    return tokens.length > 0 ? tokens : Int32Array.of(this.#documentStart);
  }

  /**
   * Token ids of a text with a gap that the model is to fill: what stands before and behind it, between the vocabulary's own tokens for
   * that, in the order that models with three of them were trained on. Throws `unsupported_value` where the vocabulary has none.
   */
  gapPrompt(before: string | readonly number[], behind: string): Int32Array {
    const [prefix, suffix, middle] = this.#gapTokens;
    if (prefix === NO_TOKEN || suffix === NO_TOKEN || middle === NO_TOKEN) {
      throw new GatewayError(
        'unsupported_value',
        'this model was not trained to fill gaps, so it takes no suffix; leave suffix out, or name a model for code',
        { param: 'suffix' },
      );
    }
    const known = typeof before === 'string' ? this.#tokenize(before, false) : this.rawPrompt(before);
    const lead = this.#begin === NO_TOKEN ? [] : [this.#begin];
    return Int32Array.from([...lead, prefix, ...known, suffix, ...this.#tokenize(behind, false), middle]);
  }

  /** Whether a number names a token. */
  hasToken(token: number): boolean {
    return Number.isInteger(token) && token >= 0 && token < this.vocabSize;
  }

  /** The bytes a token stands for in an answer; none for control tokens. The array is shared: don't write to it. */
  pieceOf(token: number): Uint8Array {
    return (this.#pieces[token] ??= this.readPiece(token));
  }

  /** What a token is called in the vocabulary, such as `<|im_end|>`. */
  nameOf(token: number): string {
    return this.#textOf(token);
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

  /** The same as `pieceOf`, without keeping it for the next time. */
  readPiece(token: number): Uint8Array {
    // In some vocabularies tags are control tokens, which have no bytes; but what they open and close must be seen.
    const name = this.#textOf(token);
    if (MEANINGFUL_TAGS.includes(name)) return Buffer.from(name);
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

  /** Texts that mean something as one token: control tokens, and tags that llama.cpp finds in any text. */
  #guardedTexts(): { readonly control: string[]; readonly tags: string[] } {
    const control: string[] = [];
    const tags: string[] = [];
    for (let token = 0; token < this.vocabSize; token++) {
      const attributes = this.#llama.vocabAttributes(this.#vocab, token);
      if ((attributes & (HIDDEN_ATTRIBUTES | FOUND_ATTRIBUTE)) === 0) continue;
      const text = this.#textOf(token);
      if ((attributes & HIDDEN_ATTRIBUTES) !== 0) control.push(text);
      else if (MEANINGFUL_TAGS.includes(text)) tags.push(text);
    }
    return { control, tags };
  }
}
