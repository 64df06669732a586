/** Thrown where the bytes at hand end before the header does. */
export class NeedsMoreBytes extends Error {}

/** Bytes of GGUF's number types, by their number in the format. */
const SIZES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

/** Reads a GGUF header from its beginning. Nothing it is told by the file is believed before it was held against the file's size. */
export class HeaderCursor {
  readonly fileBytes: number;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer, fileBytes: number) {
    this.#bytes = bytes;
    this.fileBytes = fileBytes;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  damaged(what: string): Error {
    return new Error(`the header of the GGUF file is damaged: ${what}; pull it again`);
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  /** A number of 64 bits that counts something; at most `most`. */
  count(what: string, most: number): number {
    const value = this.#bytes.readBigUInt64LE(this.#take(8));
    if (value > BigInt(most)) throw this.damaged(`${what} is ${value}`);
    return Number(value);
  }

  /** How many things of at least so many bytes each follow; no more than the file has room for. */
  countOf(what: string, leastBytes: number): number {
    const most = Math.floor((this.fileBytes - this.#at) / leastBytes);
    return this.count(what, Math.max(0, most));
  }

  text(what: string, longest: number): string {
    const length = this.count(`the length of ${what}`, longest);
    const start = this.#take(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  skipText(): void {
    this.skip(this.countOf('the length of a text', 1));
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }

  /** Bytes of one number of a type. Throws for what is no number. */
  sizeOf(type: number): number {
    const size = SIZES[type];
    if (size === undefined) throw this.damaged(`there is no value type ${type}`);
    return size;
  }

  /** A number of any of the format's types; yes is 1. */
  number(type: number): number {
    const at = this.#take(this.sizeOf(type));
    switch (type) {
      case 0:
      case 7:
        return this.#bytes.readUInt8(at);
      case 1:
        return this.#bytes.readInt8(at);
      case 2:
        return this.#bytes.readUInt16LE(at);
      case 3:
        return this.#bytes.readInt16LE(at);
      case 4:
        return this.#bytes.readUInt32LE(at);
      case 5:
        return this.#bytes.readInt32LE(at);
      case 6:
        return this.#bytes.readFloatLE(at);
      case 10:
        return Number(this.#bytes.readBigUInt64LE(at));
      case 11:
        return Number(this.#bytes.readBigInt64LE(at));
      default:
        return this.#bytes.readDoubleLE(at);
    }
  }

  /** Moves on; gives where the bytes begin. */
  #take(bytes: number): number {
    const start = this.#at;
    const end = start + bytes;
    if (end > this.fileBytes) throw this.damaged('it ends too early');
    if (end > this.#bytes.length) throw new NeedsMoreBytes('the header is longer');
    this.#at = end;
    return start;
  }
}
