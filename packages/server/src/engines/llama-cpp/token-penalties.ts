import type { Sampling } from '../engine.ts';

type Penalties = Pick<Sampling, 'frequencyPenalty' | 'presencePenalty' | 'repeatPenalty'>;

/** How often each token occurred, for the penalties that look back. */
export class TokenPenalties {
  readonly #sampling: Penalties;
  readonly #written = new Map<number, number>();
  readonly #recent: number[];
  readonly #window: number;

  /** `prompt` and `window` matter to `repeatPenalty` only: the other two count what the answer itself wrote. */
  constructor(sampling: Penalties, prompt: Int32Array, window: number) {
    this.#sampling = sampling;
    this.#window = sampling.repeatPenalty === 1 ? 0 : window;
    this.#recent = this.#window === 0 ? [] : Array.from(prompt.subarray(-this.#window));
  }

  /** Changes the logits in place, as vLLM and llama.cpp do. */
  apply(logits: Float32Array): void {
    for (const token of new Set(this.#recent)) {
      const logit = logits[token] ?? 0;
      logits[token] = logit > 0 ? logit / this.#sampling.repeatPenalty : logit * this.#sampling.repeatPenalty;
    }
    const { frequencyPenalty, presencePenalty } = this.#sampling;
    if (frequencyPenalty === 0 && presencePenalty === 0) return;
    for (const [token, count] of this.#written) {
      logits[token] = (logits[token] ?? 0) - count * frequencyPenalty - presencePenalty;
    }
  }

  accept(token: number): void {
    this.#written.set(token, (this.#written.get(token) ?? 0) + 1);
    if (this.#window === 0) return;
    this.#recent.push(token);
    if (this.#recent.length > this.#window) this.#recent.shift();
  }
}
