import { EmbedContext, type EmbedContextOptions } from './embed-context.ts';
import type { EmbedModel } from './embed-model.ts';
import type { Window } from './embed-queue.ts';

/** Up to so many tokens plain attention is faster than a tile of the other; measured with E5 small: 9 ms for 16 tokens, 28 ms for 48, as for a tile. */
const SHORT_STEP_TOKENS = 48;

/** Evaluates short steps, such as a single question, in a context of their own, because another way of computing suits them. The caller frees it before its model. */
export class EmbedSteps {
  readonly #short: EmbedContext;
  readonly #long: EmbedContext;

  constructor(model: EmbedModel, options: Omit<EmbedContextOptions, 'flash'>) {
    const tokens = Math.min(SHORT_STEP_TOKENS, options.tokens);
    this.#short = new EmbedContext(model, { ...options, tokens, flash: false });
    try {
      this.#long = new EmbedContext(model, { ...options, flash: true });
    } catch (error) {
      this.#short.free();
      throw error;
    }
  }

  /** Lets every buffer grow to its final size. */
  warmUp(): void {
    this.#short.warmUp();
    this.#long.warmUp();
  }

  /** The mean vector of each window, in llama.cpp's own memory: valid until the next call. Blocks. Throws where they don't fit or it fails. */
  evaluate(windows: readonly Window[]): readonly Float32Array[] {
    const tokens = windows.reduce((sum, window) => sum + window.tokens.length, 0);
    return (tokens <= SHORT_STEP_TOKENS ? this.#short : this.#long).evaluate(windows);
  }

  free(): void {
    this.#short.free();
    this.#long.free();
  }
}
