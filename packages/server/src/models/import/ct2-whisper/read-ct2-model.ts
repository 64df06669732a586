import type { FileHandle } from 'node:fs/promises';

/** One variable of a CTranslate2 model file: where its values lie. */
export interface Ct2Variable {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: Ct2Type;
  readonly offset: number;
  readonly bytes: number;
}

/** A CTranslate2 model file's table of contents. */
export interface Ct2Index {
  readonly spec: string;
  readonly variables: ReadonlyMap<string, Ct2Variable>;
}

const TYPES = ['float32', 'int8', 'int16', 'int32', 'float16', 'bfloat16'] as const;
type Ct2Type = (typeof TYPES)[number];
const TYPE_BYTES = { float32: 4, int8: 1, int16: 2, int32: 4, float16: 2, bfloat16: 2 } as const satisfies Record<
  Ct2Type,
  number
>;

const VERSION = 6;
const MAX_VARIABLES = 100_000;
const MAX_RANK = 8;

/**
 * Reads the table of contents of a CTranslate2 `model.bin`, version 6 (little-endian; strings are a 16-bit length that
 * counts a closing NUL, then the bytes). Throws when the file is cut short, corrupt or of another version.
 */
export async function readCt2Index(file: FileHandle): Promise<Ct2Index> {
  const cursor = new Cursor(file, (await file.stat()).size);
  const version = await cursor.uint(4);
  if (version !== VERSION)
    throw new Error(`model.bin is of CTranslate2 version ${version}; only ${VERSION} can be read`);
  const spec = await cursor.text();
  await cursor.uint(4);
  const count = await cursor.uint(4);
  if (count > MAX_VARIABLES) throw new Error(`model.bin is corrupt: it claims ${count} variables`);
  const variables = new Map<string, Ct2Variable>();
  for (let index = 0; index < count; index++) {
    const variable = await readVariable(cursor);
    variables.set(variable.name, variable);
  }
  const aliases = await cursor.uint(4);
  if (aliases > MAX_VARIABLES) throw new Error(`model.bin is corrupt: it claims ${aliases} aliases`);
  for (let index = 0; index < aliases; index++) {
    const alias = await cursor.text();
    const target = variables.get(await cursor.text());
    if (target === undefined) throw new Error(`model.bin is corrupt: the alias ${alias} names nothing`);
    variables.set(alias, target);
  }
  cursor.expectEnd();
  return { spec, variables };
}

/** The values of a variable, decoded to float32. Throws for types that hold no floats. */
export async function readCt2Floats(file: FileHandle, variable: Ct2Variable): Promise<Float32Array> {
  const bytes = await readExactly(file, variable.offset, variable.bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(variable.bytes / TYPE_BYTES[variable.type]);
  switch (variable.type) {
    case 'float32':
      for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(i * 4, true);
      return values;
    case 'float16': {
      const table = halfTable();
      for (let i = 0; i < values.length; i++) values[i] = table[view.getUint16(i * 2, true)] as number;
      return values;
    }
    case 'int8':
    case 'int16':
    case 'int32':
    case 'bfloat16':
      throw new Error(`${variable.name} in model.bin is of type ${variable.type}; float16 or float32 is needed`);
    default:
      return variable.type satisfies never;
  }
}

/** The one whole number that a scalar variable holds. */
export async function readCt2Integer(file: FileHandle, variable: Ct2Variable): Promise<number> {
  const bytes = await readExactly(file, variable.offset, variable.bytes);
  const isInteger = variable.type === 'int8' || variable.type === 'int16' || variable.type === 'int32';
  if (!isInteger || variable.bytes !== TYPE_BYTES[variable.type]) {
    throw new Error(`${variable.name} in model.bin is not one whole number`);
  }
  return bytes.readIntLE(0, variable.bytes);
}

async function readVariable(cursor: Cursor): Promise<Ct2Variable> {
  const name = await cursor.text();
  const rank = await cursor.uint(1);
  if (rank > MAX_RANK) throw new Error(`model.bin is corrupt: ${name} has ${rank} dimensions`);
  const dims: number[] = [];
  for (let index = 0; index < rank; index++) dims.push(await cursor.uint(4));
  const code = await cursor.uint(1);
  const type = TYPES[code];
  if (type === undefined) throw new Error(`model.bin is corrupt: ${name} is of the unknown type ${code}`);
  const bytes = await cursor.uint(4);
  if (bytes !== dims.reduce((product, size) => product * size, TYPE_BYTES[type])) {
    throw new Error(
      `model.bin is corrupt: ${name} has ${bytes} bytes, which its dimensions ${dims.join('×')} do not give`,
    );
  }
  return { name, dims, type, offset: cursor.skip(bytes), bytes };
}

/** Reads small values in order from a file, through a buffer. */
class Cursor {
  readonly #file: FileHandle;
  readonly #size: number;
  #position = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #bufferStart = 0;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  async uint(bytes: 1 | 2 | 4): Promise<number> {
    return (await this.#take(bytes)).readUIntLE(0, bytes);
  }

  async text(): Promise<string> {
    const bytes = await this.#take(await this.uint(2));
    if (bytes.length === 0 || bytes.at(-1) !== 0)
      throw new Error('model.bin is corrupt: a name does not end where it should');
    return bytes.toString('utf8', 0, bytes.length - 1);
  }

  /** Passes over `bytes` and returns where they start. */
  skip(bytes: number): number {
    this.#need(bytes);
    const start = this.#position;
    this.#position += bytes;
    return start;
  }

  expectEnd(): void {
    const rest = this.#size - this.#position;
    if (rest !== 0) throw new Error(`model.bin is corrupt: ${rest} bytes follow its end`);
  }

  #need(bytes: number): void {
    if (this.#position + bytes > this.#size) throw new Error('model.bin is cut short; pull the model again');
  }

  async #take(bytes: number): Promise<Buffer> {
    const start = this.skip(bytes);
    if (start < this.#bufferStart || start + bytes > this.#bufferStart + this.#buffer.length) {
      this.#buffer = await readExactly(this.#file, start, Math.min(Math.max(bytes, 4096), this.#size - start));
      this.#bufferStart = start;
    }
    return this.#buffer.subarray(start - this.#bufferStart, start - this.#bufferStart + bytes);
  }
}

async function readExactly(file: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await file.read(buffer, done, bytes - done, offset + done);
    if (bytesRead === 0) throw new Error('model.bin is cut short; pull the model again');
    done += bytesRead;
  }
  return buffer;
}

let halves: Float32Array | null = null;

/** The value of each of the 65,536 IEEE half-precision numbers. */
function halfTable(): Float32Array {
  if (halves !== null) return halves;
  halves = new Float32Array(65_536);
  for (let bits = 0; bits < halves.length; bits++) {
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 0x1f
          ? fraction === 0
            ? Infinity
            : NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    halves[bits] = bits & 0x8000 ? -magnitude : magnitude;
  }
  return halves;
}
