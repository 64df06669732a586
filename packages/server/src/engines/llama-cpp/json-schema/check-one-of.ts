import { acceptsValue } from './accepts-value.ts';
import { type SchemaPlace, unsupported } from './schema-error.ts';
import { isObject, type Schema, type SchemaObject, TYPES, type TypeName } from './schema-types.ts';

type Flatten = (schema: Schema) => Schema;

const MOST_DEPTH = 4;
const MOST_COMPARED = 64;

/**
 * Checks that what is written for one alternative can't be valid for another one, as `oneOf` demands; then it is the same as `anyOf`. Throws
 * `unsupported_value` where that doesn't show.
 */
export function checkOneOf(options: readonly Schema[], flatten: Flatten, place: SchemaPlace): void {
  if (options.length > MOST_COMPARED)
    throw unsupported(place, 'oneOf', `there are more than ${MOST_COMPARED}; use anyOf`);
  for (const [index, option] of options.entries()) {
    for (const [other, second] of options.entries()) {
      if (index !== other && !excludes(option, second, flatten, MOST_DEPTH)) {
        throw unsupported(
          place,
          'oneOf',
          `alternatives ${Math.min(index, other)} and ${Math.max(index, other)} may accept the same value; use anyOf, or give each a property with a const of its own`,
        );
      }
    }
  }
}

/** Whether nothing that is written for `written` is valid for `other`; false also where that can't be told. */
function excludes(written: Schema, other: Schema, flatten: Flatten, depth: number): boolean {
  const [a, b] = [flatten(written), flatten(other)];
  if (a === false || b === false) return true;
  if (typeof a === 'boolean' || typeof b === 'boolean' || depth === 0) return false;
  if (Array.isArray(a['enum']))
    return a['enum'].every((value) => refuses(b, value, flatten) || refuses(a, value, flatten));
  if (Array.isArray(b['enum'])) return b['enum'].every((value) => refuses(a, value, flatten));
  const options = a['anyOf'] ?? a['oneOf'];
  if (Array.isArray(options))
    return options.every((option: unknown) => excludes(option as Schema, b, flatten, depth - 1));
  const others = b['anyOf'] ?? b['oneOf'];
  if (Array.isArray(others))
    return others.every((option: unknown) => excludes(a, option as Schema, flatten, depth - 1));
  const common = typesOf(a).filter((type) => typesOf(b).includes(type));
  return common.every((type) => {
    if (type === 'object') return excludesObjects(a, b, flatten, depth);
    return type === 'number' && isApart(a, b);
  });
}

function refuses(schema: Schema, value: unknown, flatten: Flatten): boolean {
  return acceptsValue(schema, value, flatten) === 'invalid';
}

function typesOf(schema: SchemaObject): readonly TypeName[] {
  const { type } = schema;
  const names: readonly unknown[] = type === undefined ? TYPES : Array.isArray(type) ? type : [type];
  // Every integer is a number.
  return TYPES.filter(
    (name) => name !== 'integer' && (names.includes(name) || (name === 'number' && names.includes('integer'))),
  );
}

function isApart(a: SchemaObject, b: SchemaObject): boolean {
  const low = (schema: SchemaObject): number => numeric(schema['minimum'] ?? schema['exclusiveMinimum'], -Infinity);
  const high = (schema: SchemaObject): number => numeric(schema['maximum'] ?? schema['exclusiveMaximum'], Infinity);
  return high(a) < low(b) || high(b) < low(a);
}

function numeric(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** Objects that are written hold listed properties only, all required ones among them, where the schema doesn't ask for others. */
function excludesObjects(a: SchemaObject, b: SchemaObject, flatten: Flatten, depth: number): boolean {
  const [first, second] = [propertiesOf(a), propertiesOf(b)];
  const [always, needed] = [requiredOf(a), requiredOf(b)];
  const open =
    (a['additionalProperties'] ?? false) !== false ||
    a['patternProperties'] !== undefined ||
    (Object.keys(first).length === 0 && always.length === 0);
  const written = new Set([...Object.keys(first), ...always]);
  if (!open && needed.some((name) => !written.has(name))) return true;
  if (
    b['additionalProperties'] === false &&
    b['patternProperties'] === undefined &&
    always.some((name) => !Object.hasOwn(second, name))
  )
    return true;
  return always.some(
    (name) =>
      Object.hasOwn(first, name) &&
      Object.hasOwn(second, name) &&
      excludes(first[name] as Schema, second[name] as Schema, flatten, depth - 1),
  );
}

function propertiesOf(schema: SchemaObject): SchemaObject {
  return isObject(schema['properties']) ? schema['properties'] : {};
}

function requiredOf(schema: SchemaObject): readonly string[] {
  return Array.isArray(schema['required']) ? schema['required'].map(String) : [];
}
