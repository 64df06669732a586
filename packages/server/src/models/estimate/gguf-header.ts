import { open } from 'node:fs/promises';
import { ggmlBytes } from './ggml-types.ts';
import { HeaderCursor, NeedsMoreBytes } from './header-cursor.ts';

/**
 * What the header of a GGUF file says (format: docs/gguf.md of ggml, versions 2 and 3, little-endian). Every count, length and
 * offset in it was checked against the file's size.
 */
export interface GgufHeader {
  readonly architecture: string;
  /** Numbers and short lists of numbers, by key. */
  readonly numbers: ReadonlyMap<string, number | readonly number[]>;
  /** Entries of `tokenizer.ggml.tokens`; null where it has no vocabulary. */
  readonly vocabularyTokens: number | null;
  readonly tensorCount: number;
  /** Bytes of all tensors. */
  readonly tensorBytes: number;
}

const MAGIC = 0x46554747;
const MEBIBYTE = 2 ** 20;
/** Headers with a large vocabulary have some 20 MB. */
const LARGEST_HEADER_BYTES = 64 * MEBIBYTE;
const FIRST_READ_BYTES = 8 * MEBIBYTE;
const MOST_KEYS = 65_536;
const MOST_TENSORS = 1_000_000;
const LONGEST_KEY = 65_535;
const LONGEST_NAME = 1_024;
const MOST_LISTED = 4_096;
const DEEPEST_ARRAY = 4;
const DEFAULT_ALIGNMENT = 32;

/** Reads a file's header and no more of it than that. Throws an Error that says what is wrong with the file. */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  await using file = await open(path);
  const { size } = await file.stat();
  for (let bytes = FIRST_READ_BYTES; ; bytes *= 4) {
    const wanted = Math.min(bytes, size, LARGEST_HEADER_BYTES);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(wanted), position: 0 });
    const header = parseGgufHeader(buffer.subarray(0, bytesRead), size);
    if (header !== null) return header;
    if (wanted === LARGEST_HEADER_BYTES) throw new Error('the header of the GGUF file is larger than 64 MiB');
    if (wanted === size) throw new Error('the GGUF file ends within its header; pull it again');
  }
}

/** The header in a file's first bytes; null when it is longer than they are. Throws an Error for what is no sound GGUF file. */
export function parseGgufHeader(bytes: Buffer, fileBytes: number): GgufHeader | null {
  try {
    return parse(new HeaderCursor(bytes, fileBytes));
  } catch (error) {
    if (error instanceof NeedsMoreBytes) return null;
    throw error;
  }
}

function parse(cursor: HeaderCursor): GgufHeader {
  if (cursor.uint32() !== MAGIC) throw new Error('this is no GGUF file');
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) throw new Error(`GGUF version ${version} is not known; versions 2 and 3 are`);
  const tensorCount = cursor.count('the number of tensors', MOST_TENSORS);
  const keyCount = cursor.count('the number of keys', MOST_KEYS);
  const values = new Map<string, Value>();
  for (let at = 0; at < keyCount; at++) {
    const key = cursor.text('a key', LONGEST_KEY);
    if (values.has(key)) throw cursor.damaged(`the key ${key} stands there twice`);
    values.set(key, readValue(cursor, cursor.uint32(), key === 'general.architecture'));
  }
  const architecture = values.get('general.architecture');
  if (typeof architecture !== 'string') throw cursor.damaged('it does not name its architecture');
  const tokens = values.get('tokenizer.ggml.tokens');
  const numbers = new Map<string, number | readonly number[]>();
  for (const [key, value] of values) {
    if (typeof value === 'number') numbers.set(key, value);
    else if (typeof value === 'object' && value.numbers !== null) numbers.set(key, value.numbers);
  }
  const vocabularyTokens = typeof tokens === 'object' ? tokens.length : null;
  return {
    architecture,
    numbers,
    vocabularyTokens,
    tensorCount,
    tensorBytes: readTensors(cursor, tensorCount, numbers),
  };
}

/** Texts other than the architecture are passed over, as are long lists. */
type Value = number | string | { readonly length: number; readonly numbers: readonly number[] | null };

const STRING = 8;
const ARRAY = 9;

function readValue(cursor: HeaderCursor, type: number, keepText: boolean, depth = 0): Value {
  if (type === STRING) {
    if (keepText) return cursor.text('the architecture', LONGEST_KEY);
    cursor.skipText();
    return { length: 0, numbers: null };
  }
  if (type === ARRAY) return readArray(cursor, depth);
  return cursor.number(type);
}

function readArray(cursor: HeaderCursor, depth: number): Value {
  if (depth >= DEEPEST_ARRAY) throw cursor.damaged('lists lie too deep within each other');
  const type = cursor.uint32();
  if (type === STRING || type === ARRAY) {
    // Each entry begins with eight bytes at least.
    const length = cursor.countOf('the length of a list', 8);
    for (let at = 0; at < length; at++) readValue(cursor, type, false, depth + 1);
    return { length, numbers: null };
  }
  const size = cursor.sizeOf(type);
  const length = cursor.countOf('the length of a list', size);
  if (length > MOST_LISTED) {
    cursor.skip(length * size);
    return { length, numbers: null };
  }
  return { length, numbers: Array.from({ length }, () => cursor.number(type)) };
}

interface Tensor {
  readonly bytes: number | null;
  readonly offset: number;
}

function readTensors(
  cursor: HeaderCursor,
  count: number,
  numbers: ReadonlyMap<string, number | readonly number[]>,
): number {
  const alignment = numbers.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== 'number' || !Number.isInteger(alignment) || alignment < 8 || alignment % 8 !== 0) {
    throw cursor.damaged('its alignment is no multiple of 8');
  }
  const tensors: Tensor[] = [];
  for (let at = 0; at < count; at++) tensors.push(readTensor(cursor));
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  const dataBytes = Math.max(0, cursor.fileBytes - dataStart);
  let sum = 0;
  for (const { bytes, offset } of tensors) {
    if (offset % alignment !== 0) throw cursor.damaged('a tensor does not lie where tensors may begin');
    if (offset + (bytes ?? 0) > dataBytes) {
      throw new Error('the GGUF file is shorter than its header says: it was cut off or is damaged; pull it again');
    }
    sum += bytes ?? 0;
  }
  // Of a type that is not known here yet nothing but the whole can be said.
  return tensors.some(({ bytes }) => bytes === null) ? dataBytes : sum;
}

function readTensor(cursor: HeaderCursor): Tensor {
  cursor.text('the name of a tensor', LONGEST_NAME);
  const dimensions = cursor.uint32();
  if (dimensions < 1 || dimensions > 4) throw cursor.damaged(`a tensor has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => cursor.count('a dimension', Number.MAX_SAFE_INTEGER));
  const elements = shape.reduce((product, each) => product * each, 1);
  const type = cursor.uint32();
  const offset = cursor.count('the offset of a tensor', cursor.fileBytes);
  const bytes = ggmlBytes(type, shape[0] ?? 0, elements);
  if (bytes === 'uneven') throw cursor.damaged('a row of a tensor is no whole number of blocks');
  if (bytes !== null && bytes > cursor.fileBytes) throw cursor.damaged('a tensor is larger than the file');
  return { bytes, offset };
}
