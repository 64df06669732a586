import { randomInt } from 'node:crypto';
import type { Sampling } from '../engine.ts';
import { loadNative, type Llama } from './native.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { LlamaContext } from './context.ts';
import type { AnswerGuide } from './grammar/answer-guide.ts';
import type { AllowedTokens } from './grammar/token-trie.ts';
import type { AnswerStage, TokenChooser } from './job.ts';
import { LogitReading, type TokenChances } from './logprobs.ts';
import type { Pointer } from './native-structs.ts';
import { TokenPenalties } from './token-penalties.ts';

/** `LLAMA_DEFAULT_SEED`, which means a random one; real seeds stay below it. */
const SEED_LIMIT = 0xffff_ffff;
/** OpenAI's value that rules a token out. */
const FORBIDDING_BIAS = -100;
/** Tokens that a grammar may refuse one by one, before its trigger text is complete. */
const MOST_TRIES = 256;

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

export interface TokenSamplerOptions {
  readonly context: LlamaContext;
  readonly sampling: Sampling;
  readonly prompt: Int32Array;
  /** Last tokens of prompt and answer that the repeat penalty looks at. */
  readonly repeatWindow: number;
  /** Holds the answer to a grammar; null: free text. */
  readonly guide: AnswerGuide | null;
  /** How many alternatives to report with each token; null: nothing is reported. */
  readonly logprobs: number | null;
}

/**
 * Chooses one request's tokens. Its random numbers are its own, so the batch it runs in does not change them. Penalties
 * are applied here, on the few tokens they concern; the rest is llama.cpp's sampler chain, in the order of vLLM and
 * transformers (temperature before top-p). A grammar is asked about the chosen token only; where it refuses, all that it refuses is
 * taken away and another one is chosen. The caller frees it.
 */
export class TokenSampler implements TokenChooser {
  readonly #llama: Llama;
  readonly #context: LlamaContext;
  readonly #chain: Pointer | null;
  readonly #penalties: TokenPenalties | null;
  readonly #bias: readonly (readonly [token: number, bias: number])[];
  readonly #guide: AnswerGuide | null;
  readonly #logprobs: number | null;
  #chances: TokenChances | null = null;

  constructor({ context, sampling, prompt, repeatWindow, guide, logprobs }: TokenSamplerOptions) {
    const { llama } = loadNative();
    this.#llama = llama;
    this.#context = context;
    const penalised = sampling.frequencyPenalty !== 0 || sampling.presencePenalty !== 0 || sampling.repeatPenalty !== 1;
    this.#penalties = penalised ? new TokenPenalties(sampling, prompt, repeatWindow) : null;
    this.#bias = sampling.logitBias ?? [];
    this.#guide = guide;
    this.#logprobs = logprobs;
    this.#chain = sampling.temperature === 0 ? null : makeChain(llama, sampling);
  }

  get stage(): AnswerStage {
    return this.#guide?.stage ?? 'free';
  }

  get chances(): TokenChances | null {
    return this.#chances;
  }

  /** Chooses from the logits of a batch token and remembers the choice. */
  next(batchIndex: number): number {
    const reading = this.#logprobs === null ? null : new LogitReading(this.#context.logits(batchIndex), this.#logprobs);
    const token = this.#forced() ?? this.#choose(batchIndex);
    this.#penalties?.accept(token);
    this.#chances = reading?.of(token) ?? null;
    return token;
  }

  free(): void {
    if (this.#chain !== null) this.#llama.freeSampler(this.#chain);
  }

  #forced(): number | null {
    const token = this.#guide?.forced() ?? null;
    if (token !== null) this.#guide?.follow(token);
    return token;
  }

  #choose(batchIndex: number): number {
    if (this.#penalties !== null || this.#bias.length > 0) this.#adjust(this.#context.logits(batchIndex));
    const guide = this.#guide;
    let token = this.#pick(batchIndex);
    if (guide === null) return token;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const verdict = guide.accept(token);
      if (verdict === 'accepted') return token;
      if (verdict === 'ending') return this.#forced() ?? token;
      token = this.#pickAllowed(batchIndex, token, guide);
    }
    throw cannotWrite();
  }

  /** Chooses again, after the grammar refused a token. */
  #pickAllowed(batchIndex: number, refused: number, guide: AnswerGuide): number {
    const logits = this.#context.logits(batchIndex);
    const allowed = guide.allowed();
    if (allowed === null) {
      // Only where a token holds the trigger text and more: others hardly do.
      logits[refused] = -Infinity;
      return this.#pick(batchIndex);
    }
    if (allowed.kind === 'few' && allowed.tokens.length < 2) {
      const [only] = allowed.tokens;
      if (only === undefined) throw cannotWrite();
      return only;
    }
    keepOnly(logits, allowed);
    const token = this.#pick(batchIndex);
    // Where a bias forbids all that the grammar allows, nothing likely is left: the grammar holds.
    return (logits[token] ?? -Infinity) > -Infinity ? token : firstOf(allowed);
  }

  #adjust(logits: Float32Array): void {
    for (const [token, bias] of this.#bias) {
      logits[token] = bias <= FORBIDDING_BIAS ? -Infinity : (logits[token] ?? 0) + bias;
    }
    this.#penalties?.apply(logits);
  }

  #pick(batchIndex: number): number {
    return this.#chain === null
      ? largest(this.#context.logits(batchIndex))
      : this.#llama.sample(this.#chain, this.#context.pointer, batchIndex);
  }
}

/** Makes all other tokens impossible. */
function keepOnly(logits: Float32Array, allowed: AllowedTokens): void {
  if (allowed.kind === 'few') {
    const kept = Array.from(allowed.tokens, (token) => logits[token] ?? -Infinity);
    logits.fill(-Infinity);
    for (const [index, token] of allowed.tokens.entries()) logits[token] = kept[index] as number;
    return;
  }
  const { flags } = allowed;
  for (let token = 0; token < logits.length; token++) if (flags[token] !== 1) logits[token] = -Infinity;
}

function firstOf(allowed: AllowedTokens): number {
  const first = allowed.kind === 'few' ? allowed.tokens[0] : allowed.flags.indexOf(1);
  if (first === undefined || first < 0) throw cannotWrite();
  return first;
}

function cannotWrite(): GatewayError {
  return new GatewayError(
    'unsupported_value',
    "this model's vocabulary has no token for what the grammar wants next; allow other characters there",
    { param: 'grammar' },
  );
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
