import { GatewayError } from '../../../shared/errors.ts';

/** Code points from `from` to `to`, both included. */
export interface CodePoints {
  readonly from: number;
  readonly to: number;
}

/** A piece of a grammar as it was written. */
export type GrammarNode =
  | { readonly kind: 'chars'; readonly ranges: readonly CodePoints[] }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'sequence'; readonly items: readonly GrammarNode[] }
  | { readonly kind: 'choice'; readonly options: readonly GrammarNode[] }
  /** `most` may be Infinity. */
  | { readonly kind: 'repeat'; readonly item: GrammarNode; readonly least: number; readonly most: number };

const LAST_CODE_POINT = 0x10ffff;
const MOST_NESTING = 100;
/** Repetitions of one item, as in `a*?+`. */
const MOST_STACKED = 4;
const MOST_REPETITIONS = 2 ** 31 - 1;

/** The error for a grammar that can't be used; its sentence says why. */
export function grammarError(reason: string): GatewayError {
  return new GatewayError('invalid_request', `the grammar can't be used: ${reason}`, { param: 'grammar' });
}

/**
 * Reads a grammar in llama.cpp's notation (GBNF, as its `grammars/README.md` describes it, without token elements) into its rules
 * by name. Throws `invalid_request` with the line and the reason. Time is linear in the text.
 */
export function parseGbnf(text: string): ReadonlyMap<string, GrammarNode> {
  return new GbnfParser(text).parse();
}

