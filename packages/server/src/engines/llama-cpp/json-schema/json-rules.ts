import type { RuleBook } from './rule-book.ts';

/** What matches nothing at all. */
export const NEVER = '[]';
/** After a comma or a colon; no other white space, for small models would go on writing it. */
export const GAP = '" "?';
export const COMMA = `"," ${GAP}`;

/** Two alternatives or more in parentheses; what matches nothing is left out. */
export function either(options: readonly string[]): string {
  const possible = [...new Set(options)].filter((option) => option !== NEVER);
  const [first] = possible;
  if (first === undefined) return NEVER;
  return possible.length === 1 ? first : `(${possible.join(' | ')})`;
}

/** An item so many times; `most` may be Infinity. */
export function times(item: string, least: number, most: number): string {
  if (most < least) return NEVER;
  if (most === 0) return '""';
  if (least === 1 && most === 1) return item;
  const bounds = most === Infinity ? `${least},` : least === most ? String(least) : `${least},${most}`;
  const star = least === 0 && most === Infinity ? '*' : least === 0 && most === 1 ? '?' : `{${bounds}}`;
  return /^(?:"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|[A-Za-z0-9-]+|\([^()"[\]]*\))$/.test(item)
    ? item + star
    : `(${item})${star}`;
}

/**
 * One character of a string, as JSON writes it: one code point, however it is escaped. Lone surrogates, which JSON allows, are
 * no text.
 */
export function charRule(book: RuleBook): string {
  return book.shared(
    'json-char',
    () =>
      '[^"\\\\\\x00-\\x1f] | "\\\\" (["\\\\/bfnrt] | "u" ([0-9a-cA-CefEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))',
  );
}

export function stringRule(book: RuleBook): string {
  return book.shared('json-string', () => `"\\"" ${charRule(book)}* "\\""`);
}

/** Sixteen digits at most: more than a double holds are only ever written by models that run away. */
export function integerRule(book: RuleBook): string {
  return book.shared('json-integer', () => '"-"? ("0" | [1-9] [0-9]{0,14})');
}

export function numberRule(book: RuleBook): string {
  return book.shared('json-number', () => `${integerRule(book)} ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?`);
}

export function booleanRule(book: RuleBook): string {
  return book.shared('json-boolean', () => '"true" | "false"');
}

export function nullRule(book: RuleBook): string {
  return book.shared('json-null', () => '"null"');
}

/** Any array. */
export function arrayRule(book: RuleBook): string {
  return book.shared('json-array', () => `"[" (${valueRule(book)} (${COMMA} ${valueRule(book)})*)? "]"`);
}

/** Any object. */
export function objectRule(book: RuleBook): string {
  return book.shared('json-object', () => {
    const member = book.shared('json-member', () => `${stringRule(book)} ":" ${GAP} ${valueRule(book)}`);
    return `"{" (${member} (${COMMA} ${member})*)? "}"`;
  });
}

/** Any JSON value. */
export function valueRule(book: RuleBook): string {
  return book.shared('json-value', () =>
    [objectRule, arrayRule, stringRule, numberRule, booleanRule, nullRule].map((rule) => rule(book)).join(' | '),
  );
}
