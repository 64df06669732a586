import { gbnfLiteral } from '../grammar/gbnf-text.ts';
import { COMMA, either, GAP, NEVER, objectRule, times } from './json-rules.ts';
import type { RuleBook } from './rule-book.ts';
import { inside, malformed, type SchemaPlace, unsupported } from './schema-error.ts';
import { asSchema } from './flatten-schema.ts';
import { isObject, type Schema, type SchemaObject } from './schema-types.ts';
import { countOf, patternOf } from './string-rules.ts';

/** Turns a part of a schema into an expression. */
export type Convert = (schema: Schema, place: SchemaPlace) => string;

interface Tools {
  readonly book: RuleBook;
  readonly convert: Convert;
  readonly place: SchemaPlace;
}

interface Member {
  /** Name, colon and value. */
  readonly rule: string;
  readonly required: boolean;
}

/** How many members an object may have. */
interface Counts {
  readonly least: number;
  readonly most: number;
}

const MOST_PROPERTIES = 2000;
/** Rules that count members. */
const MOST_COUNTING = 20_000;

/**
 * The rule of an object: its properties in the order of the schema, optional ones may be missing. Others are written only where the
 * schema asks for them (`additionalProperties` true or a schema), or names none at all.
 */
export function objectOf(schema: SchemaObject, { book, convert, place }: Tools): string {
  const counts: Counts = {
    least: countOf(schema, 'minProperties', place) ?? 0,
    most: countOf(schema, 'maxProperties', place) ?? Infinity,
  };
  const declared = propertiesOf(schema, place);
  const required = requiredOf(schema, place);
  const names = [...new Set([...Object.keys(declared), ...required])];
  if (names.length > MOST_PROPERTIES) throw unsupported(place, 'properties', `there are more than ${MOST_PROPERTIES}`);
  const others = schema['additionalProperties'];
  const open = schema['patternProperties'] === undefined && names.length === 0;
  if (
    open &&
    (others === undefined || others === true) &&
    counts.least === 0 &&
    counts.most === Infinity &&
    schema['propertyNames'] === undefined
  ) {
    return objectRule(book);
  }
  checkNames(schema, names, place);
  const members = names.map((name): Member => {
    const own = Object.hasOwn(declared, name) ? declared[name] : (others ?? true);
    const value = convert(asSchema(own, inside(place, 'properties', name)), inside(place, 'properties', name));
    return { rule: `${gbnfLiteral(`${JSON.stringify(name)}:`)} ${GAP} ${value}`, required: required.includes(name) };
  });
  const more = additionalMember(schema, names, { book, convert, place });
  if (more !== null && counts.least > Math.max(1, required.length + 1)) {
    throw unsupported(place, 'minProperties', 'nothing keeps several additional names from being the same');
  }
  return `"{" ${membersOf(members, more, counts, { book, convert, place })} "}"`;
}

function propertiesOf(schema: SchemaObject, place: SchemaPlace): SchemaObject {
  const { properties } = schema;
  if (properties === undefined) return {};
  if (!isObject(properties)) throw malformed(inside(place, 'properties'), 'it must be an object');
  return properties;
}

function requiredOf(schema: SchemaObject, place: SchemaPlace): readonly string[] {
  const { required = [] } = schema;
  if (!Array.isArray(required) || required.some((name) => typeof name !== 'string')) {
    throw malformed(inside(place, 'required'), 'it must be an array of names');
  }
  return required as readonly string[];
}

/** `propertyNames` is held where the names are free; that of declared ones is checked where that is simple. */
function checkNames(schema: SchemaObject, names: readonly string[], place: SchemaPlace): void {
  const { propertyNames } = schema;
  if (propertyNames === undefined || propertyNames === true || names.length === 0) return;
  const allowed = isObject(propertyNames) ? propertyNames['enum'] : undefined;
  if (!Array.isArray(allowed) || !names.every((name) => allowed.includes(name))) {
    throw unsupported(
      place,
      'propertyNames',
      'it is taken for objects without properties, or as an enum of their names',
    );
  }
}

