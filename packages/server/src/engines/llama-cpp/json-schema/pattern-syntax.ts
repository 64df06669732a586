import { type CodePoints, complement } from '../grammar/gbnf-syntax.ts';

/** A piece of a regular expression. */
export type PatternNode =
  | { readonly kind: 'chars'; readonly ranges: readonly CodePoints[] }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly item: PatternNode; readonly least: number; readonly most: number };

/** A regular expression, and whether it says where the text begins and ends. */
export interface Pattern {
  readonly node: PatternNode;
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

const MOST_NESTING = 50;
const DIGITS: readonly CodePoints[] = [{ from: 0x30, to: 0x39 }];
const WORD: readonly CodePoints[] = [
  ...DIGITS,
  { from: 0x41, to: 0x5a },
  { from: 0x5f, to: 0x5f },
  { from: 0x61, to: 0x7a },
];
const SPACE: readonly CodePoints[] = [
  { from: 9, to: 13 },
  { from: 0x20, to: 0x20 },
  { from: 0xa0, to: 0xa0 },
  { from: 0x1680, to: 0x1680 },
  { from: 0x2000, to: 0x200a },
  { from: 0x2028, to: 0x2029 },
  { from: 0x202f, to: 0x202f },
  { from: 0x205f, to: 0x205f },
  { from: 0x3000, to: 0x3000 },
  { from: 0xfeff, to: 0xfeff },
];
const LINE_ENDS: readonly CodePoints[] = [
  { from: 10, to: 10 },
  { from: 13, to: 13 },
  { from: 0x2028, to: 0x2029 },
];
const CLASSES: Readonly<Record<string, readonly CodePoints[]>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0 };

/**
 * Reads a regular expression of ECMAScript's `u` mode: characters, classes, groups, alternatives, repetitions, and anchors at its very
 * beginning and end. Throws an Error with a sentence about anything else, such as look-ahead and back-references.
 */
export function parsePattern(source: string): Pattern {
  const fromStart = source.startsWith('^');
  const toEnd = /(?:^|[^\\])(?:\\\\)*\$$/.test(source);
  const inner = source.slice(fromStart ? 1 : 0, toEnd ? -1 : undefined);
  const parser = new PatternParser(inner);
  const node = parser.parse();
  if (node.kind === 'choice' && (fromStart || toEnd)) {
    throw new Error('write ^(a|b)$ with parentheses: an anchor belongs to one alternative only');
  }
  return { node, fromStart, toEnd };
}

class PatternParser {
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new Error('a parenthesis is closed that was not opened');
    return node;
  }

  #choice(): PatternNode {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      items.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', items };
  }

  #repeated(item: PatternNode): PatternNode {
    const bounds = this.#bounds();
    if (bounds === null) return item;
    // Lazy or greedy: the same texts match.
    this.#take('?');
    if (this.#bounds() !== null) throw new Error('two repetitions follow one another');
    return { kind: 'repeat', item, ...bounds };
  }

  #bounds(): { least: number; most: number } | null {
    if (this.#take('*')) return { least: 0, most: Infinity };
    if (this.#take('+')) return { least: 1, most: Infinity };
    if (this.#take('?')) return { least: 0, most: 1 };
    const braces = /\{(\d{1,9})(,?)(\d{0,9})\}/y;
    braces.lastIndex = this.#at;
    const found = braces.exec(this.#source);
    if (found === null) {
      if (this.#source[this.#at] === '{') throw new Error('a brace that is no repetition must be written as \\{');
      return null;
    }
    this.#at = braces.lastIndex;
    const least = Number(found[1]);
    const most = found[2] === '' ? least : found[3] === '' ? Infinity : Number(found[3]);
    if (most < least) throw new Error(`the repetition ${found[0]} is empty`);
    return { least, most };
  }

  #atom(): PatternNode {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'chars', ranges: this.#class() };
      case '.':
        return { kind: 'chars', ranges: complement(LINE_ENDS) };
      case '\\':
        return { kind: 'chars', ranges: this.#escape(false) };
      case '^':
      case '$':
        throw new Error('^ and $ are taken at the beginning and the end of the whole pattern only');
      case '*':
      case '+':
      case '?':
      case '{':
        throw new Error(`there is nothing before ${character} to repeat`);
      default:
        return { kind: 'chars', ranges: single(character) };
    }
  }

  #group(): PatternNode {
    if (++this.#depth > MOST_NESTING) throw new Error(`more than ${MOST_NESTING} groups lie in one another`);
    if (this.#take('?')) {
      const named = /<[A-Za-z_][A-Za-z0-9_]*>/y;
      named.lastIndex = this.#at;
      const name = named.exec(this.#source)?.[0];
      if (name !== undefined) this.#at += name.length;
      else if (!this.#take(':')) throw new Error('look-ahead, look-behind and flags in groups are not supported');
    }
    const node = this.#choice();
    if (!this.#take(')')) throw new Error('a parenthesis is not closed');
    this.#depth--;
    return node;
  }

  #class(): readonly CodePoints[] {
    const negated = this.#take('^');
    const ranges: CodePoints[] = [];
    while (!this.#take(']')) {
      const from = this.#member();
      const [first] = from;
      if (this.#source[this.#at] !== '-' || this.#source[this.#at + 1] === ']') {
        ranges.push(...from);
        continue;
      }
      this.#at++;
      const [last] = this.#member();
      if (first?.from !== first?.to || last?.from !== last?.to || first === undefined || last === undefined) {
        throw new Error('a range needs a character on both sides');
      }
      if (last.to < first.from) throw new Error('a range of characters runs backwards');
      ranges.push({ from: first.from, to: last.to });
    }
    return negated ? complement(ranges) : ranges;
  }

  #member(): readonly CodePoints[] {
    const character = this.#next();
    return character === '\\' ? this.#escape(true) : single(character);
  }

  #escape(inClass: boolean): readonly CodePoints[] {
    const letter = this.#next();
    const known = CLASSES[letter];
    if (known !== undefined) return known;
    const control = CONTROLS[letter];
    if (control !== undefined && !(letter === '0' && /\d/.test(this.#source[this.#at] ?? ''))) {
      return [{ from: control, to: control }];
    }
    if (letter === 'x') return this.#hex(/[0-9A-Fa-f]{2}/y);
    if (letter === 'u') return this.#hex(/[0-9A-Fa-f]{4}|\{[0-9A-Fa-f]{1,6}\}/y);
    if (inClass && letter === 'b') return [{ from: 8, to: 8 }];
    if (/[A-Za-z0-9]/.test(letter)) throw new Error(`\\${letter} is not supported`);
    return single(letter);
  }

  #hex(digits: RegExp): readonly CodePoints[] {
    digits.lastIndex = this.#at;
    const found = digits.exec(this.#source)?.[0];
    if (found === undefined) throw new Error('hexadecimal digits are missing');
    this.#at += found.length;
    const code = Number.parseInt(found.replace(/[{}]/g, ''), 16);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new Error('half a surrogate pair is no character');
    return [{ from: code, to: code }];
  }

  #next(): string {
    const code = this.#source.codePointAt(this.#at);
    if (code === undefined) throw new Error('it ends too early');
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}

function single(character: string): readonly CodePoints[] {
  const code = character.codePointAt(0) ?? 0;
  return [{ from: code, to: code }];
}
