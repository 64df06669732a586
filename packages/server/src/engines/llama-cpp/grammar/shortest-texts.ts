import { ELEMENT, type GrammarElements, type ShortestTexts } from './compiled-grammar.ts';

/**
 * Bytes of the shortest text of each rule, and the alternative that begins it; Infinity for rules that never end. Knuth's
 * generalisation of Dijkstra's algorithm (1977): an alternative's length is known once those of all its parts are.
 */
export function shortestTexts(grammar: GrammarElements): ShortestTexts {
  const shortest: { bytes: number; start: number }[] = grammar.rules.map(() => ({ bytes: Infinity, start: -1 }));
  const settled = new Uint8Array(grammar.rules.length);
  const waiting = grammar.rules.map((): Alternative[] => []);
  const queue = new Queue();
  for (const [rule, starts] of grammar.rules.entries()) {
    for (const start of starts) {
      const alternative: Alternative = { rule, start, open: 0 };
      for (const target of neededRules(grammar, start)) {
        alternative.open++;
        waiting[target]?.push(alternative);
      }
      if (alternative.open === 0) queue.push(lengthOf(grammar, shortest, start), alternative);
    }
  }
  for (let next = queue.pop(); next !== null; next = queue.pop()) {
    const { bytes, alternative } = next;
    if (settled[alternative.rule] === 1) continue;
    settled[alternative.rule] = 1;
    shortest[alternative.rule] = { bytes, start: alternative.start };
    for (const other of waiting[alternative.rule] ?? []) {
      if (--other.open === 0 && settled[other.rule] === 0) queue.push(lengthOf(grammar, shortest, other.start), other);
    }
  }
  return shortest;
}

interface Alternative {
  readonly rule: number;
  readonly start: number;
  /** Parts whose length isn't known. */
  open: number;
}

/** Bytes of an element, of its shortest text. */
export function elementBytes(grammar: GrammarElements, shortest: ShortestTexts, place: number): number {
  const inner = shortest[grammar.targets[place] as number]?.bytes ?? Infinity;
  switch (grammar.kinds[place]) {
    case ELEMENT.bytes:
      return 1;
    case ELEMENT.rule:
      return inner;
    default: {
      const least = grammar.least[place] as number;
      return least === 0 ? 0 : least * inner;
    }
  }
}

/** Bytes from a place to the end of its alternative. */
function lengthOf(grammar: GrammarElements, shortest: ShortestTexts, start: number): number {
  let sum = 0;
  for (let place = start; grammar.kinds[place] !== ELEMENT.end; place++) sum += elementBytes(grammar, shortest, place);
  return sum;
}

function* neededRules(grammar: GrammarElements, start: number): Generator<number> {
  for (let place = start; grammar.kinds[place] !== ELEMENT.end; place++) {
    const kind = grammar.kinds[place];
    const needed = kind === ELEMENT.rule || (kind === ELEMENT.repeat && (grammar.least[place] as number) > 0);
    if (needed) yield grammar.targets[place] as number;
  }
}

/** A binary heap: the shortest comes first. */
class Queue {
  readonly #items: { readonly bytes: number; readonly alternative: Alternative }[] = [];

  push(bytes: number, alternative: Alternative): void {
    const items = this.#items;
    let at = items.push({ bytes, alternative }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#bytesAt(parent) <= bytes) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): { readonly bytes: number; readonly alternative: Alternative } | null {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined) return null;
    if (items.length === 0) return first;
    items[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const least = this.#bytesAt(left + 1) < this.#bytesAt(left) ? left + 1 : left;
      if (this.#bytesAt(least) >= this.#bytesAt(at)) return first;
      this.#swap(at, least);
      at = least;
    }
  }

  #bytesAt(index: number): number {
    return this.#items[index]?.bytes ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    const [first, second] = [items[a], items[b]];
    if (first === undefined || second === undefined) return;
    items[a] = second;
    items[b] = first;
  }
}
