import { partialMatchLength } from '../../shared/partial-match.ts';

/** A stretch of what a model wrote: of its thoughts, or of its answer. */
export interface Stretch {
  readonly kind: 'thought' | 'answer';
  readonly text: string;
}

export interface SplitOptions {
  readonly open: string;
  readonly close: string;
  /** Where the text begins: inside thinking (the prompt opened it), right behind it, or nothing was said of it yet. */
  readonly begins: 'inside' | 'behind' | 'outside';
}

const LEADING_SPACE = /^\s+/;
const TRAILING_SPACE = /\s+$/;

/**
 * Tells a model's thoughts from its answer while it writes, whatever pieces the text comes in. A thought reaches from an open tag to the
 * first close tag behind it, or to the end; tags are dropped wherever they stand, repeated, nested or alone. White space at both ends of
 * the thoughts is dropped, and that before the answer where a tag stood there; every other character is given out once, in order.
 */
export class ThoughtSplitter {
  readonly #options: SplitOptions;
  readonly #tags: readonly string[];
  #inside: boolean;
  #tagSeen: boolean;
  /** The beginning of a tag, perhaps. */
  #held = '';
  /** White space that counts only when more of its kind follows. */
  #thoughtSpace = '';
  #answerSpace = '';
  #thought = false;
  #answered = false;

  constructor(options: SplitOptions) {
    this.#options = options;
    this.#tags = [options.open, options.close];
    this.#inside = options.begins === 'inside';
    this.#tagSeen = options.begins !== 'outside';
  }

  push(piece: string): Stretch[] {
    const stretches: Stretch[] = [];
    let text = this.#held + piece;
    for (;;) {
      const found = this.#firstTag(text);
      if (found === null) break;
      this.#take(text.slice(0, found.at), stretches);
      this.#tagSeen = true;
      this.#inside = found.tag === this.#options.open;
      text = text.slice(found.at + found.tag.length);
    }
    const keep = text.length - partialMatchLength(text, this.#tags);
    this.#take(text.slice(0, keep), stretches);
    this.#held = text.slice(keep);
    return stretches;
  }

  /** What was held back, when no more text comes. */
  flush(): Stretch[] {
    const stretches: Stretch[] = [];
    this.#take(this.#held, stretches);
    this.#held = '';
    if (this.#answerSpace !== '' && !this.#tagSeen) stretches.push({ kind: 'answer', text: this.#answerSpace });
    return stretches;
  }

  #firstTag(text: string): { readonly tag: string; readonly at: number } | null {
    let first: { readonly tag: string; readonly at: number } | null = null;
    for (const tag of this.#tags) {
      const at = text.indexOf(tag);
      if (at !== -1 && (first === null || at < first.at)) first = { tag, at };
    }
    return first;
  }

  #take(text: string, into: Stretch[]): void {
    if (text === '') return;
    const stretch = this.#inside ? this.#takeThought(text) : this.#takeAnswer(text);
    if (stretch.text !== '') into.push(stretch);
  }

  #takeThought(text: string): Stretch {
    const whole = this.#thoughtSpace + text;
    const begun = this.#thought ? whole : whole.replace(LEADING_SPACE, '');
    const told = begun.replace(TRAILING_SPACE, '');
    this.#thoughtSpace = begun.slice(told.length);
    if (told !== '') this.#thought = true;
    return { kind: 'thought', text: told };
  }

  #takeAnswer(text: string): Stretch {
    if (this.#answered) return { kind: 'answer', text };
    const whole = this.#answerSpace + text;
    const words = whole.replace(LEADING_SPACE, '');
    if (words === '') {
      this.#answerSpace = whole;
      return { kind: 'answer', text: '' };
    }
    this.#answered = true;
    this.#answerSpace = '';
    return { kind: 'answer', text: this.#tagSeen ? words : whole };
  }
}
