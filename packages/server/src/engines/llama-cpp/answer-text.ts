import type { TokenLogprob } from '../engine.ts';
import { StopMatcher } from './stop-matcher.ts';

/** What may be shown after a token came. */
export interface ShownText {
  readonly text: string;
  /** A stop string was completed: the answer ends after `text`. */
  readonly stopped: boolean;
  /** The tokens, of those that are to be told, whose text is out now. */
  readonly tokens: readonly TokenLogprob[];
}

interface HeldToken {
  readonly told: TokenLogprob;
  /** Characters of the answer before the token and up to its end, a character of which it is a part included. */
  readonly from: number;
  readonly to: number;
}

const NO_TOKENS: readonly TokenLogprob[] = [];

/**
 * Turns the bytes of tokens into text: whole Unicode characters only (a token may hold part of one; bytes that are no
 * UTF-8 become U+FFFD), cut before stop strings. Tokens that are to be told come out with the last of their text; those that
 * a stop string cuts away don't.
 */
export class AnswerText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #matcher: StopMatcher;
  #held: HeldToken[] = [];
  /** Bytes of a character that isn't whole yet, as far as tokens are told. */
  #part: Uint8Array = new Uint8Array(0);
  #decoded = 0;
  #shown = 0;

  constructor(stops: readonly string[]) {
    this.#matcher = new StopMatcher(stops);
  }

  /** The stop string that ended the answer; null: none did. */
  get stoppedBy(): string | null {
    return this.#matcher.completed;
  }

  /** `told`: what is to be told of the token; null: nothing. */
  push(bytes: Uint8Array, told: TokenLogprob | null = null): ShownText {
    const decoded = this.#decoder.decode(bytes, { stream: true });
    if (told !== null) this.#hold(bytes, decoded.length, told);
    const { text, stopped } = this.#matcher.push(decoded);
    return { text, stopped, tokens: told === null ? NO_TOKENS : this.#release(text.length, stopped) };
  }

  /** What was held back, when no more tokens come. */
  flush(): ShownText {
    const last = this.#matcher.push(this.#decoder.decode());
    const text = last.stopped ? last.text : last.text + this.#matcher.flush();
    return { text, stopped: last.stopped, tokens: this.#release(last.stopped ? text.length : Infinity, last.stopped) };
  }

  #hold(bytes: Uint8Array, characters: number, told: TokenLogprob): void {
    const from = this.#decoded;
    this.#decoded += characters;
    this.#part = unfinished(this.#part, bytes);
    this.#held.push({ told, from, to: this.#decoded + (this.#part.length > 0 ? 1 : 0) });
  }

  /** The held tokens whose text is out; at a stop also one that was shown in part. */
  #release(characters: number, stopped: boolean): readonly TokenLogprob[] {
    this.#shown += characters;
    const shown = this.#shown;
    const out = this.#held.findIndex(({ from, to }) => (stopped ? from >= shown : to > shown));
    return this.#held.splice(0, out < 0 ? this.#held.length : out).map(({ told }) => told);
  }
}

/** The bytes at the end that begin a character whose other bytes haven't come. */
function unfinished(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  const all = before.length === 0 ? bytes : Uint8Array.from([...before, ...bytes]);
  for (let length = 1; length <= Math.min(3, all.length); length++) {
    const byte = all[all.length - length] as number;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > length ? all.slice(all.length - length) : new Uint8Array(0);
    }
    if (byte < 0x80) break;
  }
  return new Uint8Array(0);
}
