import { type GbnfRules, gbnfLiteral } from '../grammar/gbnf-text.ts';
import { acceptsValue } from './accepts-value.ts';
import { arrayOf } from './array-rules.ts';
import { checkOneOf } from './check-one-of.ts';
import { asSchema, SchemaFlattener, schemasOf } from './flatten-schema.ts';
import { booleanRule, either, NEVER, nullRule, objectRule, valueRule } from './json-rules.ts';
import { integersOf, numbersOf } from './numeric-types.ts';
import { objectOf } from './object-rules.ts';
import { RuleBook } from './rule-book.ts';
import { inside, malformed, type SchemaPlace, unsupported } from './schema-error.ts';
import { isObject, type Schema, type SchemaObject, type TypeName, TYPES } from './schema-types.ts';
import { stringOf } from './string-rules.ts';

export interface JsonSchemaOptions {
  /** With which the names of the rules begin. */
  readonly prefix: string;
  /** The request's field that holds the schema, for messages. */
  readonly where: string;
}

const MOST_DEPTH = 64;
/** Parts of a schema, those included that are reached through references in several ways. */
const MOST_PARTS = 10_000;
const MOST_CHARACTERS = 262_144;
/** Of all parts together, each counted with those inside it. */
const MOST_CHARACTERS_READ = 8_000_000;
const MOST_VALUES = 10_000;

/** What changes which values are valid and can't be told by a grammar. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['not', 'write what is allowed instead'],
  ['if', 'use anyOf with the cases'],
  ['then', 'use anyOf with the cases'],
  ['else', 'use anyOf with the cases'],
  ['contains', 'no grammar can look for an item'],
  ['dependentRequired', 'use anyOf with the cases'],
  ['dependentSchemas', 'use anyOf with the cases'],
  ['dependencies', 'use anyOf with the cases'],
  ['$dynamicRef', 'use $ref'],
  ['$recursiveRef', 'use $ref'],
]);

/** Which types a keyword is about, for schemas that name no type. */
const TYPE_HINTS: Readonly<Record<TypeName, readonly string[]>> = {
  object: [
    'properties',
    'required',
    'additionalProperties',
    'patternProperties',
    'propertyNames',
    'minProperties',
    'maxProperties',
  ],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  integer: [],
  boolean: [],
  null: [],
};

/**
 * The rules of all JSON texts that a schema accepts, but for a few that nobody would write (see below): every text that matches is valid.
 * Not written: white space but one blank behind commas and colons, properties in another order, additional properties that the schema
 * does not ask for, numbers of more than fifteen digits. Throws `unsupported_value` for what can't be held, naming keyword and place, and
 * `invalid_request` for what is no schema.
 */
export function jsonSchemaRules(schema: unknown, { prefix, where }: JsonSchemaOptions): GbnfRules {
  const place: SchemaPlace = { where, path: '' };
  const book = new RuleBook(prefix, place);
  const root = new SchemaConverter(schema, book).convert(asSchema(schema, place), place, 0);
  return { root: book.add(root), rules: book.rules };
}

/** The rules of any JSON object. */
export function anyObjectRules(): GbnfRules {
  const book = new RuleBook('json', { where: 'response_format', path: '' });
  return { root: objectRule(book), rules: book.rules };
}

class SchemaConverter {
  readonly #book: RuleBook;
  readonly #flattener: SchemaFlattener;
  /** Rules of parts that were met before, by their text: references lead to them again, and so do joined parts. */
  readonly #known = new Map<string, string>();
  #parts = 0;
  #charactersRead = 0;

  constructor(root: unknown, book: RuleBook) {
    this.#book = book;
    this.#flattener = new SchemaFlattener(root);
  }

