/** So many tokens are looked up; those before them show how far the two places really agree. */
const KEY = 4;
/** How far two places must agree at first, at least and at most, before what followed the one is guessed at the other. */
const FIRST_AGREEMENT = 6;
const LEAST_AGREEMENT = 4;
const MOST_AGREEMENT = 24;
const LEAST_GUESS = 2;
const MOST_GUESS = 12;
/** What a first guess is trusted with, and how much it must be better than its price to be tried again after a pause. */
const FIRST_TRUST = 0.8;
const TRIAL = 1.02;
/** How much the last guess weighs. */
const WEIGHT = 0.3;
/** Steps without guesses after they did not pay, doubled each time up to the second number. */
const FIRST_PAUSE = 8;
const LONGEST_PAUSE = 128;

/**
 * Guesses how an answer goes on from what prompt and answer said before (prompt lookup): answers that quote, edit or
 * translate often repeat stretches. Guesses are checked by the model in one step; a request whose guesses don't pay at the
 * measured price of checking them stops guessing for a while.
 */
export class PromptLookup {
  readonly #tokens: readonly number[];
  /** Where the tokens after each key begin. */
  readonly #places = new Map<string, number>();
  #agreement = FIRST_AGREEMENT;
  #indexed = 0;
  #length = 4;
  /** Share of guessed tokens that were right. */
  #rightness = FIRST_TRUST;
  #pause = FIRST_PAUSE;
  #pausedSteps = 0;

  /** `tokens` is the request's own list, which grows while it is answered. */
  constructor(tokens: readonly number[]) {
    this.#tokens = tokens;
  }

  /**
   * The guessed next tokens, at most `room`; none where nothing repeats or guessing does not pay: `price` is what
   * checking one costs, as a share of a step without guesses.
   */
  guess(room: number, price: number): readonly number[] {
    if (this.#pausedSteps > 0) {
      this.#pausedSteps--;
      return [];
    }
    this.#index();
    if (this.#rightness < price) {
      this.#rest(price);
      return [];
    }
    const length = Math.min(room, this.#length);
    if (length < 1) return [];
    const end = this.#tokens.length;
    const place = end < KEY ? undefined : this.#places.get(keyAt(this.#tokens, end - KEY));
    if (place === undefined || this.#agreementAt(place) < this.#agreement) return [];
    const guessed = this.#tokens.slice(place, Math.min(place + length, end));
    return guessed.length >= Math.min(LEAST_GUESS, length) ? guessed : [];
  }

  /** Tells how many of the guessed tokens were right. */
  learn(guessed: number, right: number): void {
    this.#rightness += WEIGHT * (right / guessed - this.#rightness);
    // Chance repeats fail where real quotes go on: then the places must agree over more tokens.
    this.#agreement =
      right === 0
        ? Math.min(MOST_AGREEMENT, this.#agreement * 2)
        : Math.max(LEAST_AGREEMENT, this.#agreement - (right === guessed ? 1 : 0));
    if (right === guessed) {
      this.#length = Math.min(MOST_GUESS, this.#length * 2);
      this.#pause = FIRST_PAUSE;
    } else {
      this.#length = Math.max(LEAST_GUESS, right + 1);
    }
  }

  /** Stops for a while; then one guess shows whether it pays again. */
  #rest(price: number): void {
    this.#pausedSteps = this.#pause;
    this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
    this.#rightness = Math.min(1, price * TRIAL);
    this.#length = LEAST_GUESS;
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

function keyAt(tokens: readonly number[], from: number): string {
  return tokens.slice(from, from + KEY).join(',');
}
