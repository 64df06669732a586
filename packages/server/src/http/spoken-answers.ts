import type { Clock } from '../shared/clock.ts';
import { GatewayError } from '../shared/errors.ts';

/** How long a client may refer to a spoken answer by its id; as OpenAI's. */
const KEPT_MS = 3_600_000;
const MOST_ANSWERS = 1_000;
/** Characters of all transcripts together. */
const MOST_CHARACTERS = 4_000_000;

/** The transcripts of recent spoken answers, in memory: later turns name an answer by its id instead of sending it back. */
export class SpokenAnswers {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly transcript: string; readonly expiresMs: number }>();
  #characters = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps a transcript; returns when it expires (milliseconds since the epoch). Where there are too many, the oldest go earlier. */
  keep(id: string, transcript: string): number {
    const now = this.#clock.now();
    const expiresMs = now + KEPT_MS;
    this.#answers.set(id, { transcript, expiresMs });
    this.#characters += transcript.length;
    for (const [oldest, answer] of this.#answers) {
      const full = this.#answers.size > MOST_ANSWERS || this.#characters > MOST_CHARACTERS;
      if (!full && answer.expiresMs > now) break;
      this.#answers.delete(oldest);
      this.#characters -= answer.transcript.length;
    }
    return expiresMs;
  }

  /** The transcript of that id. Throws `invalid_request` naming `param` where it is not kept, or no longer. */
  find(id: string, param: string): string {
    const found = this.#answers.get(id);
    if (found !== undefined && found.expiresMs > this.#clock.now()) return found.transcript;
    throw new GatewayError(
      'invalid_request',
      `there is no spoken answer "${id.slice(0, 100)}", or no longer; send what it said as the message’s content`,
      { param },
    );
  }
}
