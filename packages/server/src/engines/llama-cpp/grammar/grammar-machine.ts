import { GatewayError } from '../../../shared/errors.ts';
import { type CompiledGrammar, ELEMENT } from './compiled-grammar.ts';
import { elementBytes } from './shortest-texts.ts';

/** A place in the grammar, and what follows when its alternative ends. Equal ones are the same object. */
interface Cell {
  readonly id: number;
  readonly place: number;
  /** How often the `repeat` at this place was entered. */
  readonly count: number;
  /** Null at the bottom of the stack. */
  readonly below: Cell | null;
  readonly above: Map<number, Cell>;
  /** Bytes of the shortest text from here to the end of everything. */
  readonly bytes: number;
}

/** Where a text stands in the grammar. Made by one machine, and of use with it only. */
export interface GrammarState {
  /** Whether the text may end here. */
  readonly complete: boolean;
  /** Whether it must: no byte can follow. */
  readonly final: boolean;
  /** Bytes of the shortest text with which it could be completed. */
  readonly shortestBytes: number;
  /** What the machine knows of it. */
  readonly cells: readonly Cell[];
  readonly steps: (GrammarState | null | undefined)[];
}

/** Places that one byte may lead to, before the grammar counts as hopelessly ambiguous. */
const MOST_CELLS = 4096;
const MOST_VISITED = 32_768;
/** States and cells that are remembered; more, and all are found anew. */
const MOST_STATES = 4096;
const MOST_REMEMBERED_CELLS = 100_000;
const COUNTS = 2 ** 31;

/**
 * Runs a grammar over bytes: a pushdown automaton that follows all readings of the text at once, whose states and steps are made
 * when they are first needed and then remembered, so that a byte mostly costs one look-up. States never change: a text can be tried
 * and given up. A hostile grammar costs bounded time per byte, then throws `unsupported_value`.
 */
export class GrammarMachine {
  readonly #grammar: CompiledGrammar;
  /** Bytes of the shortest text from each place to the end of its alternative. */
  readonly #tails: Float64Array;
  #states = new Map<string, GrammarState>();
  #bottom: Map<number, Cell> = new Map();
  #cellCount = 0;
  #rememberedCells = 0;

  constructor(grammar: CompiledGrammar) {
    this.#grammar = grammar;
    const { kinds, shortest } = grammar;
    this.#tails = new Float64Array(kinds.length);
    for (let place = kinds.length - 1; place >= 0; place--) {
      if (kinds[place] === ELEMENT.end) continue;
      this.#tails[place] = elementBytes(grammar, shortest, place) + (this.#tails[place + 1] as number);
    }
  }

