/** What an element of an alternative is. */
export const ELEMENT = { end: 0, bytes: 1, rule: 2, repeat: 3 } as const;

/**
 * A grammar over bytes. Its alternatives are runs of elements, each closed by an `end`; an element is named by its place. All
 * arrays have one value for each place.
 */
export interface GrammarElements {
  /** One of `ELEMENT`. */
  readonly kinds: Uint8Array;
  /** The byte set of `bytes`, the rule of `rule` and `repeat`. */
  readonly targets: Int32Array;
  /** How often a `repeat` is there at least and at most; Infinity: without end. */
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** 256 flags each. */
  readonly sets: readonly Uint8Array[];
  /** The places where the alternatives of each rule begin. */
  readonly rules: readonly (readonly number[])[];
  readonly root: number;
}

/** Bytes of each rule's shortest text, and the alternative that gives it; Infinity for rules that never end. */
export type ShortestTexts = readonly { readonly bytes: number; readonly start: number }[];

/** A grammar that can be run: every alternative can be finished, and no rule begins with itself. */
export interface CompiledGrammar extends GrammarElements {
  readonly shortest: ShortestTexts;
}
