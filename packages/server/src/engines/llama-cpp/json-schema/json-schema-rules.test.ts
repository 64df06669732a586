import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import type { GrammarMachine } from '../grammar/grammar-machine.ts';
import { gbnfText } from '../grammar/gbnf-text.ts';
import { machineOf, matches, sampleText } from '../grammar/sample-text.ts';
import { jsonSchemaRules } from './json-schema-rules.ts';
import { randomGenerator, randomSchema } from './random-schema.ts';

const ajv = new Ajv2020({ strict: false, allErrors: false });
addFormats.default(ajv);

function machineFor(schema: unknown): GrammarMachine {
  const { root, rules } = jsonSchemaRules(schema, { prefix: 'answer', where: 'schema' });
  return machineOf(gbnfText(root, rules));
}

/** Draws texts from a schema's grammar and lets ajv judge them. */
function judge(schema: unknown, validate: ValidateFunction, count: number, seed: number): string[] {
  const machine = machineFor(schema);
  const random = randomGenerator(seed);
  const texts: string[] = [];
  for (let index = 0; index < count; index++) {
    const text = sampleText(machine, random, 4 + Math.floor(random() * 120));
    const value: unknown = JSON.parse(text);
    if (!validate(value))
      throw new Error(`${text} is not valid for ${JSON.stringify(schema)}: ${ajv.errorsText(validate.errors)}`);
    texts.push(text);
  }
  return texts;
}

interface Example {
  readonly schema: unknown;
  readonly yes: readonly unknown[];
  readonly no: readonly unknown[];
}

const TREE = {
  type: 'object',
  properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
  required: ['name', 'children'],
  additionalProperties: false,
};

