/** Makes GGUF headers for tests, sound or not: little-endian, version 3. */
export type GgufValue =
  | { readonly type: 'u32'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'texts'; readonly value: readonly string[] }
  | { readonly type: 'u32s'; readonly value: readonly number[] };

export interface TestTensor {
  readonly name: string;
  readonly shape: readonly (number | bigint)[];
  readonly type: number;
  readonly offset: number | bigint;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function text(value: string): Buffer {
  return Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
}

function valueBytes(given: GgufValue): Buffer {
  switch (given.type) {
    case 'u32':
      return Buffer.concat([u32(4), u32(given.value)]);
    case 'text':
      return Buffer.concat([u32(8), text(given.value)]);
    case 'texts':
      return Buffer.concat([u32(9), u32(8), u64(given.value.length), ...given.value.map(text)]);
    default:
      return Buffer.concat([u32(9), u32(4), u64(given.value.length), ...given.value.map(u32)]);
  }
}

/** A header; the tensors' data are to follow at the next multiple of 32. */
export function ggufHeader(values: Readonly<Record<string, GgufValue>>, tensors: readonly TestTensor[] = []): Buffer {
  const keys = Object.entries(values);
  return Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(keys.length),
    ...keys.flatMap(([key, value]) => [text(key), valueBytes(value)]),
    ...tensors.flatMap(({ name, shape, type, offset }) => [
      text(name),
      u32(shape.length),
      ...shape.map(u64),
      u32(type),
      u64(offset),
    ]),
  ]);
}

/** The keys of a small model: 2 layers, 8 heads of which 2 hold keys and values, 64 numbers each. */
export const TINY_LLAMA = {
  'general.architecture': { type: 'text', value: 'llama' },
  'llama.block_count': { type: 'u32', value: 2 },
  'llama.context_length': { type: 'u32', value: 4096 },
  'llama.embedding_length': { type: 'u32', value: 512 },
  'llama.feed_forward_length': { type: 'u32', value: 1024 },
  'llama.attention.head_count': { type: 'u32', value: 8 },
  'llama.attention.head_count_kv': { type: 'u32', value: 2 },
  'tokenizer.ggml.tokens': { type: 'texts', value: ['a', 'b', 'c'] },
} as const satisfies Record<string, GgufValue>;
