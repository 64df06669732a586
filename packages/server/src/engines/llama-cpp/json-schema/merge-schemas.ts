import { isDeepStrictEqual } from 'node:util';
import { type SchemaPlace, unsupported } from './schema-error.ts';
import { isObject, type Schema, type SchemaObject, TYPES } from './schema-types.ts';

/** Alternatives that joining two lists of them may give. */
const MOST_ALTERNATIVES = 256;

type Merge = (a: unknown, b: unknown, place: SchemaPlace) => unknown;

const larger: Merge = (a, b) => (Number(a) > Number(b) ? a : b);
const smaller: Merge = (a, b) => (Number(a) < Number(b) ? a : b);
const both: Merge = (a, b) => ({ allOf: [a, b] });

/** How two values of a keyword become one that says both; others must be equal. */
const MERGES: Readonly<Record<string, Merge>> = {
  type: (a, b) => commonTypes(a, b),
  required: (a, b) => [...new Set([...list(a), ...list(b)])],
  enum: (a, b) => list(a).filter((value) => list(b).some((other) => isDeepStrictEqual(value, other))),
  minimum: larger,
  exclusiveMinimum: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  minLength: larger,
  maxLength: smaller,
  minItems: larger,
  maxItems: smaller,
  minProperties: larger,
  maxProperties: smaller,
  uniqueItems: (a, b) => a === true || b === true,
  propertyNames: both,
  anyOf: (a, b, place) => {
    const [first, second] = [list(a), list(b)];
    if (first.length * second.length > MOST_ALTERNATIVES)
      throw unsupported(place, 'allOf', 'too many alternatives meet');
    return first.flatMap((one) => second.map((other) => ({ allOf: [one, other] })));
  },
};

const OBJECT_KEYWORDS = ['properties', 'additionalProperties', 'patternProperties'];
const ARRAY_KEYWORDS = ['items', 'prefixItems', 'additionalItems'];

/** One schema that holds what both say; their own references and `allOf` must be gone. Throws `unsupported_value` where they can't be joined. */
export function mergeSchemas(a: Schema, b: Schema, place: SchemaPlace): Schema {
  if (a === false || b === false) return false;
  if (a === true) return b;
  if (b === true) return a;
  const merged: Record<string, unknown> = { ...a };
  const shapes = [OBJECT_KEYWORDS, ARRAY_KEYWORDS].filter((keywords) =>
    [a, b].every((schema) => hasAny(schema, keywords)),
  );
  for (const [keyword, value] of Object.entries(b)) {
    if (shapes.some((keywords) => keywords.includes(keyword))) continue;
    const own = merged[keyword];
    if (own === undefined || isDeepStrictEqual(own, value)) {
      merged[keyword] = value;
      continue;
    }
    const merge = MERGES[keyword];
    if (merge === undefined) throw unsupported(place, keyword, 'two different ones hold at the same time (allOf)');
    merged[keyword] = merge(own, value, place);
  }
  if (shapes.includes(OBJECT_KEYWORDS)) Object.assign(merged, mergeProperties(a, b, place));
  if (shapes.includes(ARRAY_KEYWORDS)) Object.assign(merged, mergeItems(a, b));
  return merged;
}

function hasAny(schema: SchemaObject, keywords: readonly string[]): boolean {
  return keywords.some((keyword) => schema[keyword] !== undefined);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function commonTypes(a: unknown, b: unknown): readonly unknown[] {
  const has = (types: unknown, name: string): boolean =>
    list(types).includes(name) || (name === 'integer' && list(types).includes('number'));
  return TYPES.filter((name) => has(a, name) && has(b, name));
}

function mergeProperties(a: SchemaObject, b: SchemaObject, place: SchemaPlace): SchemaObject {
  if (a['patternProperties'] !== undefined || b['patternProperties'] !== undefined) {
    throw unsupported(place, 'patternProperties', 'it can not be joined with other properties (allOf)');
  }
  const [first, second] = [properties(a), properties(b)];
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  const joined = names.map((name): readonly [string, unknown] => {
    const parts = [
      own(first, name) ?? a['additionalProperties'] ?? true,
      own(second, name) ?? b['additionalProperties'] ?? true,
    ];
    return [name, join(parts[0], parts[1])];
  });
  const [others, more] = [a['additionalProperties'], b['additionalProperties']];
  const additional = others === undefined ? more : more === undefined ? others : join(others, more);
  return {
    properties: Object.fromEntries(joined),
    ...(additional === undefined ? {} : { additionalProperties: additional }),
  };
}

function mergeItems(a: SchemaObject, b: SchemaObject): SchemaObject {
  const [first, second] = [tuple(a), tuple(b)];
  const length = Math.max(first.prefix.length, second.prefix.length);
  const prefix = Array.from({ length }, (_, index) =>
    join(first.prefix[index] ?? first.rest, second.prefix[index] ?? second.rest),
  );
  return {
    prefixItems: prefix.length === 0 ? undefined : prefix,
    items: join(first.rest, second.rest),
    additionalItems: undefined,
  };
}

/** The schemas of an array's first items and of all others, in whichever draft's words. */
export function tuple(schema: SchemaObject): { readonly prefix: readonly unknown[]; readonly rest: unknown } {
  const { items, prefixItems, additionalItems } = schema;
  if (Array.isArray(items)) return { prefix: items, rest: additionalItems ?? true };
  return { prefix: Array.isArray(prefixItems) ? prefixItems : [], rest: items ?? true };
}

function join(a: unknown, b: unknown): unknown {
  if (a === false || b === false) return false;
  if (a === true || isDeepStrictEqual(a, b)) return b;
  return b === true ? a : { allOf: [a, b] };
}

function properties(schema: SchemaObject): SchemaObject {
  return isObject(schema['properties']) ? schema['properties'] : {};
}

function own(object: SchemaObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