const EXAMPLES: Readonly<Record<string, Example>> = {
  'every type': {
    schema: { type: ['object', 'array', 'string', 'number', 'boolean', 'null'] },
    yes: [{}, [], 'a"\\b\n漢😀', -1.5e10, true, null, { a: [{ b: null }] }],
    no: [],
  },
  'any value': { schema: {}, yes: [1, 'a', { a: 1 }], no: [] },
  'strict objects': {
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'string' } },
      required: ['a', 'b'],
      additionalProperties: false,
    },
    yes: [{ a: 1, b: '' }],
    no: [{}, { a: 1 }, { a: '1', b: '' }, { a: 1, b: '', c: 0 }, { a: 1.5, b: '' }],
  },
  'optional properties in order': {
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'integer' }, c: { type: 'integer' } },
      required: ['b'],
    },
    yes: [{ b: 1 }, { a: 1, b: 1 }, { b: 1, c: 1 }, { a: 1, b: 2, c: 3 }],
    no: [{}, { a: 1 }, { a: 1, c: 1 }],
  },
  'additional properties of a type, but not under the listed names': {
    schema: { type: 'object', properties: { ab: { type: 'integer' } }, additionalProperties: { type: 'boolean' } },
    yes: [{}, { ab: 1 }, { ab: 1, a: true }, { abc: true, b: false }, { '': true }],
    no: [{ ab: true }, { a: 1 }],
  },
  maps: {
    schema: { type: 'object', additionalProperties: { type: 'number' }, minProperties: 1, maxProperties: 2 },
    yes: [{ a: 1 }, { a: 1, b: 2 }],
    no: [{}, { a: 'x' }, { a: 1, b: 2, c: 3 }],
  },
  'maps with named keys': {
    schema: { type: 'object', propertyNames: { enum: ['x', 'y'] }, additionalProperties: { type: 'integer' } },
    yes: [{}, { x: 1 }, { y: 1, x: 2 }],
    no: [{ z: 1 }],
  },
  'keys by pattern': {
    schema: { type: 'object', patternProperties: { '^[a-z]{2}$': { type: 'integer' } }, additionalProperties: false },
    yes: [{}, { de: 1, en: 2 }],
    no: [{ deu: 1 }, { de: 'x' }],
  },
  'counted properties': {
    schema: {
      type: 'object',
      properties: { a: { const: 1 }, b: { const: 2 }, c: { const: 3 } },
      minProperties: 2,
      maxProperties: 2,
    },
    yes: [
      { a: 1, b: 2 },
      { a: 1, c: 3 },
      { b: 2, c: 3 },
    ],
    no: [{}, { a: 1 }, { a: 1, b: 2, c: 3 }],
  },
  'enum and const': {
    schema: { anyOf: [{ enum: ['red', 'green', 5, null, { a: [1] }] }, { const: 'blue' }] },
    yes: ['red', 5, null, 'blue', { a: [1] }],
    no: ['re', 6, { a: [2] }],
  },
  'an enum that its type narrows': {
    schema: { type: 'string', enum: ['a', 1, null, 'bcd'], maxLength: 2 },
    yes: ['a'],
    no: [1, null, 'bcd'],
  },
  'nullable as OpenAPI 3.0 says it': { schema: { type: 'string', nullable: true }, yes: ['a', null], no: [1] },
  'arrays with bounds': {
    schema: { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 3 },
    yes: [
      [1, 2],
      [1, 2, 3],
    ],
    no: [[], [1], [1, 2, 3, 4], ['a', 'b']],
  },
  tuples: {
    schema: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], items: { type: 'boolean' } },
    yes: [
      [1, 'a'],
      [1, 'a', true, false],
    ],
    no: [
      ['a', 1],
      [1, 'a', 2],
    ],
  },
  'closed tuples': {
    schema: { type: 'array', prefixItems: [{ const: 1 }, { const: 2 }], items: false },
    yes: [[1, 2]],
    no: [[1, 2, 3]],
  },
  'different items': {
    schema: { type: 'array', items: { enum: ['a', 'b', 'c'] }, uniqueItems: true, minItems: 1 },
    yes: [['a'], ['c', 'a'], ['b', 'c', 'a']],
    no: [[], ['a', 'a']],
  },
  'many different items': {
    schema: {
      type: 'array',
      items: { enum: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] },
      uniqueItems: true,
      minItems: 2,
      maxItems: 3,
    },
    yes: [
      ['a', 'c'],
      ['b', 'f', 'h'],
    ],
    no: [['a'], ['a', 'a'], ['a', 'b', 'c', 'd']],
  },
  'string lengths in characters': {
    schema: { type: 'string', minLength: 2, maxLength: 3 },
    yes: ['ab', '漢字', '😀😀😀', '"\\'],
    no: ['', 'a', 'abcd', '😀'],
  },
  patterns: {
    schema: { type: 'string', pattern: '^(?:[A-Z]{2,3}-\\d+|"\\\\\\w*"|x.y?)$' },
    yes: ['AB-1', 'ABC-123', '"\\ab_"', 'x漢', 'x y'],
    no: ['A-1', 'AB-', 'ABCD-1', 'x', 'x\ny'],
  },
  'patterns without anchors': { schema: { type: 'string', pattern: 'b+' }, yes: ['b', 'abc', 'bb'], no: ['ac', ''] },
  'a pattern within lengths': {
    schema: { type: 'string', pattern: '^[a-z]+$', minLength: 2, maxLength: 4 },
    yes: ['ab', 'abcd'],
    no: ['a', 'abcde', 'AB'],
  },
  integers: {
    schema: { type: 'integer', minimum: -12, maximum: 105 },
    yes: [-12, -9, 0, 7, 99, 100, 105],
    no: [-13, 106, 1.5, 1000],
  },
  'integers above': { schema: { type: 'integer', exclusiveMinimum: 9 }, yes: [10, 99, 123456], no: [9, 0, -1] },
  'integers below': { schema: { type: 'integer', exclusiveMaximum: -9 }, yes: [-10, -99], no: [-9, 0, 5] },
  'multiples in a range': {
    schema: { type: 'integer', multipleOf: 5, minimum: 1, maximum: 21 },
    yes: [5, 10, 15, 20],
    no: [0, 1, 25],
  },
  'multiples without bounds': { schema: { type: 'integer', multipleOf: 7 }, yes: [0, 7, -14, 7007], no: [1, 8, -13] },
  'numbers from 0 to 1': {
    schema: { type: 'number', minimum: 0, maximum: 1 },
    yes: [0, 0.5, 1, 0.999],
    no: [1.1, -0.1, 2],
  },
  'numbers within fractions': {
    schema: { type: 'number', minimum: 0.25, exclusiveMaximum: 0.75 },
    yes: [0.25, 0.3, 0.7499],
    no: [0.24, 0.75, 1, 0],
  },
  'numbers on both sides of zero': {
    schema: { type: 'number', exclusiveMinimum: -1.5, maximum: 12.25 },
    yes: [-1.4, 0, 12.25, 12, -1],
    no: [-1.5, 12.26, 13, -2],
  },
  'numbers above': { schema: { type: 'number', exclusiveMinimum: 0 }, yes: [0.1, 5, 123.5], no: [0, -1] },
  'two numbers that begin alike': {
    schema: { type: 'number', exclusiveMinimum: 3.14, maximum: 3.1459 },
    yes: [3.141, 3.1459, 3.142],
    no: [3.14, 3.146, 3.2],
  },
  anyOf: {
    schema: { anyOf: [{ type: 'integer' }, { type: 'object', properties: { a: { type: 'null' } }, required: ['a'] }] },
    yes: [1, { a: null }],
    no: ['a', { a: 1 }],
  },
  'conditions beside anyOf': {
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'integer' } },
      anyOf: [{ required: ['a'] }, { required: ['b'] }],
    },
    yes: [{ a: 1 }, { b: 1 }, { a: 1, b: 2 }],
    no: [{}],
  },
  'oneOf of kinds': {
    schema: {
      oneOf: [
        { type: 'object', properties: { kind: { const: 'a' }, x: { type: 'integer' } }, required: ['kind'] },
        { type: 'object', properties: { kind: { const: 'b' } }, required: ['kind'] },
        { type: 'string' },
      ],
    },
    yes: [{ kind: 'a', x: 1 }, { kind: 'b' }, 's'],
    no: [{ kind: 'c' }, 1],
  },
  'oneOf that differ in what they need': {
    schema: {
      oneOf: [
        { type: 'object', properties: { a: {} }, required: ['a'] },
        { type: 'object', properties: { b: {} }, required: ['b'] },
      ],
    },
    yes: [{ a: 1 }, { b: 1 }],
    no: [{}],
  },
  allOf: {
    schema: {
      allOf: [{ $ref: '#/$defs/base' }, { properties: { b: { type: 'string', maxLength: 3 } }, required: ['b'] }],
      $defs: {
        base: {
          type: 'object',
          properties: { a: { type: 'integer', minimum: 3 }, b: { minLength: 1 } },
          required: ['a'],
        },
      },
    },
    yes: [{ a: 3, b: 'x' }],
    no: [{ a: 3 }, { a: 2, b: 'x' }, { a: 3, b: 'long' }, { a: 3, b: '' }],
  },
  'alternatives joined': {
    schema: { allOf: [{ anyOf: [{ const: 1 }, { const: 2 }] }, { anyOf: [{ const: 2 }, { const: 3 }] }] },
    yes: [2],
    no: [1, 3],
  },
  recursion: {
    schema: TREE,
    yes: [{ name: 'a', children: [{ name: 'b', children: [] }] }],
    no: [{ name: 'a' }, { name: 'a', children: [1] }],
  },
  'recursion through $defs with a pointer that needs escapes': {
    schema: {
      $ref: '#/$defs/a~1b%20c',
      $defs: {
        'a/b c': {
          anyOf: [{ type: 'null' }, { type: 'array', items: { $ref: '#/$defs/a~1b%20c' }, minItems: 1, maxItems: 1 }],
        },
      },
    },
    yes: [null, [null], [[null]]],
    no: [[], [null, null]],
  },
  'recursion through joined schemas': {
    schema: {
      $ref: '#/$defs/node',
      $defs: {
        node: { allOf: [{ $ref: '#/$defs/left' }, { $ref: '#/$defs/right' }] },
        left: { type: 'object', properties: { next: { $ref: '#/$defs/left' } } },
        right: { type: 'object', properties: { next: { $ref: '#/$defs/right' } } },
      },
    },
    yes: [{}, { next: { next: {} } }],
    no: [{ next: 1 }],
  },
  dates: {
    schema: { type: 'string', format: 'date' },
    yes: ['2024-02-29', '1999-12-31', '2000-02-29'],
    no: ['2023-02-29', '1900-02-29', '2023-13-01', '2023-04-31'],
  },
  'date-times': {
    schema: { type: 'string', format: 'date-time' },
    yes: ['2024-02-29T23:59:59Z', '1999-12-31T00:00:00.5+01:30'],
    no: ['2024-02-29', '2024-02-29T24:00:00Z'],
  },
  uuids: {
    schema: { type: 'string', format: 'uuid' },
    yes: ['3b241101-e2bb-4255-8caf-4136c566a962'],
    no: ['3b241101'],
  },
  emails: { schema: { type: 'string', format: 'email' }, yes: ['a.b+c@example.co'], no: ['a@b', 'a'] },
  'other formats': {
    schema: {
      anyOf: ['time', 'ipv4', 'ipv6', 'uri', 'hostname', 'duration'].map((format) => ({ type: 'string', format })),
    },
    yes: ['10:20:30Z', '10.0.0.255', 'P1D', 'https://a.de/b'],
    no: ['', '10.0.0.256'],
  },
  'a format that says nothing': { schema: { type: 'string', format: 'colour' }, yes: ['x'], no: [1] },
  'names with quotes and other scripts': {
    schema: {
      type: 'object',
      properties: { 'a"\\\n': { const: 1 }, 名前: { const: 2 } },
      required: ['a"\\\n', '名前'],
    },
    yes: [{ 'a"\\\n': 1, 名前: 2 }],
    no: [{}],
  },
  'schemas of true and false': {
    schema: { type: 'object', properties: { a: true, b: false }, required: ['a'] },
    yes: [{ a: [1] }],
    no: [{ b: 1, a: 1 }],
  },
};

