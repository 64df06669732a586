/**
 * Where the JSON object or array that begins at `start` ends (behind its last bracket); null while it does not. Brackets in strings
 * don't count; whether it is JSON at all is for `JSON.parse` to say.
 */
export function jsonEnd(text: string, start: number): number | null {
  const scan = new BracketScan();
  for (let at = start; at < text.length; at++) {
    if (scan.push(text.charCodeAt(at))) return at + 1;
  }
  return null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Follows the nesting of JSON text, one UTF-16 unit at a time. */
export class BracketScan {
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** Whether this unit closes the first bracket. */
  push(unit: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (unit === BACKSLASH) this.#escaped = true;
      else if (unit === QUOTE) this.#inString = false;
      return false;
    }
    if (unit === QUOTE) this.#inString = true;
    else if (OPENING.has(unit)) this.#depth++;
    else if (CLOSING.has(unit)) return --this.#depth <= 0;
    return false;
  }
}