  convert(schema: Schema, place: SchemaPlace, depth: number): string {
    if (schema === true) return valueRule(this.#book);
    if (schema === false) return NEVER;
    if (depth > MOST_DEPTH) throw unsupported({ ...place, path: '' }, '$', `it is nested more than ${MOST_DEPTH} deep`);
    if (++this.#parts > MOST_PARTS)
      throw unsupported({ ...place, path: '' }, '$', `it has more than ${MOST_PARTS} parts`);
    const text = JSON.stringify(schema);
    this.#charactersRead += text.length;
    if (text.length > MOST_CHARACTERS || this.#charactersRead > MOST_CHARACTERS_READ) {
      throw unsupported(
        { ...place, path: '' },
        '$',
        `it is longer than ${MOST_CHARACTERS} characters, or too complicated`,
      );
    }
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const name = this.#book.reserve();
    this.#known.set(text, name);
    this.#book.set(name, this.#body(this.#flatten(schema, place), place, depth));
    return name;
  }

  #flatten(schema: Schema, place: SchemaPlace): Schema {
    return this.#flattener.flatten(schema, place);
  }

  #body(flat: Schema, place: SchemaPlace, depth: number): string {
    if (typeof flat === 'boolean') return this.convert(flat, place, depth);
    for (const [keyword, advice] of REFUSED) {
      if (flat[keyword] !== undefined && !isHarmless(flat[keyword])) throw unsupported(place, keyword, advice);
    }
    if (flat['anyOf'] !== undefined) return this.#alternatives(flat, 'anyOf', place, depth);
    if (flat['oneOf'] !== undefined) return this.#alternatives(flat, 'oneOf', place, depth);
    if (flat['enum'] !== undefined)
      return either(this.#values(flat, place).map((value) => gbnfLiteral(JSON.stringify(value))));
    const types = typesOf(flat, place);
    if (types === null) return valueRule(this.#book);
    return either(types.map((type) => this.#typed(type, flat, place, depth)));
  }

  #alternatives(flat: SchemaObject, keyword: 'anyOf' | 'oneOf', place: SchemaPlace, depth: number): string {
    const options = schemasOf(flat, keyword, place);
    if (options.length === 0) throw malformed(inside(place, keyword), 'it must not be empty');
    const base = Object.fromEntries(Object.entries(flat).filter(([name]) => name !== keyword));
    const whole = options.map((option) => (Object.keys(base).length === 0 ? option : { allOf: [base, option] }));
    if (keyword === 'oneOf') checkOneOf(whole, (schema) => this.#flatten(schema, place), place);
    return either(whole.map((option, index) => this.convert(option, inside(place, keyword, index), depth + 1)));
  }

  /** The values of an `enum` that the rest of the schema accepts. */
  #values(flat: SchemaObject, place: SchemaPlace): readonly unknown[] {
    const { enum: values, ...rest } = flat;
    if (!Array.isArray(values)) throw malformed(inside(place, 'enum'), 'it must be an array');
    if (values.length > MOST_VALUES) throw unsupported(place, 'enum', `there are more than ${MOST_VALUES} values`);
    return values.filter((value) => {
      const verdict = acceptsValue(rest, value, (schema) => this.#flatten(schema, place));
      if (verdict === 'unknown') throw unsupported(place, 'enum', 'it is taken with simple conditions beside it only');
      return verdict === 'valid';
    });
  }

  /** All values of a schema that has few. */
  #valuesOf(schema: Schema, place: SchemaPlace): readonly unknown[] | null {
    const flat = this.#flatten(schema, place);
    if (!isObject(flat)) return null;
    if (flat['enum'] !== undefined) return this.#values(flat, place);
    const types = typesOf(flat, place);
    if (types === null || types.some((type) => type !== 'boolean' && type !== 'null')) return null;
    return types.flatMap((type) => (type === 'boolean' ? [true, false] : [null]));
  }

  #typed(type: TypeName, schema: SchemaObject, place: SchemaPlace, depth: number): string {
    const book = this.#book;
    const convert = (part: Schema, at: SchemaPlace): string => this.convert(part, at, depth + 1);
    switch (type) {
      case 'object':
        return objectOf(schema, { book, convert, place });
      case 'array':
        return arrayOf(schema, { book, convert, place, valuesOf: (part, at) => this.#valuesOf(part, at) });
      case 'string':
        return stringOf(schema, book, place);
      case 'number':
        return numbersOf(schema, book, place);
      case 'integer':
        return integersOf(schema, book, place);
      case 'boolean':
        return booleanRule(book);
      case 'null':
        return nullRule(book);
    }
  }
}

/** The types that are written; null for any. Without `type` those that the other keywords are about. */
function typesOf(schema: SchemaObject, place: SchemaPlace): readonly TypeName[] | null {
  const { type } = schema;
  if (type === undefined) {
    const hinted = TYPES.filter((name) => TYPE_HINTS[name].some((keyword) => schema[keyword] !== undefined));
    return hinted.length === 0 ? null : hinted;
  }
  const names: readonly unknown[] = Array.isArray(type) ? type : [type];
  const wrong = names.find((name) => !TYPES.some((known) => known === name));
  if (wrong !== undefined) throw malformed(inside(place, 'type'), `${JSON.stringify(wrong)} is no type`);
  const known = TYPES.filter((name) => names.includes(name));
  return known.includes('number') ? known.filter((name) => name !== 'integer') : known;
}

/** Conditions that exclude nothing. */
function isHarmless(value: unknown): boolean {
  return value === false || (isObject(value) && Object.keys(value).length === 0 && value !== undefined);
}
