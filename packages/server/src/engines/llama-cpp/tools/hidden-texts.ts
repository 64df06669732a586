import { randomUUID } from 'node:crypto';

/** A stretch of the prompt. Control tokens are recognised only in `template` stretches. */
export interface PromptPiece {
  readonly kind: 'template' | 'plain';
  readonly text: string;
}

/** Private-use characters: they survive every filter that templates apply, JSON's too, and the nonce between them can't be guessed. */
const MARK_START = '\u{F0001}';
const MARK_END = '\u{F0002}';

/**
 * Texts that must not be recognised, out of sight while a template works: each stands in the messages as an unguessable mark and comes back
 * as a `plain` piece.
 */
export class HiddenTexts {
  readonly #nonce = randomUUID();
  readonly #texts: string[] = [];

  /** The text with marks for what the expression finds; null finds nothing. */
  hide(text: string, found: RegExp | null): string {
    if (found === null) return text;
    return text.replace(found, (hidden) => `${MARK_START}${this.#nonce}.${this.#texts.push(hidden) - 1}${MARK_END}`);
  }

  /** The same for every string and key within a value of JSON. */
  hideWithin(value: unknown, found: RegExp | null): unknown {
    if (typeof value === 'string') return this.hide(value, found);
    if (Array.isArray(value)) return value.map((one) => this.hideWithin(one, found));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [this.hide(key, found), this.hideWithin(one, found)]),
    );
  }

  /** What the template wrote, in pieces: text between marks is its own; every mark stands for the text with its number. */
  reveal(text: string): readonly PromptPiece[] {
    const mark = new RegExp(`${MARK_START}${this.#nonce}\\.(\\d+)${MARK_END}`, 'u');
    const pieces: PromptPiece[] = [];
    // `split` with a group yields text and numbers in turn.
    for (const [index, part] of text.split(mark).entries()) {
      const piece: PromptPiece =
        index % 2 === 0 ? { kind: 'template', text: part } : { kind: 'plain', text: this.#texts[Number(part)] ?? '' };
      if (piece.text !== '') pieces.push(piece);
    }
    return pieces;
  }
}

/** One expression for all texts, longest first; null when there are none. */
export function alternation(texts: readonly string[]): RegExp | null {
  const escaped = texts
    .filter((text) => text !== '')
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return escaped.length === 0 ? null : new RegExp(escaped.join('|'), 'g');
}
