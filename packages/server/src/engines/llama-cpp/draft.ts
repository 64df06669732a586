/** So many tokens are looked up; those before them show how far the two places really agree. */
const KEY = 4;
/** How far two places must agree before what followed the one is guessed at the other. */
const LEAST_AGREEMENT = 6;
const MOST_AGREEMENT = 32;
/** Only so many tokens are guessed at once, each number with a price of its own: with the one before them, 16 rows suit kernels best. */
export const GUESS_LENGTHS: readonly number[] = [1, 3, 7, 11, 15];
/** The longest guess. */
export const MOST_GUESS = Math.max(...GUESS_LENGTHS);
/** A wrong guess weighs like so many right tokens would have to. */
const WRONG_WEIGHT = 4;
/** What was right or wrong counts less with each guess that fails, and right tokens count no further than this. */
const MEMORY = 0.9;
const MOST_RIGHT = 40;
const MOST_TRUST = 0.985;
/** Guesses must bring so much more than they are known to cost. */
const MARGIN = 1.15;

/** What checking so many guessed tokens costs at once, in steps without guesses. */
type DraftPrice = (tokens: number) => number;

/**
 * Guesses how an answer goes on from what prompt and answer said before (prompt lookup): answers that quote, edit or
 * translate often repeat stretches. Guesses are checked by the model in one step. How likely the next token is right
 * follows from how many tokens agreed so far (Laplace's rule of succession), here and in this request's guesses before;
 * only where that brings more than the measured price is anything guessed.
 */
export class PromptLookup {
  readonly #tokens: readonly number[];
  /** Where the tokens after each key begin. */
  readonly #places = new Map<string, number>();
  #indexed = 0;
  #right = 0;
  #wrong = 0;

  /** `tokens` is the request's own list, which grows while it is answered. */
  constructor(tokens: readonly number[]) {
    this.#tokens = tokens;
  }

  /** The guessed next tokens, at most `room`; none where nothing repeats or guessing does not pay. */
  guess(room: number, price: DraftPrice): readonly number[] {
    if (room < 1) return [];
    this.#index();
    const end = this.#tokens.length;
    const place = end < KEY ? undefined : this.#places.get(keyAt(this.#tokens, end - KEY));
    if (place === undefined) return [];
    const agreed = this.#agreementAt(place);
    if (agreed < LEAST_AGREEMENT) return [];
    const length = bestLength(this.#trust(agreed), Math.min(room, end - place), price);
    return this.#tokens.slice(place, place + length);
  }

  /** Tells how many of the guessed tokens were right. */
  learn(guessed: number, right: number): void {
    const failed = right < guessed;
    this.#right = Math.min(MOST_RIGHT, this.#right * (failed ? MEMORY : 1) + right);
    this.#wrong = this.#wrong * MEMORY + (failed ? 1 : 0);
  }

  /** How likely a guessed token is right when all before it were. */
  #trust(agreed: number): number {
    const right = agreed + this.#right;
    return Math.min(MOST_TRUST, (right + 1) / (right + 2 + WRONG_WEIGHT * this.#wrong));
  }

  /** How many tokens before a place are the same as the last ones. */
  #agreementAt(place: number): number {
    const end = this.#tokens.length;
    let agreed = 0;
    while (
      agreed < MOST_AGREEMENT &&
      agreed < place &&
      this.#tokens[place - 1 - agreed] === this.#tokens[end - 1 - agreed]
    )
      agreed++;
    return agreed;
  }

  /** Remembers where each key was last followed by something. */
  #index(): void {
    for (; this.#indexed < this.#tokens.length; this.#indexed++) {
      if (this.#indexed >= KEY) this.#places.set(keyAt(this.#tokens, this.#indexed - KEY), this.#indexed);
    }
  }
}

/** How many tokens to guess so that most steps are saved beyond the price; 0 where none are. */
function bestLength(trust: number, most: number, price: DraftPrice): number {
  let best = 0;
  let bestGain = 0;
  let expected = 0;
  let chance = 1;
  const longest = Math.min(most, MOST_GUESS);
  for (let length = 1; length <= longest; length++) {
    chance *= trust;
    expected += chance;
    if (length < longest && !GUESS_LENGTHS.includes(length)) continue;
    const gain = expected - price(length) * MARGIN;
    if (gain > bestGain) {
      bestGain = gain;
      best = length;
    }
  }
  return best;
}

function keyAt(tokens: readonly number[], from: number): string {
  return tokens.slice(from, from + KEY).join(',');
}