/** A member of a name that the schema does not list; null where none is written. */
function additionalMember(schema: SchemaObject, names: readonly string[], tools: Tools): string | null {
  const { book, convert, place } = tools;
  const { patternProperties, propertyNames, additionalProperties } = schema;
  if (patternProperties !== undefined) {
    if (!isObject(patternProperties)) throw malformed(inside(place, 'patternProperties'), 'it must be an object');
    const [first, ...further] = Object.entries(patternProperties);
    if (first === undefined) return additionalMember({ ...schema, patternProperties: undefined }, names, tools);
    if (further.length > 0 || names.length > 0) {
      throw unsupported(place, 'patternProperties', 'it is taken with one pattern, and without properties beside it');
    }
    const [pattern, value] = first;
    const at = inside(place, 'patternProperties', pattern);
    const body = patternOf(pattern, { least: 0, most: Infinity }, inside(place, 'patternProperties'));
    return book.add(`"\\"" ${body} "\\":" ${GAP} ${convert(asSchema(value, at), at)}`);
  }
  if (additionalProperties === false) return null;
  if (additionalProperties === undefined && names.length > 0) return null;
  const at = inside(place, 'additionalProperties');
  const value = convert(asSchema(additionalProperties ?? true, at), at);
  const name =
    propertyNames === undefined || propertyNames === true || names.length > 0
      ? `"\\"" ${otherName(names, book)} "\\""`
      : convert(withType(asSchema(propertyNames, inside(place, 'propertyNames'))), inside(place, 'propertyNames'));
  return book.add(`${name} ":" ${GAP} ${value}`);
}

function withType(schema: Schema): Schema {
  return typeof schema === 'boolean' ? schema : { allOf: [{ type: 'string' }, schema] };
}

const PLAIN = '[^"\\\\\\x00-\\x1f]';

/** A name that is none of these, written without escapes. */
function otherName(names: readonly string[], book: RuleBook): string {
  return names.length === 0
    ? `${PLAIN}*`
    : unlike(
        names.map((name) => Array.from(name)),
        book,
      );
}

/** Any text that is none of these: it leaves their tree somewhere, or ends where none of them does. */
function unlike(names: readonly (readonly string[])[], book: RuleBook): string {
  const firsts = [...new Set(names.flatMap(([first]) => (first === undefined ? [] : [first])))];
  const rests = firsts.map((first) => ({
    first,
    rest: names.filter((name) => name[0] === first).map((name) => name.slice(1)),
  }));
  const excluded = firsts.map((first) => `\\U${(first.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`).join('');
  const options = [
    `[^"\\\\\\x00-\\x1f${excluded}] ${PLAIN}*`,
    ...rests
      // What JSON escapes can't begin a name that is written without escapes.
      .filter(({ first }) => JSON.stringify(first) === `"${first}"`)
      .map(({ first, rest }) => `${gbnfLiteral(first)} ${unlike(rest, book)}`),
  ];
  const mayEnd = names.every((name) => name.length > 0);
  return book.add(mayEnd ? `(${options.join(' | ')})?` : options.join(' | '));
}

/** All members with their commas, counting them as far as that matters. */
function membersOf(members: readonly Member[], more: string | null, counts: Counts, { book, place }: Tools): string {
  const required = members.filter((member) => member.required).length;
  if (counts.most < Math.max(required, counts.least)) return NEVER;
  const counted = counts.most < members.length || (more !== null && counts.most < Infinity);
  const cap = Math.min(members.length, Math.max(1, counts.least, counted ? counts.most : 1));
  if (members.length * cap > MOST_COUNTING) {
    throw unsupported(place, counted ? 'maxProperties' : 'minProperties', 'there are too many properties to count');
  }
  let after = Array.from({ length: cap + 1 }, (_, count) => endOf(count, more, counts));
  for (const member of members.toReversed()) {
    const next = after;
    after = next.map((absent, count) => {
      const rest = next[Math.min(cap, count + 1)] ?? NEVER;
      const full = counted && count === cap && counts.most <= cap;
      const present = full || rest === NEVER ? NEVER : `${count > 0 ? `${COMMA} ` : ''}${member.rule} ${rest}`;
      if (member.required) return present;
      if (present === NEVER) return absent;
      return absent === NEVER ? present : book.add(`${present} | ${absent}`);
    });
  }
  return after[0] ?? NEVER;
}

/** What may stand behind the listed members when so many of them are there. */
function endOf(count: number, more: string | null, counts: Counts): string {
  const least = Math.max(0, counts.least - count);
  if (more === null) return least === 0 && count <= counts.most ? '""' : NEVER;
  const most = counts.most - count;
  const further = `${COMMA} ${more}`;
  if (most < least) return NEVER;
  if (count > 0) return times(further, least, most);
  if (most === 0) return '""';
  const some = `${more} ${times(further, Math.max(0, least - 1), most - 1)}`;
  return least === 0 ? `(${some})?` : either([some]);
}
