/** A node of the tree of keys: what is below it by byte, and the place of its replacement; -1 where no key ends. */
interface Node {
  readonly below: Map<number, Node>;
  replacement: number;
}

/** Units are padded to whole blocks, so that no walk leaves the array. */
const BLOCK_UNITS = 256;
const LEAF_VALUE = 0x8000_0000;
const HAS_LEAF = 1 << 8;
/** A unit has 21 bits for the way to what is below it. */
const LONGEST_WAY = 1 << 21;

/**
 * SentencePiece's table of normalisations (`precompiled_charsmap`) from replacements by code point; an empty one deletes. It is the size of a
 * double array in bytes, that array (the XOR-compressed one of the darts-clone library, walked over a key's UTF-8), and the replacements,
 * each ended by a zero byte. Equal maps give equal bytes.
 */
export function encodeCharsmap(replacements: ReadonlyMap<number, readonly number[]>): Uint8Array {
  const { root, texts } = treeOf(replacements);
  const units = new DoubleArray(root).units();
  const size = Buffer.alloc(4);
  size.writeUInt32LE(units.byteLength);
  return Buffer.concat([size, Buffer.from(units.buffer, units.byteOffset, units.byteLength), ...texts]);
}

function treeOf(replacements: ReadonlyMap<number, readonly number[]>): { root: Node; texts: Buffer[] } {
  const root: Node = { below: new Map(), replacement: -1 };
  const texts: Buffer[] = [];
  const places = new Map<string, number>();
  let bytes = 0;
  for (const [codePoint, output] of [...replacements].sort(([a], [b]) => a - b)) {
    const text = String.fromCodePoint(...output);
    let place = places.get(text);
    if (place === undefined) {
      place = bytes;
      places.set(text, place);
      const encoded = Buffer.from(`${text}\0`, 'utf8');
      texts.push(encoded);
      bytes += encoded.length;
    }
    let node = root;
    for (const byte of Buffer.from(String.fromCodePoint(codePoint), 'utf8')) {
      let next = node.below.get(byte);
      if (next === undefined) node.below.set(byte, (next = { below: new Map(), replacement: -1 }));
      node = next;
    }
    node.replacement = place;
  }
  return { root, texts };
}

/** Lays a tree into the array, each node's children at its base XOR their byte. */
class DoubleArray {
  #units = new Uint32Array(BLOCK_UNITS);
  /** Units that are taken, and bases that are. */
  readonly #taken = new Set<number>([0]);
  readonly #bases = new Set<number>();
  #firstFree = 1;

  constructor(root: Node) {
    this.#place(root, 0);
  }

  units(): Uint32Array {
    const used = Math.max(...this.#taken) + 1;
    return this.#units.slice(0, Math.ceil(used / BLOCK_UNITS) * BLOCK_UNITS);
  }

  #place(node: Node, at: number): void {
    const labels = [...node.below.keys()].sort((a, b) => a - b);
    if (node.replacement >= 0) labels.unshift(0);
    if (labels.length === 0) return;
    const base = this.#findBase(labels);
    this.#bases.add(base);
    this.#units[at] = ((this.#units[at] ?? 0) | ((at ^ base) << 10) | (node.replacement >= 0 ? HAS_LEAF : 0)) >>> 0;
    for (const label of labels) {
      this.#taken.add(base ^ label);
      this.#units[base ^ label] = label === 0 ? (LEAF_VALUE | node.replacement) >>> 0 : label;
    }
    for (const label of labels) {
      const child = node.below.get(label);
      if (child !== undefined) this.#place(child, base ^ label);
    }
  }

  /** The first base where all labels fall on free units. */
  #findBase(labels: readonly number[]): number {
    const first = labels[0] ?? 0;
    while (this.#taken.has(this.#firstFree)) this.#firstFree += 1;
    for (let unit = this.#firstFree; unit < LONGEST_WAY; unit += 1) {
      const base = unit ^ first;
      if (base === 0 || this.#bases.has(base) || this.#taken.has(unit)) continue;
      if (labels.some((label) => this.#taken.has(base ^ label))) continue;
      this.#growTo((base | 0xff) + 1);
      return base;
    }
    throw new Error('the normalisations of this vocabulary are too many for its format');
  }

  #growTo(length: number): void {
    if (length <= this.#units.length) return;
    const grown = new Uint32Array(Math.max(length, this.#units.length * 2));
    grown.set(this.#units);
    this.#units = grown;
  }
}
