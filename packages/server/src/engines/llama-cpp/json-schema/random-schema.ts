/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). For tests. */
export function randomGenerator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Random = () => number;

const NAMES = ['name', 'age', 'city', 'tags', 'price', 'kind', 'id', 'note', 'items', 'owner'] as const;
const WORDS = ['red', 'green', 'blue', 'north', 'south', 'low', 'high', 'on', 'off'] as const;

/** A schema of objects, arrays, unions, enums, bounds and references, nested a few levels deep. For tests. */
export function randomSchema(random: Random): Readonly<Record<string, unknown>> {
  const definitions = { leaf: leaf(random), branch: object(random, 1), tree: tree(random) };
  return { ...object(random, 3), $defs: definitions };
}

function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] as T;
}

/** Some of the items, in order. */
function some<T>(random: Random, items: readonly T[], count: number): readonly T[] {
  const chosen = new Set<T>();
  while (chosen.size < Math.min(count, items.length)) chosen.add(pick(random, items));
  return items.filter((item) => chosen.has(item));
}

function tree(random: Random): unknown {
  return {
    type: 'object',
    properties: { value: leaf(random), children: { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 2 } },
    required: ['value', 'children'],
    additionalProperties: false,
  };
}

function object(random: Random, depth: number): Readonly<Record<string, unknown>> {
  const names = some(random, NAMES, 1 + below(random, 4));
  const strict = random() < 0.6;
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, part(random, depth - 1)])),
    required: strict ? names : names.filter(() => random() < 0.5),
    ...(strict || random() < 0.7 ? { additionalProperties: false } : {}),
  };
}

function part(random: Random, depth: number): unknown {
  if (depth <= 0) return leaf(random);
  switch (below(random, 7)) {
    case 0:
      return object(random, depth);
    case 1: {
      const least = below(random, 3);
      return { type: 'array', items: part(random, depth - 1), minItems: least, maxItems: least + 1 + below(random, 3) };
    }
    case 2:
      return { anyOf: [part(random, depth - 1), leaf(random), { type: 'null' }] };
    case 3:
      return { $ref: `#/$defs/${pick(random, depth > 1 ? ['leaf', 'tree', 'branch'] : ['leaf', 'tree'])}` };
    case 4:
      return {
        allOf: [object(random, 1), { type: 'object', properties: { extra: leaf(random) } }].map((schema) => ({
          ...schema,
          additionalProperties: undefined,
        })),
      };
    case 5:
      return { type: 'array', prefixItems: [leaf(random), leaf(random)], items: false, minItems: 2 };
    default:
      return leaf(random);
  }
}

function leaf(random: Random): unknown {
  switch (below(random, 10)) {
    case 0:
      return { type: 'string' };
    case 1:
      return { type: 'string', minLength: below(random, 3), maxLength: 3 + below(random, 20) };
    case 2:
      return { enum: some(random, WORDS, 2 + below(random, 4)) };
    case 3:
      return { type: 'integer', minimum: below(random, 50) - 25, maximum: 30 + below(random, 1000) };
    case 4:
      return { type: 'number', minimum: below(random, 100) / 8 - 6, maximum: 8 + below(random, 100) / 16 };
    case 5:
      return { type: 'boolean' };
    case 6:
      return { type: ['string', 'null'] };
    case 7:
      return {
        type: 'string',
        pattern: pick(random, ['^[A-Z]{3}-[0-9]{2,4}$', '^(low|high)(er)?$', '^#[0-9a-f]{6}$']),
      };
    case 8:
      return { type: 'string', format: pick(random, ['date', 'date-time', 'uuid', 'email', 'ipv4']) };
    default:
      return { const: pick(random, [...WORDS, 7, null, true]) };
  }
}
