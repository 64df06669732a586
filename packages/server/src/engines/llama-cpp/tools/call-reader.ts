import { BracketScan } from './json-end.ts';

/** What precedes the arguments of a call that a grammar wrote: the name comes first, and neither is escaped. */
const HEAD = /^\{\s*"name"\s*:\s*"([^"\\]*)"\s*,\s*"arguments"\s*:\s*(?=\{)/;

/** What more text brought. */
export interface Progress {
  /** More of the arguments. */
  readonly text: string;
  /** UTF-16 units of the text that belong to the call. */
  readonly taken: number;
  readonly ended: boolean;
}

/**
 * Reads one call, `{"name": "…", "arguments": {…}}`, while it is written, and gives out its arguments as they come. It relies on a grammar
 * to hold the text to this form.
 */
export class CallReader {
  #head = '';
  #name: string | null = null;
  readonly #call = new BracketScan();
  readonly #arguments = new BracketScan();
  #argumentsEnded = false;

  /** Known once the arguments begin. */
  get name(): string | null {
    return this.#name;
  }

  push(text: string): Progress {
    if (this.#name !== null) return this.#read(text, 0);
    const before = this.#head.length;
    this.#head += text;
    const head = HEAD.exec(this.#head);
    if (head === null) return { text: '', taken: text.length, ended: false };
    const [whole, name = ''] = head;
    this.#name = name;
    for (const unit of whole) this.#call.push(unit.charCodeAt(0));
    // The head ended in this piece, or in an earlier one that lacked the brace behind it.
    return this.#read(this.#head.slice(whole.length), before - whole.length);
  }

  /** `skipped`: how far the text lies before the piece that was pushed last; negative numbers lie within it. */
  #read(text: string, skipped: number): Progress {
    let told = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (!this.#argumentsEnded) {
        told = at + 1;
        this.#argumentsEnded = this.#arguments.push(unit);
      }
      if (this.#call.push(unit)) return { text: text.slice(0, told), taken: at + 1 - skipped, ended: true };
    }
    return { text: text.slice(0, told), taken: text.length - skipped, ended: false };
  }
}