  /** The state before any text. */
  start(): GrammarState {
    const candidates = (this.#grammar.rules[this.#grammar.root] ?? []).map((place) => ({
      place,
      count: 0,
      below: null,
    }));
    return this.#settle(candidates);
  }

  /** The state after one more byte; null when it can't follow. */
  step(state: GrammarState, byte: number): GrammarState | null {
    const known = state.steps[byte];
    if (known !== undefined) return known;
    const { sets, targets } = this.#grammar;
    const candidates: Candidate[] = [];
    for (const { place, below } of state.cells) {
      const set = sets[targets[place] as number];
      if (set?.[byte] === 1) candidates.push({ place: place + 1, count: 0, below });
    }
    const next = candidates.length === 0 ? null : this.#settle(candidates);
    state.steps[byte] = next;
    return next;
  }

  /** The state after more bytes; null when they can't follow. */
  run(state: GrammarState, bytes: Uint8Array): GrammarState | null {
    let at: GrammarState | null = state;
    for (let index = 0; index < bytes.length && at !== null; index++) at = this.step(at, bytes[index] as number);
    return at;
  }

  /** The shortest bytes with which a text in this state is complete. */
  shortestEnd(state: GrammarState): Uint8Array {
    const bytes = new Uint8Array(state.shortestBytes);
    let at = state;
    for (let index = 0; index < bytes.length; index++) {
      const byte = this.#shortestByte(at);
      const next = this.step(at, byte);
      if (next === null) throw new Error('the shortest text of a grammar does not match it');
      bytes[index] = byte;
      at = next;
    }
    return bytes;
  }

  /** A byte on the shortest way to the end. */
  #shortestByte({ cells, shortestBytes }: GrammarState): number {
    const cell = cells.find(({ bytes }) => bytes === shortestBytes);
    const set = cell === undefined ? undefined : this.#grammar.sets[this.#grammar.targets[cell.place] as number];
    // What can be read is rather taken than a control character.
    const readable = set?.indexOf(1, 0x20) ?? -1;
    const byte = readable >= 0 ? readable : (set?.indexOf(1) ?? -1);
    if (byte < 0) throw new Error('a state of a grammar leads nowhere');
    return byte;
  }

  /** Follows rules and ends of rules from each candidate to the bytes that may come next. */
  #settle(candidates: Candidate[]): GrammarState {
    const { kinds } = this.#grammar;
    const seen = new Set<number>();
    const found: Cell[] = [];
    let complete = false;
    for (let next = candidates.pop(); next !== undefined; next = candidates.pop()) {
      const at = this.#popEnds(next);
      if (at === null) {
        complete = true;
        continue;
      }
      const cell = this.#cell(at);
      if (seen.has(cell.id)) continue;
      seen.add(cell.id);
      if (kinds[cell.place] === ELEMENT.bytes) found.push(cell);
      else this.#enter(cell, candidates);
      if (found.length > MOST_CELLS || seen.size > MOST_VISITED) throw tooAmbiguous();
    }
    return this.#state(found, complete);
  }

  /** What is really next where alternatives end; null at the end of everything. */
  #popEnds(candidate: Candidate): Candidate | null {
    let at: Candidate | null = candidate;
    while (at !== null && this.#grammar.kinds[at.place] === ELEMENT.end) at = at.below;
    return at;
  }

  #enter(cell: Cell, candidates: Candidate[]): void {
    const { kinds, targets, least, most, rules } = this.#grammar;
    const { place, count, below } = cell;
    const after: Candidate = { place: place + 1, count: 0, below };
    let back: Candidate | null = after;
    if (kinds[place] === ELEMENT.repeat) {
      const [low, high] = [least[place] as number, most[place] as number];
      if (count >= low) candidates.push(after);
      // Without an upper bound it is enough to count up to the lower one.
      const entered = high === Infinity ? Math.min(count + 1, low) : count + 1;
      if (entered < high) back = { place, count: entered, below };
    }
    // What ends with its alternative leaves nothing on the stack, so that repetitions don't pile up.
    const rest = this.#popEnds(back);
    const follow = rest === null ? null : this.#cell(rest);
    for (const start of rules[targets[place] as number] ?? [])
      candidates.push({ place: start, count: 0, below: follow });
  }

  #cell({ place, count, below }: Candidate): Cell {
    const siblings = below === null ? this.#bottom : below.above;
    const key = place * COUNTS + count;
    let cell = siblings.get(key);
    if (cell === undefined) {
      const bytes = this.#bytesFrom(place, count) + (below?.bytes ?? 0);
      cell = { id: this.#cellCount++, place, count, below, above: new Map(), bytes };
      siblings.set(key, cell);
      this.#rememberedCells++;
    }
    return cell;
  }

  /** Bytes of the shortest text from a place, entered so often already, to the end of its alternative. */
  #bytesFrom(place: number, count: number): number {
    const { kinds, targets, least, shortest } = this.#grammar;
    if (kinds[place] !== ELEMENT.repeat) return this.#tails[place] as number;
    const left = Math.max(0, (least[place] as number) - count);
    const inner = left === 0 ? 0 : left * (shortest[targets[place] as number]?.bytes ?? Infinity);
    return inner + (this.#tails[place + 1] as number);
  }

  #state(cells: Cell[], complete: boolean): GrammarState {
    const sorted = cells.sort((a, b) => a.id - b.id);
    const key = `${complete ? '!' : ''}${sorted.map(({ id }) => id).join()}`;
    let state = this.#states.get(key);
    if (state === undefined) {
      if (this.#states.size >= MOST_STATES || this.#rememberedCells > MOST_REMEMBERED_CELLS) this.#forget();
      const shortestBytes = complete ? 0 : sorted.reduce((least, { bytes }) => Math.min(least, bytes), Infinity);
      state = { complete, final: sorted.length === 0, shortestBytes, cells: sorted, steps: [] };
      this.#states.set(key, state);
    }
    return state;
  }

  /** States that are in use stay usable; equal ones are made again. */
  #forget(): void {
    this.#states = new Map();
    this.#bottom = new Map();
    this.#rememberedCells = 0;
  }
}

interface Candidate {
  readonly place: number;
  readonly count: number;
  readonly below: Cell | null;
}

function tooAmbiguous(): GatewayError {
  return new GatewayError(
    'unsupported_value',
    'the grammar can be read in too many ways at once; give each alternative another beginning',
    { param: 'grammar' },
  );
}
