import { randomInt } from 'node:crypto';
import type { Sampling } from '../engine.ts';
import { loadNative, type Llama } from './native.ts';
import type { LlamaContext } from './context.ts';
import type { Pointer } from './native-structs.ts';
import type { TokenChooser } from './job.ts';

/** `LLAMA_DEFAULT_SEED`, which means a random one; real seeds stay below it. */
const SEED_LIMIT = 0xffff_ffff;

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

/** The index of the largest value, the first of equals. */
export function largest(values: Float32Array): number {
  let best = 0;
  let bestValue = values[0] ?? -Infinity;
  let index = 0;
  const at = (place: number): number => values[place] as number;
  // Four comparisons at a time take half as long; a larger one is rare.
  for (; index + 4 <= values.length; index += 4) {
    if (at(index) > bestValue || at(index + 1) > bestValue || at(index + 2) > bestValue || at(index + 3) > bestValue) {
      for (let place = index; place < index + 4; place++) {
        if (at(place) > bestValue) {
          bestValue = at(place);
          best = place;
        }
      }
    }
  }
  for (; index < values.length; index++) {
    if (at(index) > bestValue) {
      bestValue = at(index);
      best = index;
    }
  }
  return best;
}

/** Maps any seed to one that llama.cpp takes; null draws one. */
export function samplerSeed(seed: number | null): number {
  return seed === null ? randomInt(SEED_LIMIT) : Math.abs(Math.trunc(seed)) % SEED_LIMIT;
}

/**
 * Chooses one request's tokens. Its random numbers are its own, so the batch it runs in does not change them. Penalties
 * are applied here, on the few tokens they concern; the rest is llama.cpp's sampler chain, in the order of vLLM and
 * transformers (temperature before top-p). The caller frees it.
 */
export class TokenSampler implements TokenChooser {
  readonly #llama: Llama;
  readonly #context: LlamaContext;
  readonly #chain: Pointer | null;
  readonly #penalties: TokenPenalties | null;

  constructor(context: LlamaContext, sampling: Sampling, prompt: Int32Array, repeatWindow: number) {
    const { llama } = loadNative();
    this.#llama = llama;
    this.#context = context;
    const penalised = sampling.frequencyPenalty !== 0 || sampling.presencePenalty !== 0 || sampling.repeatPenalty !== 1;
    this.#penalties = penalised ? new TokenPenalties(sampling, prompt, repeatWindow) : null;
    this.#chain = sampling.temperature === 0 ? null : makeChain(llama, sampling);
  }

  /** Chooses from the logits of a batch token and remembers the choice. */
  next(batchIndex: number): number {
    const token = this.#choose(batchIndex);
    this.#penalties?.accept(token);
    return token;
  }

  free(): void {
    if (this.#chain !== null) this.#llama.freeSampler(this.#chain);
  }

  #choose(batchIndex: number): number {
    const chain = this.#chain;
    if (chain !== null && this.#penalties === null) return this.#llama.sample(chain, this.#context.pointer, batchIndex);
    const logits = this.#context.logits(batchIndex);
    this.#penalties?.apply(logits);
    return chain === null ? largest(logits) : this.#llama.sample(chain, this.#context.pointer, batchIndex);
  }
}

function makeChain(llama: Llama, sampling: Sampling): Pointer {
  const chain = llama.chainInit({ no_perf: true });
  if (sampling.topK > 0) llama.chainAdd(chain, llama.topK(sampling.topK));
  llama.chainAdd(chain, llama.temperature(sampling.temperature));
  if (sampling.topP < 1) llama.chainAdd(chain, llama.topP(sampling.topP, 1));
  if (sampling.minP > 0) llama.chainAdd(chain, llama.minP(sampling.minP, 1));
  llama.chainAdd(chain, llama.distribution(samplerSeed(sampling.seed)));
  return chain;
}