class GbnfParser {
  readonly #text: string;
  readonly #rules = new Map<string, GrammarNode>();
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ReadonlyMap<string, GrammarNode> {
    this.#space(true);
    while (this.#at < this.#text.length) {
      const name = this.#name('a rule begins with its name');
      this.#space(false);
      if (!this.#take('::=')) throw this.#wrong(`::= is missing after the name ${name}`);
      this.#space(true);
      const body = this.#choice(false);
      if (this.#at < this.#text.length && !this.#takeLineEnd()) throw this.#wrong('the end of the line was expected');
      if (this.#rules.has(name)) throw this.#wrong(`the rule ${name} is defined twice`);
      this.#rules.set(name, body);
      this.#space(true);
    }
    return this.#rules;
  }

  #choice(nested: boolean): GrammarNode {
    const options = [this.#sequence(nested)];
    while (this.#take('|')) {
      this.#space(true);
      options.push(this.#sequence(nested));
    }
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  #sequence(nested: boolean): GrammarNode {
    const items: GrammarNode[] = [];
    for (;;) {
      const item = this.#item(nested);
      if (item === null) break;
      items.push(this.#repeated(item, nested));
    }
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : { kind: 'sequence', items };
  }

  #item(nested: boolean): GrammarNode | null {
    const next = this.#text[this.#at];
    if (next === '"') return this.#then(this.#literal(), nested);
    if (next === '[') return this.#then(this.#class(), nested);
    if (next === '.') {
      this.#at++;
      return this.#then({ kind: 'chars', ranges: [{ from: 0, to: LAST_CODE_POINT }] }, nested);
    }
    if (next === '(') {
      if (++this.#depth > MOST_NESTING) throw this.#wrong(`more than ${MOST_NESTING} groups lie in one another`);
      this.#at++;
      this.#space(true);
      const inner = this.#choice(true);
      if (!this.#take(')')) throw this.#wrong('a closing parenthesis is missing');
      this.#depth--;
      return this.#then(inner, nested);
    }
    if (next === '<' || next === '!')
      throw this.#wrong('token elements such as <think> are not taken; write their text');
    if (next === undefined || !/[A-Za-z0-9-]/.test(next)) return null;
    return this.#then({ kind: 'rule', name: this.#name('a name was expected') }, nested);
  }

  /** Skips the space behind an item. */
  #then(node: GrammarNode, nested: boolean): GrammarNode {
    this.#space(nested);
    return node;
  }

  #repeated(item: GrammarNode, nested: boolean): GrammarNode {
    let node = item;
    for (let times = 0; ; times++) {
      const bounds = this.#bounds();
      if (bounds === null) return node;
      if (times === MOST_STACKED) throw this.#wrong('too many repetitions follow one another');
      node = { kind: 'repeat', item: node, ...bounds };
      this.#space(nested);
    }
  }

  #bounds(): { least: number; most: number } | null {
    if (this.#take('*')) return { least: 0, most: Infinity };
    if (this.#take('+')) return { least: 1, most: Infinity };
    if (this.#take('?')) return { least: 0, most: 1 };
    if (!this.#take('{')) return null;
    this.#space(true);
    const least = this.#integer();
    let most = least;
    this.#space(true);
    if (this.#take(',')) {
      this.#space(true);
      most = this.#text[this.#at] === '}' ? Infinity : this.#integer();
      this.#space(true);
    }
    if (!this.#take('}')) throw this.#wrong('a closing brace is missing');
    if (most < least) throw this.#wrong(`the repetition {${least},${most}} is empty`);
    return { least, most };
  }

  #integer(): number {
    const digits = /\d+/y;
    digits.lastIndex = this.#at;
    const found = digits.exec(this.#text)?.[0];
    if (found === undefined) throw this.#wrong('a number was expected');
    this.#at += found.length;
    const value = Number(found);
    if (value > MOST_REPETITIONS) throw this.#wrong(`the number ${found} is too large`);
    return value;
  }

  #literal(): GrammarNode {
    this.#at++;
    const items: GrammarNode[] = [];
    while (!this.#take('"')) {
      const code = this.#character();
      items.push({ kind: 'chars', ranges: [{ from: code, to: code }] });
    }
    return { kind: 'sequence', items };
  }

  #class(): GrammarNode {
    this.#at++;
    const negated = this.#take('^');
    const ranges: CodePoints[] = [];
    while (!this.#take(']')) {
      const from = this.#character();
      let to = from;
      if (this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']') {
        this.#at++;
        to = this.#character();
      }
      if (to < from) throw this.#wrong('a range of characters runs backwards');
      ranges.push({ from, to });
    }
    return { kind: 'chars', ranges: negated ? complement(ranges) : ranges };
  }

  #character(): number {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw this.#wrong('the text ends within quotes or brackets');
    if (code !== 0x5c) {
      this.#at += code > 0xffff ? 2 : 1;
      return code;
    }
    const escape = this.#text[this.#at + 1] ?? '';
    this.#at += 2;
    const hex = { x: 2, u: 4, U: 8 }[escape];
    if (hex !== undefined) return this.#hex(hex);
    const plain = { t: 9, r: 13, n: 10, '\\': 92, '"': 34, '[': 91, ']': 93, '-': 45 }[escape];
    if (plain === undefined)
      throw this.#wrong(
        `\\${escape} is no escape; there are \\n \\r \\t \\\\ \\" \\[ \\] \\- \\xHH \\uHHHH \\UHHHHHHHH`,
      );
    return plain;
  }

  #hex(digits: number): number {
    const found = this.#text.slice(this.#at, this.#at + digits);
    const value = Number.parseInt(found, 16);
    if (!/^[0-9A-Fa-f]+$/.test(found) || found.length < digits || value > LAST_CODE_POINT) {
      throw this.#wrong(`${digits} hexadecimal digits of a character were expected`);
    }
    this.#at += digits;
    return value;
  }

  #name(expected: string): string {
    const name = /[A-Za-z0-9-]+/y;
    name.lastIndex = this.#at;
    const found = name.exec(this.#text)?.[0];
    if (found === undefined) throw this.#wrong(expected);
    this.#at += found.length;
    return found;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #takeLineEnd(): boolean {
    return this.#take('\r\n') || this.#take('\n') || this.#take('\r');
  }

  /** Skips blanks and comments, and line ends where a rule may go on there. */
  #space(lines: boolean): void {
    const space = lines ? /(?:[ \t\r\n]|#[^\r\n]*)*/y : /(?:[ \t]|#[^\r\n]*)*/y;
    space.lastIndex = this.#at;
    this.#at += space.exec(this.#text)?.[0].length ?? 0;
  }

  #wrong(reason: string): GatewayError {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return grammarError(`line ${line}: ${reason}`);
  }
}

/** All code points that lie in none of the ranges. */
export function complement(ranges: readonly CodePoints[]): readonly CodePoints[] {
  const others: CodePoints[] = [];
  let from = 0;
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    if (range.from > from) others.push({ from, to: range.from - 1 });
    from = Math.max(from, range.to + 1);
  }
  if (from <= LAST_CODE_POINT) others.push({ from, to: LAST_CODE_POINT });
  return others;
}
