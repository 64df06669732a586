import type { SchemaPlace } from './schema-error.ts';
import { unsupported } from './schema-error.ts';

/** Rules of one schema; large schemas are refused rather than run slowly. */
const MOST_RULES = 20_000;
const MOST_CHARACTERS = 1_500_000;

/** Collects the rules of a grammar under names that begin with a prefix. */
export class RuleBook {
  readonly rules = new Map<string, string>();
  readonly #prefix: string;
  readonly #place: SchemaPlace;
  #numbered = 0;
  #characters = 0;

  constructor(prefix: string, place: SchemaPlace) {
    this.#prefix = prefix;
    this.#place = place;
  }

  /** A name for a rule whose body is set later. */
  reserve(): string {
    return `${this.#prefix}-${this.#numbered++}`;
  }

  set(name: string, body: string): void {
    this.rules.set(name, body);
    this.#characters += body.length;
    if (this.rules.size > MOST_RULES || this.#characters > MOST_CHARACTERS) {
      throw unsupported({ ...this.#place, path: '' }, '$', 'it is too large; split it or leave out alternatives');
    }
  }

  /** Adds a rule of its own and returns its name. */
  add(body: string): string {
    const name = this.reserve();
    this.set(name, body);
    return name;
  }

  /** The name of a rule that all schemas share: its body follows from its name. */
  shared(name: string, body: () => string): string {
    if (!this.rules.has(name)) {
      // First, for the body may use the rule itself.
      this.rules.set(name, '');
      this.set(name, body());
    }
    return name;
  }
}
