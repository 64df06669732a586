import { gbnfLiteral } from '../grammar/gbnf-text.ts';
import { arrayRule, COMMA, NEVER, times } from './json-rules.ts';
import { tuple } from './merge-schemas.ts';
import type { Convert } from './object-rules.ts';
import type { RuleBook } from './rule-book.ts';
import { inside, type SchemaPlace, unsupported } from './schema-error.ts';
import { asSchema } from './flatten-schema.ts';
import type { Schema, SchemaObject } from './schema-types.ts';
import { countOf } from './string-rules.ts';

interface Tools {
  readonly book: RuleBook;
  readonly convert: Convert;
  /** All values of a schema that has few; null for others. */
  readonly valuesOf: (schema: Schema, place: SchemaPlace) => readonly unknown[] | null;
  readonly place: SchemaPlace;
}

/** Items that are written in any order where all must be different; more come in the order of the schema. */
const MOST_IN_ANY_ORDER = 6;
const MOST_DIFFERENT = 200;

/** The rule of an array. The first items of a tuple are always written. */
export function arrayOf(schema: SchemaObject, { book, convert, valuesOf, place }: Tools): string {
  const least = countOf(schema, 'minItems', place) ?? 0;
  const most = countOf(schema, 'maxItems', place) ?? Infinity;
  if (least > most) return NEVER;
  const { prefix, rest } = tuple(schema);
  const tupleGiven = prefix.length > 0;
  if (!tupleGiven && rest === true && least === 0 && most === Infinity && schema['uniqueItems'] !== true)
    return arrayRule(book);
  const first = prefix.slice(0, Math.min(prefix.length, most)).map((item, index) => {
    const at = inside(place, 'prefixItems', index);
    return convert(asSchema(item, at), at);
  });
  // Nothing is said of what follows a tuple: it is only written where there must be more.
  const closed =
    tupleGiven && schema['items'] === undefined && schema['additionalItems'] === undefined && least <= prefix.length;
  const at = inside(place, 'items');
  const others = closed ? false : asSchema(rest, at);
  const [low, high] = [Math.max(0, least - first.length), others === false ? 0 : most - first.length];
  if (low > high) return NEVER;
  if (schema['uniqueItems'] === true && most > 1 && (tupleGiven || high > 1)) {
    return differentItems(schema, { low, high }, { book, convert, valuesOf, place });
  }
  if (high === 0) return `"[" ${first.join(` ${COMMA} `)} "]"`;
  const item = convert(others, at);
  const further = `${COMMA} ${item}`;
  if (first.length > 0) return `"[" ${first.join(` ${COMMA} `)} ${times(further, low, high)} "]"`;
  const some = `${item} ${times(further, Math.max(0, low - 1), high - 1)}`;
  return low === 0 ? `"[" (${some})? "]"` : `"[" ${some} "]"`;
}

/** Arrays without two equal items, of items that have few values. */
function differentItems(
  schema: SchemaObject,
  { low, high }: { readonly low: number; readonly high: number },
  { book, valuesOf, place }: Tools,
): string {
  const { prefix, rest } = tuple(schema);
  const values = prefix.length > 0 ? null : valuesOf(asSchema(rest, inside(place, 'items')), inside(place, 'items'));
  if (values === null || values.length > MOST_DIFFERENT) {
    throw unsupported(
      place,
      'uniqueItems',
      `it is taken for items that are an enum of at most ${MOST_DIFFERENT} values`,
    );
  }
  const texts = [...new Set(values.map((value) => JSON.stringify(value)))].map(gbnfLiteral);
  const most = Math.min(high, texts.length);
  if (low > most) return NEVER;
  const body =
    texts.length <= MOST_IN_ANY_ORDER ? anyOrder(texts, { low, most }, book) : inOrder(texts, { low, most }, book);
  return `"[" ${body} "]"`;
}

interface Amount {
  readonly low: number;
  readonly most: number;
}

/** One rule for each set of values that are left. */
function anyOrder(texts: readonly string[], { low, most }: Amount, book: RuleBook): string {
  const rules = new Map<number, string>();
  const after = (used: number, count: number): string => {
    const known = rules.get(used);
    if (known !== undefined) return known;
    const options = count >= low ? ['""'] : [];
    for (const [index, text] of texts.entries()) {
      if (count >= most || (used & (1 << index)) !== 0) continue;
      options.push(`${count > 0 ? `${COMMA} ` : ''}${text} ${after(used | (1 << index), count + 1)}`);
    }
    const rule = book.add(options.join(' | ') || NEVER);
    rules.set(used, rule);
    return rule;
  };
  return after(0, 0);
}

/** Each value is there or not, in the order in which they are listed. */
function inOrder(texts: readonly string[], { low, most }: Amount, book: RuleBook): string {
  const highest = Math.min(most, texts.length);
  let after: string[] = Array.from({ length: highest + 1 }, (_, count) => (count >= low ? '""' : NEVER));
  for (const text of texts.toReversed()) {
    const next = after;
    after = next.map((absent, count) => {
      const rest = next[count + 1];
      if (rest === undefined || rest === NEVER) return absent;
      const present = `${count > 0 ? `${COMMA} ` : ''}${text} ${rest}`;
      return absent === NEVER ? book.add(present) : book.add(`${present} | ${absent}`);
    });
  }
  return after[0] ?? NEVER;
}
