import { partialMatchLength } from '../../shared/partial-match.ts';

export interface Marks {
  /** Taken out wherever they stand. */
  readonly anywhere: readonly string[];
  /** Taken out at the end of the text, with the white space around them; so is the beginning of one at which the text breaks off. */
  readonly atEnd: readonly string[];
}

/** A single `<` at the end may be meant; `</` is the beginning of a mark. */
const LEAST_BROKEN_MARK = 2;

/** Takes marks out of a text that comes in any pieces. */
export class MarkStripper {
  readonly #marks: Marks;
  readonly #all: readonly string[];
  /** The beginning of a mark, perhaps. */
  #held = '';
  /** Marks and white space that may be the end of the text. */
  #tail = '';

  constructor(marks: Marks) {
    this.#marks = marks;
    this.#all = [...marks.anywhere, ...marks.atEnd];
  }

  push(piece: string): string {
    if (this.#all.length === 0) return piece;
    const text = this.#held + piece;
    const keep = text.length - partialMatchLength(text, this.#all);
    this.#held = text.slice(keep);
    return this.#release(this.#withoutMarks(text.slice(0, keep)));
  }

  /** What was held back and is no mark, when no more text comes. */
  flush(): string {
    const ended = this.#marks.atEnd.some((mark) => this.#tail.includes(mark));
    const broken =
      this.#held.length >= LEAST_BROKEN_MARK && this.#marks.atEnd.some((mark) => mark.startsWith(this.#held));
    if (ended && (broken || this.#held === '')) return '';
    return broken ? this.#tail : this.#tail + this.#held;
  }

  #withoutMarks(text: string): string {
    return this.#marks.anywhere.reduce((kept, mark) => kept.replaceAll(mark, ''), text);
  }

  /** All that cannot be the end of the text any more. */
  #release(more: string): string {
    if (this.#marks.atEnd.length === 0) return more;
    const text = this.#tail + more;
    let end = text.length;
    for (;;) {
      const mark = this.#marks.atEnd.find((one) => text.endsWith(one, end) && end - one.length >= 0);
      const next = mark === undefined ? text.slice(0, end).trimEnd().length : end - mark.length;
      if (next === end) break;
      end = next;
    }
    this.#tail = text.slice(end);
    return text.slice(0, end);
  }
}
