/** What may be shown after more text came. */
export interface Matched {
  readonly text: string;
  /** A stop string was completed: the answer ends after `text`. */
  readonly stopped: boolean;
}

/**
 * Finds stop strings in text that comes in arbitrary pieces. Text that could still become a stop string is held back; once
 * one is complete, everything before it has been given out and nothing of it. Where one piece completes several, the
 * one that begins first wins.
 */
export class StopMatcher {
  readonly #stops: readonly string[];
  #held = '';
  #completed: string | null = null;

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** The stop string that was completed; null while none is. */
  get completed(): string | null {
    return this.#completed;
  }

  push(piece: string): Matched {
    if (this.#stops.length === 0) return { text: piece, stopped: false };
    const text = this.#held + piece;
    const end = this.#firstStop(text);
    if (end !== null) {
      this.#held = '';
      return { text: text.slice(0, end), stopped: true };
    }
    const keep = this.#possibleStart(text);
    this.#held = text.slice(keep);
    return { text: text.slice(0, keep), stopped: false };
  }

  /** The text held back, when no more comes. */
  flush(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }

  /** Where the earliest complete stop string begins; null while there is none. */
  #firstStop(text: string): number | null {
    let first: number | null = null;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at >= 0 && (first === null || at < first)) {
        first = at;
        this.#completed = stop;
      }
    }
    return first;
  }

  /** The earliest position from which the rest of the text is the beginning of a stop string. */
  #possibleStart(text: string): number {
    let start = text.length;
    for (const stop of this.#stops) {
      for (let at = Math.max(0, text.length - stop.length + 1); at < start; at++) {
        if (stop.startsWith(text.slice(at))) {
          start = at;
          break;
        }
      }
    }
    return start;
  }
}