describe('what a schema accepts can be written, what it refuses can not', () => {
  for (const [name, { schema, yes, no }] of Object.entries(EXAMPLES)) {
    test(name, () => {
      const machine = machineFor(schema);
      const validate = ajv.compile(schema as object);
      for (const value of yes) {
        expect(validate(value), `${JSON.stringify(value)} is valid`).toBe(true);
        expect(matches(machine, JSON.stringify(value)), JSON.stringify(value)).toBe(true);
      }
      for (const value of no) expect(matches(machine, JSON.stringify(value)), JSON.stringify(value)).toBe(false);
      judge(schema, validate, 40, 7);
    });
  }
});

test('whatever is drawn from the grammars of 150 random schemas is valid', { timeout: 120_000 }, () => {
  const random = randomGenerator(2026);
  for (let index = 0; index < 150; index++) {
    const schema = randomSchema(random);
    expect(judge(schema, ajv.compile(schema as object), 3, index)).toHaveLength(3);
  }
});

test('after a comma or a colon there may be one blank, and no other white space anywhere', () => {
  const machine = machineFor({
    type: 'object',
    properties: { a: { type: 'array', items: { type: 'integer' } } },
    required: ['a'],
  });
  for (const text of ['{"a":[1,2]}', '{"a": [1, 2]}']) expect(matches(machine, text), text).toBe(true);
  for (const text of ['{ "a":[1]}', '{"a":  [1]}', '{"a":[1,\n2]}', '{"a":[1]} ', '\n{"a":[1]}'])
    expect(matches(machine, text), text).toBe(false);
});

