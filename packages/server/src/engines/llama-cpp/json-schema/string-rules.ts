import { charRule, NEVER, stringRule, times } from './json-rules.ts';
import { type Lengths, patternBody } from './pattern-rules.ts';
import { parsePattern, type Pattern } from './pattern-syntax.ts';
import type { RuleBook } from './rule-book.ts';
import { inside, malformed, type SchemaPlace, unsupported } from './schema-error.ts';
import type { SchemaObject } from './schema-types.ts';
import { FORMATS } from './string-formats.ts';

/** The rule of a string of this schema, quotes included. */
export function stringOf(schema: SchemaObject, book: RuleBook, place: SchemaPlace): string {
  const lengths = lengthsOf(schema, place);
  if (lengths.least > lengths.most) return NEVER;
  const { pattern, format } = schema;
  const known = typeof format === 'string' ? FORMATS[format] : undefined;
  if (pattern !== undefined && typeof pattern !== 'string') {
    throw malformed(inside(place, 'pattern'), 'a pattern is a string');
  }
  // Libraries write a format and the expression they check it with: texts of the format satisfy both.
  if (pattern !== undefined && known?.patterns.includes(pattern) !== true) {
    return `"\\"" ${patternOf(pattern, lengths, place)} "\\""`;
  }
  if (known !== undefined) {
    if (lengths.least > known.lengths.least || lengths.most < known.lengths.most) {
      const range = `${known.lengths.least} to ${known.lengths.most}`;
      const keyword = lengths.least > known.lengths.least ? 'minLength' : 'maxLength';
      throw unsupported(
        place,
        keyword,
        `texts of the format ${String(format)} that are written have ${range} characters`,
      );
    }
    return known.rule(book);
  }
  if (lengths.least === 0 && lengths.most === Infinity) return stringRule(book);
  return `"\\"" ${times(charRule(book), lengths.least, lengths.most)} "\\""`;
}

/** The rule of what stands between the quotes of a string that matches. Throws `unsupported_value` with the reason. */
export function patternOf(source: string, lengths: Lengths, place: SchemaPlace): string {
  let pattern: Pattern;
  try {
    pattern = parsePattern(source);
  } catch (error) {
    throw unsupported(place, 'pattern', error instanceof Error ? error.message : String(error));
  }
  const body = patternBody(pattern, lengths);
  if (body === null) throw unsupported(place, 'pattern', 'it can not be combined with minLength and maxLength');
  return body;
}

function lengthsOf(schema: SchemaObject, place: SchemaPlace): Lengths {
  return { least: countOf(schema, 'minLength', place) ?? 0, most: countOf(schema, 'maxLength', place) ?? Infinity };
}

/** A keyword's number of things, 0 or more; null where it is absent. Throws `invalid_request` when it is none. */
export function countOf(schema: SchemaObject, keyword: string, place: SchemaPlace): number | null {
  const value = schema[keyword];
  if (value === undefined) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw malformed(inside(place, keyword), 'it must be a whole number of 0 or more');
  }
  // More is as good as no limit: nobody writes so much.
  return value > 2 ** 31 - 1 ? (keyword.startsWith('max') ? Infinity : value) : value;
}
