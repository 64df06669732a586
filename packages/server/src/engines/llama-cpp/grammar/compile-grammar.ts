import { type CompiledGrammar, ELEMENT, type GrammarElements, type ShortestTexts } from './compiled-grammar.ts';
import { type CodePoints, grammarError, type GrammarNode } from './gbnf-syntax.ts';
import { findLeftRecursion } from './left-recursion.ts';
import { shortestTexts } from './shortest-texts.ts';
import { utf8Ranges } from './utf8-ranges.ts';

/** Elements of a whole grammar; callers' grammars are far smaller. */
const MOST_ELEMENTS = 400_000;
/** A grammar whose shortest answer is longer holds no answer that anybody waits for. */
const MOST_SHORTEST_BYTES = 65_536;

/**
 * Compiles rules into bytes and checks that they can be run: all names are defined, no rule begins with itself, and something finite
 * can be written. Throws `invalid_request` with the reason. Time and memory grow little faster than the rules' size.
 */
export function compileGrammar(rules: ReadonlyMap<string, GrammarNode>): CompiledGrammar {
  const builder = new GrammarBuilder(rules);
  const grammar = builder.build();
  const shortest = shortestTexts(grammar);
  const recursive = findLeftRecursion(grammar, shortest);
  if (recursive !== null)
    throw grammarError(`the rule ${builder.nameOf(recursive)} begins with itself (left recursion)`);
  const bytes = shortest[grammar.root]?.bytes ?? Infinity;
  if (bytes === Infinity) throw grammarError('no finite text matches it');
  if (bytes > MOST_SHORTEST_BYTES) {
    throw grammarError(
      `the shortest text that matches it has ${bytes} bytes; at most ${MOST_SHORTEST_BYTES} are taken`,
    );
  }
  const finite = grammar.rules.map((starts) => starts.filter((start) => isFinite(grammar, shortest, start)));
  return { ...grammar, rules: finite, shortest };
}

function isFinite(grammar: GrammarElements, shortest: ShortestTexts, start: number): boolean {
  for (let place = start; grammar.kinds[place] !== ELEMENT.end; place++) {
    const needed = grammar.kinds[place] === ELEMENT.rule || (grammar.least[place] as number) > 0;
    if (
      grammar.kinds[place] !== ELEMENT.bytes &&
      needed &&
      shortest[grammar.targets[place] as number]?.bytes === Infinity
    )
      return false;
  }
  return true;
}

interface Element {
  readonly kind: number;
  readonly target: number;
  readonly least: number;
  readonly most: number;
}

const END: Element = { kind: ELEMENT.end, target: 0, least: 0, most: 0 };

class GrammarBuilder {
  readonly #source: ReadonlyMap<string, GrammarNode>;
  readonly #elements: Element[] = [];
  readonly #rules: number[][] = [];
  readonly #names: (string | null)[] = [];
  readonly #byName = new Map<string, number>();
  readonly #classes = new Map<string, Element>();
  readonly #sets: Uint8Array[] = [];
  readonly #setNumbers = new Map<string, number>();

  constructor(source: ReadonlyMap<string, GrammarNode>) {
    this.#source = source;
    for (const name of source.keys()) this.#byName.set(name, this.#addRule(name));
  }

  build(): GrammarElements {
    const root = this.#byName.get('root');
    if (root === undefined) throw grammarError('it has no rule named root');
    for (const [name, node] of this.#source) this.#fill(this.#byName.get(name) as number, node);
    return {
      kinds: Uint8Array.from(this.#elements, ({ kind }) => kind),
      targets: Int32Array.from(this.#elements, ({ target }) => target),
      least: Float64Array.from(this.#elements, ({ least }) => least),
      most: Float64Array.from(this.#elements, ({ most }) => most),
      sets: this.#sets,
      rules: this.#rules,
      root,
    };
  }

  /** The name of a rule, or of the first named one before it where it has none. */
  nameOf(rule: number): string {
    for (let index = rule; index >= 0; index--) {
      const name = this.#names[index];
      if (name !== null && name !== undefined) return name;
    }
    return 'root';
  }

  #addRule(name: string | null): number {
    this.#names.push(name);
    return this.#rules.push([]) - 1;
  }

  #fill(rule: number, node: GrammarNode): void {
    const options = node.kind === 'choice' ? node.options : [node];
    const alternatives = options.map((option) => this.#sequence(option));
    for (const elements of alternatives) this.#addAlternative(rule, elements);
  }

  #addAlternative(rule: number, elements: readonly Element[]): void {
    this.#rules[rule]?.push(this.#elements.length);
    for (const element of elements) this.#elements.push(element);
    this.#elements.push(END);
    if (this.#elements.length > MOST_ELEMENTS) throw grammarError(`it has more than ${MOST_ELEMENTS} elements`);
  }

  #sequence(node: GrammarNode): readonly Element[] {
    switch (node.kind) {
      case 'sequence':
        return node.items.flatMap((item) => this.#sequence(item));
      case 'chars':
        return [this.#chars(node.ranges)];
      case 'rule': {
        const target = this.#byName.get(node.name);
        if (target === undefined) throw grammarError(`the rule ${node.name} is used, but not defined`);
        return [{ ...END, kind: ELEMENT.rule, target }];
      }
      case 'choice': {
        const target = this.#addRule(null);
        this.#fill(target, node);
        return [{ ...END, kind: ELEMENT.rule, target }];
      }
      case 'repeat': {
        if (node.most === 0) return [];
        const inner = this.#sequence(node.item);
        if (node.least === 1 && node.most === 1) return inner;
        const [only] = inner;
        let target = inner.length === 1 && only?.kind === ELEMENT.rule ? only.target : null;
        if (target === null) {
          target = this.#addRule(null);
          this.#addAlternative(target, inner);
        }
        return [{ kind: ELEMENT.repeat, target, least: node.least, most: node.most }];
      }
    }
  }

  /** A class of characters: one byte set where all are ASCII, else a rule that all uses of the class share. */
  #chars(ranges: readonly CodePoints[]): Element {
    const key = ranges.map(({ from, to }) => `${from}-${to}`).join();
    let element = this.#classes.get(key);
    if (element === undefined) {
      element = this.#makeClass(ranges);
      this.#classes.set(key, element);
    }
    return element;
  }

  #makeClass(ranges: readonly CodePoints[]): Element {
    const single = new Uint8Array(256);
    const longer: (readonly Element[])[] = [];
    for (const bytes of ranges.flatMap(utf8Ranges)) {
      const [first] = bytes;
      if (bytes.length === 1 && first !== undefined) single.fill(1, first.from, first.to + 1);
      else longer.push(bytes.map(({ from, to }) => this.#set(new Uint8Array(256).fill(1, from, to + 1))));
    }
    const hasSingle = single.includes(1);
    if (longer.length === 0 && hasSingle) return this.#set(single);
    const target = this.#addRule(null);
    if (hasSingle) this.#addAlternative(target, [this.#set(single)]);
    for (const elements of longer) this.#addAlternative(target, elements);
    return { ...END, kind: ELEMENT.rule, target };
  }

  #set(set: Uint8Array): Element {
    const key = set.join('');
    let number = this.#setNumbers.get(key);
    if (number === undefined) {
      number = this.#sets.push(set) - 1;
      this.#setNumbers.set(key, number);
    }
    return { ...END, kind: ELEMENT.bytes, target: number };
  }
}
