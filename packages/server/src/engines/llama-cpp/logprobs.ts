/** What the model thought at one place, in tokens. */
export interface TokenChances {
  /** Natural logarithm of the chosen token's probability. */
  readonly logprob: number;
  /** The likeliest tokens, best first. */
  readonly top: readonly { readonly token: number; readonly logprob: number }[];
}

/** The model's own view of a place, taken before anything changes the logits. */
export class LogitReading {
  readonly #logits: Float32Array;
  readonly #normaliser: number;
  readonly #top: readonly number[];

  /** Copies the logits. `top`: how many of the likeliest tokens to name. */
  constructor(logits: Float32Array, top: number) {
    this.#logits = logits.slice();
    this.#top = likeliest(this.#logits, top);
    this.#normaliser = logSumExp(this.#logits);
  }

  /** The chances as seen from the token that was chosen in the end. */
  of(token: number): TokenChances {
    return {
      logprob: this.#logprob(token),
      top: this.#top.map((other) => ({ token: other, logprob: this.#logprob(other) })),
    };
  }

  #logprob(token: number): number {
    return (this.#logits[token] ?? -Infinity) - this.#normaliser;
  }
}

/** What lies so far below the largest logit adds nothing that a double could hold. */
const NEGLIGIBLE = 45;

/** Logarithm of the sum of all exponentials, without overflow. */
function logSumExp(values: Float32Array): number {
  let most = -Infinity;
  for (let index = 0; index < values.length; index++)
    if ((values[index] as number) > most) most = values[index] as number;
  const least = most - NEGLIGIBLE;
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value > least) sum += Math.exp(value - most);
  }
  return most + Math.log(sum);
}

/** The indices of the largest values, largest first; of equal ones the first. */
function likeliest(values: Float32Array, count: number): readonly number[] {
  const best: number[] = [];
  if (count <= 0) return best;
  let least = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (best.length === count && !(value > least)) continue;
    let at = best.length;
    while (at > 0 && (values[best[at - 1] as number] as number) < value) at--;
    best.splice(at, 0, index);
    if (best.length > count) best.pop();
    least = best.length < count ? -Infinity : (values[best.at(-1) as number] as number);
  }
  return best;
}