test.each([
  ['not', { not: { type: 'string' } }, 'schema.not'],
  ['if', { properties: { a: { if: { type: 'string' }, else: { minLength: 1 } } } }, 'schema.properties.a.if'],
  ['contains', { type: 'array', contains: { const: 1 } }, 'schema.contains'],
  ['dependentRequired', { type: 'object', dependentRequired: { a: ['b'] } }, 'schema.dependentRequired'],
  ['uniqueItems', { type: 'array', items: { type: 'string' }, uniqueItems: true }, 'schema.uniqueItems'],
  ['multipleOf', { type: 'number', multipleOf: 0.01 }, 'schema.multipleOf'],
  ['pattern', { type: 'string', pattern: '^(?=a)b' }, 'schema.pattern'],
  ['pattern', { type: 'string', pattern: '(a)\\1' }, 'schema.pattern'],
  ['oneOf', { oneOf: [{ type: 'string' }, { type: 'string', maxLength: 3 }] }, 'schema.oneOf'],
  ['oneOf', { oneOf: [{ type: 'integer' }, { type: 'number' }] }, 'schema.oneOf'],
  ['$ref', { $ref: 'https://example.com/schema' }, 'schema.$ref'],
  [
    'patternProperties',
    { type: 'object', properties: { a: {} }, patternProperties: { '^a': {} } },
    'schema.patternProperties',
  ],
])('%s, which no grammar can hold, is refused by name and place', (_keyword, schema, place) => {
  expect(() => machineFor(schema)).toThrow(
    expect.objectContaining({ code: 'unsupported_value', message: expect.stringContaining(place) as string }),
  );
});

