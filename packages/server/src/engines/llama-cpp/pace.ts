/** How much a new figure weighs against those before. */
const WEIGHT = 0.2;
/** More newcomers than this hold answers up no longer. */
const MOST_SHARES = 8;

/** Some kernels evaluate many rows for much less each than few. */
const MANY_DRAFTED = 6;
/** Where nothing was measured yet, checking a guessed token is taken to cost so much of a step. */
const ASSUMED_DRAFT_PRICE = 0.6;

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
  readonly #draftedRowMs = new Map<'few' | 'many', number>();

  /** `interruption` is at least 1; null never holds prompts back. */
  constructor(interruption: number | null) {
    this.#interruption = interruption;
  }

  /** Milliseconds of evaluating one prompt token; null before the first prompt. */
  get promptTokenMs(): number | null {
    return this.#promptTokenMs;
  }

  observe({ writers, promptTokens, drafted, ms }: StepFigures): void {
    if (promptTokens === 0 && drafted === 0) {
      if (writers > 0) this.#stepMs.set(writers, mix(this.#stepMs.get(writers) ?? null, ms));
      return;
    }
    const alone = writers === 0 ? 0 : this.undisturbedMs(writers);
    if (alone === null) return;
    const extra = Math.max(0, ms - alone);
    if (drafted === 0) this.#promptTokenMs = mix(this.#promptTokenMs, extra / promptTokens);
    else if (promptTokens === 0) {
      const kind = drafted > MANY_DRAFTED ? 'many' : 'few';
      this.#draftedRowMs.set(kind, mix(this.#draftedRowMs.get(kind) ?? null, extra / drafted));
    }
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

  /** Prompt tokens that the next step may evaluate. */
  promptTokens(writers: number, newcomers: number): number {
    if (this.#interruption === null || writers === 0) return Infinity;
    const alone = this.undisturbedMs(writers);
    // Before anything is known, a prompt token is taken to cost what an answer's does.
    if (alone === null || this.#promptTokenMs === null || this.#promptTokenMs === 0) return Math.max(1, writers);
    const shares = Math.min(Math.max(1, newcomers), MOST_SHARES);
    return Math.max(1, Math.floor((alone * (this.#interruption - 1) * shares) / this.#promptTokenMs));
  }

  /** What checking one guessed token costs at best, as a share of a step without guesses. */
  draftPrice(writers: number): number {
    const alone = this.undisturbedMs(writers);
    if (alone === null || alone === 0) return ASSUMED_DRAFT_PRICE;
    const prices = (['few', 'many'] as const).map((kind) => {
      const ms = this.#draftedRowMs.get(kind);
      return ms === undefined ? ASSUMED_DRAFT_PRICE : ms / alone;
    });
    return Math.min(...prices);
  }
}

function mix(before: number | null, now: number): number {
  return before === null ? now : before + WEIGHT * (now - before);
}
