import { mergeSchemas } from './merge-schemas.ts';
import { inside, malformed, type SchemaPlace, unsupported } from './schema-error.ts';
import { isObject, type Schema, type SchemaObject } from './schema-types.ts';

/** References that lead to references, before the schema counts as going round in circles. */
const MOST_ROUNDS = 64;
/** Parts that are joined into one. */
const MOST_PARTS = 1000;
/** Parts that are looked at in all. */
const MOST_FOLLOWED = 50_000;
/** What says nothing about which values are valid. */
const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  '$anchor',
  '$vocabulary',
  'title',
  'description',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'xml',
  'externalDocs',
  'discriminator',
  'strict',
]);

/** A schema without what says nothing, and `const` as an `enum` of one, `nullable` as a type. */
function assertionsOf(schema: SchemaObject): SchemaObject {
  const kept = Object.entries(schema).filter(
    ([keyword, value]) => !ANNOTATIONS.has(keyword) && !keyword.startsWith('x-') && value !== undefined,
  );
  const plain: Record<string, unknown> = Object.fromEntries(kept);
  if (Object.hasOwn(plain, 'const')) {
    const { const: value, enum: others, ...rest } = plain;
    // Both at once: what `enum` says is checked on the one value.
    return others === undefined
      ? assertionsOf({ ...rest, enum: [value] })
      : { ...rest, allOf: [...listOf(rest['allOf']), { enum: others }, { enum: [value] }] };
  }
  if (Object.hasOwn(plain, 'nullable')) {
    const { nullable, type, ...rest } = plain;
    if (type === undefined) return rest;
    return nullable === true ? { ...rest, type: [...new Set([...listOf(type), 'null'])] } : { ...rest, type };
  }
  return plain;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Checks that a value can be a schema. Throws `invalid_request`. */
export function asSchema(value: unknown, place: SchemaPlace): Schema {
  if (typeof value === 'boolean' || isObject(value)) return value;
  throw malformed(place, 'a schema is an object, true or false');
}

/** The schema's own list of schemas under a keyword; empty where it is absent. */
export function schemasOf(schema: SchemaObject, keyword: string, place: SchemaPlace): readonly Schema[] {
  const list = schema[keyword];
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw malformed(inside(place, keyword), 'it must be an array');
  return list.map((item: unknown, index) => asSchema(item, inside(place, keyword, index)));
}

/** Whether something must be followed before a schema says everything by itself. */
function isOpen(schema: Schema): boolean {
  return isObject(schema) && ['$ref', 'allOf', 'const'].some((keyword) => schema[keyword] !== undefined);
}

/** Follows `$ref` and joins `allOf`, so that what is left says everything by itself; the parts inside stay as they are. */
export class SchemaFlattener {
  readonly #root: unknown;
  #followed = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  /** Throws `unsupported_value` or `invalid_request`, naming where. */
  flatten(schema: Schema, place: SchemaPlace): Schema {
    let parts: readonly Schema[] = [schema];
    this.#count(1, place);
    for (let round = 0; parts.some(isOpen); round++) {
      if (round === MOST_ROUNDS) throw unsupported(place, '$ref', 'it refers to itself without anything in between');
      if (parts.length > MOST_PARTS) throw unsupported(place, 'allOf', 'it has too many parts');
      parts = parts.flatMap((part) => this.#open(part, place));
      this.#count(parts.length, place);
    }
    return parts.reduce<Schema>(
      (sum, part) => mergeSchemas(sum, typeof part === 'boolean' ? part : assertionsOf(part), place),
      true,
    );
  }

  /** Keeps hostile schemas from taking long. */
  #count(parts: number, place: SchemaPlace): void {
    this.#followed += parts;
    if (this.#followed > MOST_FOLLOWED) throw unsupported({ ...place, path: '' }, '$', 'it is too complicated');
  }

  /** What a schema refers to and joins, then what it says itself. */
  #open(schema: Schema, place: SchemaPlace): readonly Schema[] {
    if (typeof schema === 'boolean') return [schema];
    const { $ref: reference, allOf, ...rest } = assertionsOf(schema);
    return [
      ...(reference === undefined ? [] : [this.#resolve(reference, place)]),
      ...(allOf === undefined ? [] : schemasOf({ allOf }, 'allOf', place)),
      rest,
    ];
  }

  #resolve(reference: unknown, place: SchemaPlace): Schema {
    if (typeof reference !== 'string') throw malformed(inside(place, '$ref'), 'a reference is a string');
    if (reference !== '#' && !reference.startsWith('#/')) {
      throw unsupported(
        place,
        '$ref',
        `only places in the same schema are followed, such as #/$defs/name; it is ${reference}`,
      );
    }
    let found: unknown = this.#root;
    for (const key of reference.slice(2).split('/')) {
      if (reference === '#') break;
      const name = decodeKey(key);
      found =
        (isObject(found) || Array.isArray(found)) && Object.hasOwn(found, name)
          ? (found as SchemaObject)[name]
          : undefined;
    }
    if (found === undefined) throw malformed(inside(place, '$ref'), `there is nothing at ${reference}`);
    return asSchema(found, inside(place, '$ref'));
  }
}

/** A key of a JSON pointer in a URI fragment. */
function decodeKey(key: string): string {
  let text = key;
  try {
    text = decodeURIComponent(key);
  } catch {
    // A percent sign that encodes nothing stands for itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}
