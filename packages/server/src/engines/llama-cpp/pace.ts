import { GUESS_LENGTHS, MOST_GUESS } from './draft.ts';
import { TILE_TOKENS } from './plan-step.ts';

/** How much a new figure weighs against those before. */
const WEIGHT = 0.2;
/** More newcomers than this hold answers up no longer. */
const MOST_SHARES = 8;

/** Prompt tokens that are evaluated beside answers where a tile takes too long: parts of what kernels take at once, and multiples. */
const PIECES = [1, 2, 4, 8, 16, 32, 48];
/** Fewer tokens say little about what prompts take: kernels evaluate them for more each. */
const TELLING_TOKENS = 16;
/** What a piece took is measured again after so many steps. */
const PIECE_STEPS = 512;
/** A piece may take so much longer than allowed: the next smaller one has half as many tokens, or a quarter less. */
const TOLERANCE = 1.1;

/** Kernels evaluate many rows for less each than few: so many guessed tokens at most have a price of their own. */
const DRAFT_SIZES = [...GUESS_LENGTHS, Infinity];
/** Where nothing was measured yet, checking a guessed token is taken to cost at most so much of a step. */
const ASSUMED_DRAFT_PRICE = 0.7;
/** A price is measured again after so many steps: it may have been taken on a busy machine. */
const PRICE_STEPS = 4096;
/** Guesses are rare, so that the last one must count for more. */
const PRICE_WEIGHT = 0.5;

/** What one step held and took. */
export interface StepFigures {
  /** Answers that went on by one token. */
  readonly writers: number;
  readonly promptTokens: number;
  /** Rows of guessed tokens that were checked along with them. */
  readonly drafted: number;
  readonly ms: number;
}

/**
 * Knows from the steps so far how long answers and prompts take, and decides by it how many prompt tokens a step may
 * evaluate: the next tokens of answers come at most about `interruption` times as late as if nobody else had come. Several
 * newcomers get a share each, since they, too, wait for their first token.
 */
export class Pace {
  readonly #interruption: number | null;
  readonly #stepMs = new Map<number, number>();
  #promptTokenMs: number | null = null;
  /** By writers and size; shares of a step without guesses. */
  readonly #draftPrices = new Map<string, { price: number; readonly step: number }>();
  readonly #pieceMs = new Map<number, { readonly ms: number; readonly step: number }>();
  #steps = 0;

  /** `interruption` is at least 1; null never holds prompts back. */
  constructor(interruption: number | null) {
    this.#interruption = interruption;
  }

  /** Milliseconds of evaluating one prompt token; null before the first prompt. */
  get promptTokenMs(): number | null {
    return this.#promptTokenMs;
  }

  observe({ writers, promptTokens, drafted, ms }: StepFigures): void {
    this.#steps++;
    if (promptTokens === 0 && drafted === 0) {
      if (writers > 0) this.#stepMs.set(writers, mix(this.#stepMs.get(writers) ?? null, ms));
      return;
    }
    const alone = writers === 0 ? 0 : this.undisturbedMs(writers);
    if (alone === null) return;
    const extra = Math.max(0, ms - alone);
    if (drafted === 0) this.#learnPrompt(promptTokens, extra, writers === 0);
    else if (promptTokens === 0 && alone > 0)
      this.#learnPrice(draftKey(writers, sizeOf(drafted)), extra / drafted / alone);
  }

  /** Milliseconds of a step in which so many answers go on and nothing else happens; null before any such step. */
  undisturbedMs(writers: number): number | null {
    const known = this.#stepMs.get(writers);
    if (known !== undefined) return known;
    let nearest: number | null = null;
    for (const count of this.#stepMs.keys()) {
      if (nearest === null || Math.abs(count - writers) < Math.abs(nearest - writers)) nearest = count;
    }
    if (nearest === null) return null;
    // A further answer costs about half of what the first one does.
    return ((this.#stepMs.get(nearest) ?? 0) * (writers + 1)) / (nearest + 1);
  }

  /** Prompt tokens that may be evaluated before so many answers go on: any number of them, whole tiles, or a piece. */
  promptTokens(writers: number, newcomers: number): number {
    if (this.#interruption === null || writers === 0) return Infinity;
    const alone = this.undisturbedMs(writers);
    // Before anything is known, a prompt token is taken to cost what an answer's does.
    if (alone === null || this.#promptTokenMs === null || this.#promptTokenMs === 0) return Math.max(1, writers);
    const shares = Math.min(Math.max(1, newcomers), MOST_SHARES);
    const ms = alone * (this.#interruption - 1) * shares * TOLERANCE;
    const tiles = Math.floor(ms / (this.#promptTokenMs * TILE_TOKENS));
    if (tiles > 0) return tiles * TILE_TOKENS;
    return PIECES.findLast((tokens) => this.#expectedMs(tokens) <= ms) ?? 1;
  }

  #expectedMs(tokens: number): number {
    const known = this.#pieceMs.get(tokens);
    if (known !== undefined && this.#steps - known.step <= PIECE_STEPS) return known.ms;
    return tokens * (this.#promptTokenMs ?? 0);
  }

  #learnPrompt(tokens: number, ms: number, alone: boolean): void {
    if (tokens >= TELLING_TOKENS || this.#promptTokenMs === null)
      this.#promptTokenMs = mix(this.#promptTokenMs, ms / tokens);
    if (!alone || !PIECES.includes(tokens)) return;
    this.#pieceMs.set(tokens, { ms: mix(this.#pieceMs.get(tokens)?.ms ?? null, ms), step: this.#steps });
  }

  /** What checking one guessed token costs when there are so many in a step, as a share of a step without guesses. */
  draftPrice(writers: number, drafted: number): number {
    const size = sizeOf(drafted);
    const known = this.#knownPrice(draftKey(writers, size));
    if (known !== null) return known;
    const alone = this.undisturbedMs(writers);
    // From a longest guess on, a row takes about what one of a prompt does.
    if (drafted >= MOST_GUESS && this.#promptTokenMs !== null && alone !== null && alone > 0) {
      return Math.min(1, this.#promptTokenMs / alone);
    }
    for (let fewer = size - 1; fewer >= 0; fewer--) {
      const near = this.#knownPrice(draftKey(writers, fewer));
      // More rows cost no more each than fewer; where those were dear, little can be hoped for.
      if (near !== null) return Math.min(near, (near + ASSUMED_DRAFT_PRICE) / 2);
    }
    return ASSUMED_DRAFT_PRICE;
  }

  #knownPrice(key: string): number | null {
    const known = this.#draftPrices.get(key);
    return known === undefined || this.#steps - known.step > PRICE_STEPS ? null : known.price;
  }

  #learnPrice(key: string, price: number): void {
    this.#draftPrices.set(key, { price: mix(this.#knownPrice(key), price, PRICE_WEIGHT), step: this.#steps });
  }
}

function sizeOf(drafted: number): number {
  return DRAFT_SIZES.findIndex((most) => drafted <= most);
}

function draftKey(writers: number, size: number): string {
  return `${writers}/${size}`;
}

function mix(before: number | null, now: number, weight = WEIGHT): number {
  return before === null ? now : before + weight * (now - before);
}
