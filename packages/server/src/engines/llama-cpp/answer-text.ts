import { type Matched, StopMatcher } from './stop-matcher.ts';

/**
 * Turns the bytes of tokens into text: whole Unicode characters only (a token may hold part of one; bytes that are no
 * UTF-8 become U+FFFD), cut before stop strings.
 */
export class AnswerText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #matcher: StopMatcher;

  constructor(stops: readonly string[]) {
    this.#matcher = new StopMatcher(stops);
  }

  push(bytes: Uint8Array): Matched {
    return this.#matcher.push(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What was held back, when no more tokens come. */
  flush(): Matched {
    const last = this.#matcher.push(this.#decoder.decode());
    return last.stopped ? last : { text: last.text + this.#matcher.flush(), stopped: false };
  }
}
