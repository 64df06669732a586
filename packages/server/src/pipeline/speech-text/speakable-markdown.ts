import { speakInline } from './inline-markdown.ts';
import { endsWide, isSpeakable } from './spoken-length.ts';

/** Said in place of a block of code. */
const CODE_OMITTED = { wide: '代码略。', other: 'Code omitted.' } as const;

/** Whether a clause says more than that code was left out. */
export function saysMoreThanCode(clause: string): boolean {
  return isSpeakable(clause.replaceAll(CODE_OMITTED.wide, '').replaceAll(CODE_OMITTED.other, ''));
}

type Block = { readonly kind: 'text' } | { readonly kind: 'code'; readonly fence: string };

const BLOCK_MARKS = /^[ \t]*(?:(?:>|[-*+](?= )|#{1,6}(?= |$)|\d{1,4}[.)](?= ))[ \t]*|\[[ xX]\] )*/;
/** A line that may still turn out to be a rule, a fence, a heading, a list item … */
const UNDECIDED = /^(?:[ \t>#*+=_~`-]|\d{1,4}[.)] |\[[ xX]\] )*(?:\d{1,4}[.)]?|\[[ xX]?\]?)?$/;
const RULE = /^[ \t]*(?:(?:[-_*=][ \t]*){3,}|={2,})$/;
const FENCE = /^[ \t>]*(`{3,}|~{3,})/;
const TABLE_ROW = /^[ \t]*\|/;
const TABLE_RULE = /^[ \t]*\|[ \t:|-]*$/;

/**
 * Markdown in, as it streams; what a person would read aloud of it out. Blocks of code become a word, headings and list
 * items lines of their own, tables rows of cells. The result depends on the text only, not on how it was cut into deltas.
 */
export class SpeakableMarkdown {
  #held = '';
  #block: Block = { kind: 'text' };
  /** Whether the beginning of the current line was already spoken. */
  #inLine = false;
  #before = ' ';
  #wide = false;

  /** What can be said now that `delta` has come; lines end in `\n`. */
  push(delta: string): string {
    this.#held += delta.replaceAll('\r', '');
    let spoken = '';
    for (let end = this.#held.indexOf('\n'); end !== -1; end = this.#held.indexOf('\n')) {
      const line = this.#held.slice(0, end);
      this.#held = this.#held.slice(end + 1);
      spoken += `${this.#rest(line)}\n`;
      this.#inLine = false;
      this.#before = ' ';
    }
    return spoken + this.#beginning();
  }

  /** What was held back for an end that did not come. */
  end(): string {
    const line = this.#held;
    this.#held = '';
    return line === '' ? '' : this.#rest(line);
  }

  /** The rest of a line that is complete. */
  #rest(line: string): string {
    if (this.#inLine) return this.#note(speakInline(line, true, this.#before).spoken);
    const fence = FENCE.exec(line)?.[1];
    if (this.#block.kind === 'code') {
      if (fence?.startsWith(this.#block.fence) === true) this.#block = { kind: 'text' };
      return '';
    }
    if (fence !== undefined) {
      this.#block = { kind: 'code', fence };
      return this.#wide ? CODE_OMITTED.wide : CODE_OMITTED.other;
    }
    if (RULE.test(line) || TABLE_RULE.test(line)) return '';
    if (TABLE_ROW.test(line)) return this.#row(line);
    const marks = this.#marks(line);
    return this.#note(marks.spoken + speakInline(line.slice(marks.units), true, ' ').spoken);
  }

  /** As much as can be said of a line that is not complete. */
  #beginning(): string {
    if (this.#block.kind === 'code') return '';
    let spoken = '';
    if (!this.#inLine) {
      if (UNDECIDED.test(this.#held) || TABLE_ROW.test(this.#held) || FENCE.test(this.#held)) return '';
      const marks = this.#marks(this.#held);
      spoken = marks.spoken;
      this.#held = this.#held.slice(marks.units);
      this.#inLine = true;
    }
    const inline = speakInline(this.#held, false, this.#before);
    this.#before = inline.units === 0 ? this.#before : (this.#held[inline.units - 1] ?? ' ');
    this.#held = this.#held.slice(inline.units);
    return this.#note(spoken + inline.spoken);
  }

  /** The marks at a line's beginning; of these only the number of a list item is said. */
  #marks(line: string): { spoken: string; units: number } {
    const marks = BLOCK_MARKS.exec(line)?.[0] ?? '';
    const number = /(\d+)[.)]\s*$/.exec(marks)?.[1];
    return { units: marks.length, spoken: number === undefined ? '' : `${number}, ` };
  }

  #row(line: string): string {
    const cells = line
      .replace(/^\s*\|/, '')
      .replace(/\|\s*$/, '')
      .split(/(?<!\\)\|/)
      .map((cell) => speakInline(cell, true, ' ').spoken.trim())
      .filter((cell) => cell !== '');
    return this.#note(
      cells.reduce((row, cell) => (row === '' ? cell : `${row}${endsWide(row) ? '，' : ', '}${cell}`), ''),
    );
  }

  #note(spoken: string): string {
    if (/\p{L}/u.test(spoken)) this.#wide = endsWide(spoken);
    return spoken;
  }
}
