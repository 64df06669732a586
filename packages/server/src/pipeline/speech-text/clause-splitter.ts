import { boundaryAt, type Boundary } from './boundaries.ts';
import { SpeakableMarkdown } from './speakable-markdown.ts';
import { endsWide, isSpeakable, spokenLength } from './spoken-length.ts';

/** Lengths in units of about one English letter; a Chinese character counts three. */
export interface ClauseLengths {
  /** The first clause ends at any stop after so much, so that sound begins early. */
  readonly first: number;
  /** Later sentences shorter than this are joined with the next. */
  readonly comfortable: number;
  /** A part of a sentence this long is spoken alone. */
  readonly long: number;
  /** No clause is longer; without a stop it is cut at a space. */
  readonly maximum: number;
}

/** About a second for the first clause, then 3 to 14 seconds each. */
export const DEFAULT_CLAUSE_LENGTHS: ClauseLengths = { first: 12, comfortable: 45, long: 110, maximum: 200 };

/**
 * Cuts text that streams in (Markdown, Chinese and English mixed) into clauses that are good to speak one by one. The
 * clauses depend on the text alone, not on how it was cut into deltas, and hold every letter and number that is to be said.
 */
export class ClauseSplitter {
  readonly #markdown = new SpeakableMarkdown();
  readonly #lengths: ClauseLengths;
  #text = '';
  /** Up to here no boundary was found. */
  #scanned = 0;
  /** The last place before `#scanned` at which the text could be cut. */
  #candidate: Boundary | null = null;
  #spokenClauses = 0;

  constructor(lengths: ClauseLengths = DEFAULT_CLAUSE_LENGTHS) {
    this.#lengths = lengths;
  }

  /** The clauses that are finished now. */
  push(delta: string): string[] {
    this.#text += this.#markdown.push(delta);
    return this.#take(false);
  }

  /** The rest; the splitter is not used again. */
  end(): string[] {
    this.#text += this.#markdown.push('') + this.#markdown.end();
    const clauses = this.#take(true);
    const rest = tidy(this.#text);
    this.#text = '';
    return isSpeakable(rest) ? [...clauses, rest] : clauses;
  }

  #take(ended: boolean): string[] {
    const clauses: string[] = [];
    while (this.#scanned < this.#text.length) {
      const found = boundaryAt(this.#text, this.#scanned, ended);
      if (found === 'wait') break;
      if (found === 'none') {
        this.#scanned += (this.#text.codePointAt(this.#scanned) ?? 0) > 0xffff ? 2 : 1;
        if (this.#isTooLong(this.#scanned)) this.#cutEarly(clauses);
        continue;
      }
      // The stop itself may still fit, else the part before it is cut off first.
      if (this.#isTooLong(found.end) && isSpeakable(this.#text.slice(0, this.#scanned))) {
        this.#cutEarly(clauses);
        continue;
      }
      this.#scanned = found.end;
      this.#candidate = found;
      if (this.#isFinished(found)) this.#cut(found.end, clauses);
    }
    return clauses;
  }

  #isTooLong(end: number): boolean {
    return spokenLength(this.#text.slice(0, end).trim()) > this.#lengths.maximum;
  }

  #isFinished(boundary: Boundary): boolean {
    const clause = this.#text.slice(0, boundary.end);
    if (!isSpeakable(clause)) return false;
    const length = spokenLength(clause.trim());
    if (boundary.kind === 'paragraph') return true;
    if (this.#spokenClauses === 0) return boundary.kind !== 'part' || length >= this.#lengths.first;
    // The second clause must be ready when the short first one has been said.
    const wanted = boundary.kind === 'part' ? this.#lengths.long : this.#lengths.comfortable;
    return length >= (this.#spokenClauses === 1 ? wanted / 2 : wanted);
  }

  /** Cuts a clause that grew too long at its last stop, else at its last space, else where it stands. */
  #cutEarly(clauses: string[]): void {
    const { maximum } = this.#lengths;
    const stop = this.#candidate?.end ?? 0;
    if (spokenLength(this.#text.slice(0, stop)) * 3 >= maximum) return this.#cut(stop, clauses);
    const space = this.#text
      .slice(0, this.#scanned)
      .trimEnd()
      .search(/\s\S*$/);
    if (space > 0 && spokenLength(this.#text.slice(0, space)) * 3 >= maximum) return this.#cut(space + 1, clauses);
    this.#cut(Math.max(stop, this.#scanned), clauses);
  }

  #cut(end: number, clauses: string[]): void {
    const clause = tidy(this.#text.slice(0, end));
    this.#text = this.#text.slice(end);
    this.#scanned = 0;
    this.#candidate = null;
    if (!isSpeakable(clause)) return;
    this.#spokenClauses += 1;
    clauses.push(clause);
  }
}

/** One line: a line that ends without a stop gets one, so that the voice pauses there. */
function tidy(clause: string): string {
  const lines = clause
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter((line) => isSpeakable(line));
  return lines.reduce((text, line) => {
    if (text === '') return line;
    const stopped = /[.!?;:,。！？；：，、…]["'”’」』）)\]】》]*$/.test(text);
    if (stopped) return endsWide(text) ? text + line : `${text} ${line}`;
    return endsWide(text) ? `${text}。${line}` : `${text}. ${line}`;
  }, '');
}
