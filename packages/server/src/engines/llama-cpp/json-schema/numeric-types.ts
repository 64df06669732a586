import { either, integerRule, NEVER, numberRule } from './json-rules.ts';
import { type DecimalBound, integersBetween, numbersBetween } from './number-rules.ts';
import type { RuleBook } from './rule-book.ts';
import { inside, malformed, type SchemaPlace, unsupported } from './schema-error.ts';
import type { SchemaObject } from './schema-types.ts';

/** Multiples that are listed one by one. */
const MOST_LISTED = 2000;
/** Larger ones would need as many rules. */
const LARGEST_FACTOR = 100;
/** Digits of multiples that aren't listed. */
const MOST_DIGITS = 9;

/** The rule of an integer of this schema. */
export function integersOf(schema: SchemaObject, book: RuleBook, place: SchemaPlace): string {
  const [low, high] = [lowerBound(schema, place), upperBound(schema, place)];
  const least = low === null ? null : integerAbove(low);
  const most = high === null ? null : integerBelow(high);
  const factor = factorOf(schema, place);
  if (factor === null || factor === 1n) {
    return least === null && most === null ? integerRule(book) : integersBetween(least, most);
  }
  return multiples(factor, { least, most }, { book, place });
}

/** The rule of a number of this schema. */
export function numbersOf(schema: SchemaObject, book: RuleBook, place: SchemaPlace): string {
  if (schema['multipleOf'] !== undefined) return integersOf(schema, book, place);
  const [low, high] = [lowerBound(schema, place), upperBound(schema, place)];
  return low === null && high === null ? numberRule(book) : numbersBetween(low, high);
}

function numberOf(schema: SchemaObject, keyword: string, place: SchemaPlace): number | null {
  const value = schema[keyword];
  if (value === undefined) return null;
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw malformed(inside(place, keyword), 'it must be a number');
  return value;
}

/** The stricter of `minimum` and `exclusiveMinimum`, which was true or false in old drafts. */
function lowerBound(schema: SchemaObject, place: SchemaPlace): DecimalBound | null {
  const minimum = numberOf(schema, 'minimum', place);
  const exclusive = schema['exclusiveMinimum'];
  if (typeof exclusive === 'boolean') return minimum === null ? null : { value: minimum, included: !exclusive };
  const above = numberOf(schema, 'exclusiveMinimum', place);
  if (above === null) return minimum === null ? null : { value: minimum, included: true };
  return minimum !== null && minimum > above ? { value: minimum, included: true } : { value: above, included: false };
}

function upperBound(schema: SchemaObject, place: SchemaPlace): DecimalBound | null {
  const maximum = numberOf(schema, 'maximum', place);
  const exclusive = schema['exclusiveMaximum'];
  if (typeof exclusive === 'boolean') return maximum === null ? null : { value: maximum, included: !exclusive };
  const below = numberOf(schema, 'exclusiveMaximum', place);
  if (below === null) return maximum === null ? null : { value: maximum, included: true };
  return maximum !== null && maximum < below ? { value: maximum, included: true } : { value: below, included: false };
}

function integerAbove({ value, included }: DecimalBound): bigint {
  const least = BigInt(Math.ceil(value));
  return !included && Number.isInteger(value) ? least + 1n : least;
}

function integerBelow({ value, included }: DecimalBound): bigint {
  const most = BigInt(Math.floor(value));
  return !included && Number.isInteger(value) ? most - 1n : most;
}

function factorOf(schema: SchemaObject, place: SchemaPlace): bigint | null {
  const factor = numberOf(schema, 'multipleOf', place);
  if (factor === null) return null;
  if (factor <= 0) throw malformed(inside(place, 'multipleOf'), 'it must be more than 0');
  if (!Number.isSafeInteger(factor)) {
    throw unsupported(place, 'multipleOf', 'only whole numbers are taken: validators disagree about fractions');
  }
  return BigInt(factor);
}

interface Range {
  readonly least: bigint | null;
  readonly most: bigint | null;
}

function multiples(
  factor: bigint,
  { least, most }: Range,
  { book, place }: { readonly book: RuleBook; readonly place: SchemaPlace },
): string {
  if (least !== null && most !== null) {
    if (most < least) return NEVER;
    const first = roundUp(least, factor);
    if ((most - first) / factor < BigInt(MOST_LISTED)) {
      const listed: string[] = [];
      for (let value = first; value <= most; value += factor) listed.push(`"${value}"`);
      return either(listed);
    }
  }
  const open = (least === null || (least <= 0n && least > -factor)) && (most === null || (most >= 0n && most < factor));
  if (!open || factor > BigInt(LARGEST_FACTOR)) {
    throw unsupported(
      place,
      'multipleOf',
      `with these bounds more than ${MOST_LISTED} numbers would have to be listed`,
    );
  }
  const positive = most === null ? remainderRules(Number(factor), book) : NEVER;
  const negative = least === null ? `"-" ${remainderRules(Number(factor), book)}` : NEVER;
  return either(['"0"', positive, negative]);
}

function roundUp(value: bigint, factor: bigint): bigint {
  const rest = value % factor;
  return rest === 0n ? value : value - rest + (value > 0n ? factor : 0n);
}

/** Positive multiples, digit by digit: one rule for each remainder of what was written so far and the digits that are left. */
function remainderRules(factor: number, book: RuleBook): string {
  const digits = (remainder: number, left: number, from: number): string =>
    Array.from({ length: 10 - from }, (_, index) => {
      const digit = index + from;
      return `"${digit}" ${after((remainder * 10 + digit) % factor, left - 1)}`;
    }).join(' | ');
  const after = (remainder: number, left: number): string =>
    book.shared(`json-multiple-${factor}-${remainder}-${left}`, () => {
      const more = left === 0 ? NEVER : digits(remainder, left, 0);
      return remainder === 0 ? `"" | ${more}` : more;
    });
  return `(${digits(0, MOST_DIGITS, 1)})`;
}
