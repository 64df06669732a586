import { isDeepStrictEqual } from 'node:util';
import { tuple } from './merge-schemas.ts';
import { isObject, type Schema, type SchemaObject } from './schema-types.ts';

/** `unknown`: it depends on what is not looked at. */
export type Verdict = 'valid' | 'invalid' | 'unknown';

/** Gives a schema whose references and `allOf` are followed. */
type Flatten = (schema: Schema) => Schema;

/** Schemas that refer to themselves may go on for ever without looking at less of the value. */
const MOST_DEPTH = 64;

/**
 * Whether a schema accepts a value, such as one of its own `enum`. Patterns are not run (a hostile one could take forever): they give
 * `unknown`, as do keywords that this does not know.
 */
export function acceptsValue(schema: Schema, value: unknown, flatten: Flatten, depth = 0): Verdict {
  if (depth > MOST_DEPTH) return 'unknown';
  const flat = flatten(schema);
  if (typeof flat === 'boolean') return flat ? 'valid' : 'invalid';
  const verdicts = Object.keys(flat).map((keyword): Verdict => {
    const check = CHECKS[keyword];
    return check === undefined ? 'unknown' : check(flat, value, flatten, depth + 1);
  });
  return all(verdicts);
}

function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('invalid')) return 'invalid';
  return verdicts.includes('unknown') ? 'unknown' : 'valid';
}

type Check = (schema: SchemaObject, value: unknown, flatten: Flatten, depth: number) => Verdict;

const verdict = (holds: boolean): Verdict => (holds ? 'valid' : 'invalid');

/** A check that concerns values of one type only. */
function when<T>(
  is: (value: unknown) => value is T,
  check: (schema: SchemaObject, value: T, flatten: Flatten, depth: number) => Verdict,
): Check {
  return (schema, value, flatten, depth) => (is(value) ? check(schema, value, flatten, depth) : 'valid');
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isString = (value: unknown): value is string => typeof value === 'string';
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const size = (text: string): number => Array.from(text).length;
const number = (schema: SchemaObject, keyword: string): number => Number(schema[keyword]);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const CHECKS: Readonly<Record<string, Check>> = {
  type: (schema, value) => verdict(list(schema['type']).some((name) => isOfType(value, name))),
  enum: (schema, value) => verdict(list(schema['enum']).some((other) => isDeepStrictEqual(value, other))),
  minimum: when(isNumber, (schema, value) =>
    verdict(
      schema['exclusiveMinimum'] === true ? value > number(schema, 'minimum') : value >= number(schema, 'minimum'),
    ),
  ),
  maximum: when(isNumber, (schema, value) =>
    verdict(
      schema['exclusiveMaximum'] === true ? value < number(schema, 'maximum') : value <= number(schema, 'maximum'),
    ),
  ),
  exclusiveMinimum: when(isNumber, (schema, value) =>
    verdict(typeof schema['exclusiveMinimum'] === 'boolean' || value > number(schema, 'exclusiveMinimum')),
  ),
  exclusiveMaximum: when(isNumber, (schema, value) =>
    verdict(typeof schema['exclusiveMaximum'] === 'boolean' || value < number(schema, 'exclusiveMaximum')),
  ),
  minLength: when(isString, (schema, value) => verdict(size(value) >= number(schema, 'minLength'))),
  maxLength: when(isString, (schema, value) => verdict(size(value) <= number(schema, 'maxLength'))),
  // The author's own values are taken for what the format says.
  format: () => 'valid',
  pattern: when(isString, () => 'unknown'),
  minItems: when(isList, (schema, value) => verdict(value.length >= number(schema, 'minItems'))),
  maxItems: when(isList, (schema, value) => verdict(value.length <= number(schema, 'maxItems'))),
  items: when(isList, checkItems),
  prefixItems: when(isList, checkItems),
  required: when(isObject, (schema, value) =>
    verdict(list(schema['required']).every((name) => Object.hasOwn(value, String(name)))),
  ),
  properties: when(isObject, checkProperties),
  additionalProperties: when(isObject, checkProperties),
  anyOf: (schema, value, flatten, depth) => {
    const verdicts = list(schema['anyOf']).map((option) => acceptsValue(option as Schema, value, flatten, depth));
    return verdicts.includes('valid') ? 'valid' : verdicts.includes('unknown') ? 'unknown' : 'invalid';
  },
  oneOf: (schema, value, flatten, depth) => {
    const verdicts = list(schema['oneOf']).map((option) => acceptsValue(option as Schema, value, flatten, depth));
    return verdicts.includes('unknown') ? 'unknown' : verdict(verdicts.filter((one) => one === 'valid').length === 1);
  },
};

function isOfType(value: unknown, name: unknown): boolean {
  switch (name) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === name;
  }
}

function checkItems(schema: SchemaObject, value: readonly unknown[], flatten: Flatten, depth: number): Verdict {
  const { prefix, rest } = tuple(schema);
  return all(value.map((item, index) => acceptsValue((prefix[index] ?? rest) as Schema, item, flatten, depth)));
}

function checkProperties(schema: SchemaObject, value: SchemaObject, flatten: Flatten, depth: number): Verdict {
  const declared = isObject(schema['properties']) ? schema['properties'] : {};
  const others = schema['additionalProperties'] ?? true;
  return all(
    Object.entries(value).map(([name, item]) =>
      acceptsValue((Object.hasOwn(declared, name) ? declared[name] : others) as Schema, item, flatten, depth),
    ),
  );
}