test.each([
  [{ type: 'strin' }],
  [{ type: 'object', properties: [] }],
  [{ anyOf: [] }],
  [{ $ref: '#/nowhere' }],
  [{ type: 'string', minLength: -1 }],
  [{ type: 'number', minimum: '3' }],
  [[]],
])('%j is refused as no schema', (schema) => {
  expect(() => machineFor(schema)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

test.each([
  ['nothing matches', { type: 'object', properties: { a: false }, required: ['a'] }],
  ['it has no end', { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }],
  ['it is itself', { $ref: '#' }],
  ['it joins itself', { allOf: [{ $ref: '#' }, { type: 'string' }] }],
  ['it chooses itself', { anyOf: [{ $ref: '#' }, { $ref: '#' }] }],
  ['its shortest answer is a book', { type: 'string', minLength: 1_000_000 }],
  [
    'its shortest answer is a library',
    { type: 'array', minItems: 5000, items: { type: 'array', minItems: 5000, items: {} } },
  ],
])('a schema is refused at once when %s', (_why, schema) => {
  expect(() => machineFor(schema)).toThrow();
});

test('grammar bombs cost little: they are refused, or stay small', () => {
  const nested = (depth: number): unknown => (depth === 0 ? {} : { type: 'array', items: nested(depth - 1) });
  expect(() => machineFor(nested(100))).toThrow(/nested/);
  const wide = {
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`p${index}`, {}])),
  };
  expect(() => machineFor(wide)).toThrow(/properties/);
  expect(() => machineFor({ enum: Array.from({ length: 20_000 }, (_, index) => index) })).toThrow(/enum/);
  const product = (size: number): unknown => ({
    anyOf: Array.from({ length: size }, (_, index) => ({ const: index })),
  });
  expect(() => machineFor({ allOf: [product(40), product(41)] })).toThrow(/alternatives/);
  const doubling = {
    $ref: '#/$defs/d0',
    $defs: Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `d${index}`,
        index === 59
          ? { type: 'null' }
          : { type: 'array', prefixItems: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
      ]),
    ),
  };
  expect(() => machineFor(doubling)).toThrow(/shortest/);
  const circle = { $ref: '#/$defs/a' };
  const endless = { enum: [{ x: 1 }], properties: { x: circle }, $defs: { a: { anyOf: [circle, circle] } } };
  expect(() => machineFor(endless)).toThrow(expect.objectContaining({ code: 'unsupported_value' }));
  const branching = {
    oneOf: [{ anyOf: Array.from({ length: 50 }, () => circle) }, { anyOf: Array.from({ length: 50 }, () => circle) }],
    $defs: { a: { anyOf: Array.from({ length: 50 }, () => circle) } },
  };
  expect(() => machineFor(branching)).toThrow(expect.objectContaining({ code: 'unsupported_value' }));
  const huge = machineFor({
    type: 'array',
    maxItems: 1_000_000_000,
    items: { type: 'string', maxLength: 2_000_000_000 },
  });
  expect(matches(huge, JSON.stringify(Array.from({ length: 500 }, () => 'text')))).toBe(true);
});
