import type { FilePart } from '../onnx/graph-builder.ts';

/** A value of a GGUF key: its type by the name that the format gives it, and for texts their bytes as they are. */
export type GgufValue =
  | { readonly type: 'u32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly Uint8Array[] }
  | { readonly type: 'f32s'; readonly value: Float32Array }
  | { readonly type: 'i32s'; readonly value: Int32Array }
  | { readonly type: 'u8s'; readonly value: Uint8Array };

/** A tensor's entry and data. `shape` has the fastest dimension first, `type` is ggml's number (0: F32, 2: Q4_0). */
export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly data: FilePart;
}

const ALIGNMENT = 32;
const VERSION = 3;
/** The format's numbers of value types. */
const U8 = 0;
const U32 = 4;
const I32 = 5;
const F32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;

/** The parts of a GGUF file of version 3 (little-endian, data aligned to 32 bytes), keys and tensors in the given order. */
export function ggufParts(values: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[]): FilePart[] {
  const keys = Object.entries(values);
  const infos: Buffer[] = [];
  const data: FilePart[] = [];
  let at = 0;
  for (const { name, shape, type, data: bytes } of tensors) {
    infos.push(text(name), u32(shape.length), ...shape.map(u64), u32(type), u64(at));
    const padding = paddingAfter(bytes.length);
    data.push(bytes, Buffer.alloc(padding));
    at += bytes.length + padding;
  }
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(VERSION),
    u64(tensors.length),
    u64(keys.length),
    ...keys.flatMap(([key, value]) => [text(key), ...valueBytes(value)]),
    ...infos,
  ]);
  return [head, Buffer.alloc(paddingAfter(head.length)), ...data];
}

function paddingAfter(bytes: number): number {
  return (ALIGNMENT - (bytes % ALIGNMENT)) % ALIGNMENT;
}

function valueBytes(given: GgufValue): Buffer[] {
  switch (given.type) {
    case 'u32':
      return [u32(U32), u32(given.value)];
    case 'f32':
      return [u32(F32), littleEndian(Float32Array.of(given.value))];
    case 'bool':
      return [u32(BOOL), Buffer.of(given.value ? 1 : 0)];
    case 'string':
      return [u32(STRING), text(given.value)];
    case 'strings':
      return [u32(ARRAY), u32(STRING), u64(given.value.length), ...given.value.flatMap((bytes) => textBytes(bytes))];
    case 'f32s':
      return [u32(ARRAY), u32(F32), u64(given.value.length), littleEndian(given.value)];
    case 'i32s':
      return [u32(ARRAY), u32(I32), u64(given.value.length), littleEndian(given.value)];
    case 'u8s':
      return [u32(ARRAY), u32(U8), u64(given.value.length), Buffer.from(given.value)];
    default:
      return given satisfies never;
  }
}

function text(value: string): Buffer {
  return Buffer.concat(textBytes(Buffer.from(value, 'utf8')));
}

function textBytes(bytes: Uint8Array): Buffer[] {
  return [u64(bytes.length), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)];
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** The numbers' bytes; every platform that Node runs on here is little-endian. */
function littleEndian(values: Float32Array | Int32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
