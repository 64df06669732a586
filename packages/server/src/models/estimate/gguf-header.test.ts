import { expect, test } from 'vitest';
import { parseGgufHeader } from './gguf-header.ts';
import { ggufHeader, type TestTensor, text, TINY_LLAMA, u32, u64 } from './test-gguf.ts';

const GIB = 2 ** 30;
const Q4_0 = 2;
const F32 = 0;
const tensor = (changes: Partial<TestTensor> = {}): TestTensor => ({
  name: 'token_embd.weight',
  shape: [64, 10],
  type: Q4_0,
  offset: 0,
  ...changes,
});

/** Reads a header that is followed by so many bytes of data. */
function parse(header: Buffer, dataBytes = GIB) {
  return parseGgufHeader(header, header.length + dataBytes);
}

test('architecture, numbers, vocabulary and bytes of the tensors are read', () => {
  const header = parse(ggufHeader(TINY_LLAMA, [tensor(), tensor({ offset: 384, type: F32, shape: [4] })]));
  expect(header?.architecture).toBe('llama');
  expect(header?.vocabularyTokens).toBe(3);
  expect(header?.tensorCount).toBe(2);
  expect(header?.tensorBytes).toBe(20 * 18 + 16);
  expect(header?.numbers.get('llama.block_count')).toBe(2);
});

test('lists of numbers are kept, such as heads layer by layer', () => {
  const values = { ...TINY_LLAMA, 'llama.attention.head_count_kv': { type: 'u32s', value: [2, 0] } } as const;
  expect(parse(ggufHeader(values))?.numbers.get('llama.attention.head_count_kv')).toEqual([2, 0]);
});

test('a header that goes on behind the bytes at hand asks for more, wherever they end', () => {
  const whole = ggufHeader(TINY_LLAMA, [tensor()]);
  const short = Array.from({ length: whole.length }, (_, at) => parseGgufHeader(whole.subarray(0, at), GIB));
  expect(short.every((header) => header === null)).toBe(true);
  expect(parseGgufHeader(whole, GIB)).not.toBeNull();
});

test('a file that ends within its header is refused, wherever it ends', () => {
  const whole = ggufHeader(TINY_LLAMA, [tensor()]);
  for (let at = 0; at < whole.length; at++) {
    expect(() => parseGgufHeader(whole.subarray(0, at), at)).toThrow(/GGUF file/);
  }
});

const huge = 2n ** 63n;
const start = (tensors: number | bigint, keys: number | bigint): Buffer[] => [
  Buffer.from('GGUF'),
  u32(3),
  u64(tensors),
  u64(keys),
];
const list = (type: number, length: number | bigint): Buffer =>
  Buffer.concat([...start(0, 1), text('k'), u32(9), u32(type), u64(length)]);

test.each<[string, Buffer, RegExp]>([
  ['another format', Buffer.from('PK\x03\x04 and so on, as long as a header'), /no GGUF file/],
  ['an unknown version', Buffer.concat([Buffer.from('GGUF'), u32(77), u64(0), u64(0)]), /version 77/],
  ['more tensors than can be', Buffer.concat(start(huge, 0)), /number of tensors/],
  ['more keys than can be', Buffer.concat(start(0, huge)), /number of keys/],
  ['a key of huge length', Buffer.concat([...start(0, 1), u64(huge)]), /length of a key/],
  ['a text longer than the file', Buffer.concat([...start(0, 1), text('k'), u32(8), u64(huge)]), /length of a text/],
  ['a list longer than the file', list(4, huge), /length of a list/],
  ['a list of texts longer than the file', list(8, GIB), /length of a list/],
  ['an unknown type', Buffer.concat([...start(0, 1), text('k'), u32(99)]), /value type 99/],
  [
    'lists within lists without end',
    Buffer.concat([
      ...start(0, 1),
      text('k'),
      ...Array.from({ length: 9 }, () => Buffer.concat([u32(9), u32(9), u64(1)])),
    ]),
    /too deep|length of a list|value type/,
  ],
  ['no architecture', ggufHeader({ a: { type: 'u32', value: 1 } }), /architecture/],
  [
    'an alignment of nothing',
    ggufHeader({ ...TINY_LLAMA, 'general.alignment': { type: 'u32', value: 0 } }),
    /alignment/,
  ],
  ['a tensor of many dimensions', ggufHeader(TINY_LLAMA, [tensor({ shape: [1, 1, 1, 1, 1] })]), /5 dimensions/],
  ['a tensor of no whole blocks', ggufHeader(TINY_LLAMA, [tensor({ shape: [33] })]), /whole number of blocks/],
  ['a tensor that begins anywhere', ggufHeader(TINY_LLAMA, [tensor({ offset: 7 })]), /may begin/],
])('a hostile header is refused with a sentence: %s', (_name, bytes, message) => {
  expect(() => parse(bytes)).toThrow(message);
});

test('a shape that claims more than the file holds is refused before anything is read by it (CVE-2026-7482)', () => {
  expect(() => parse(ggufHeader(TINY_LLAMA, [tensor({ shape: [2n ** 40n, 2n ** 40n] })]))).toThrow(
    /larger than the file/,
  );
  expect(() => parse(ggufHeader(TINY_LLAMA, [tensor({ shape: [2 ** 20, 64] })]), 1024)).toThrow(/larger than the file/);
  expect(() => parse(ggufHeader(TINY_LLAMA, [tensor({ shape: [64, 10] })]), 300)).toThrow(/cut off/);
  expect(() => parse(ggufHeader(TINY_LLAMA, [tensor({ offset: huge })]))).toThrow(/offset/);
});

test('tensors of a type that is not known yet are counted as the whole of the data', () => {
  const header = ggufHeader(TINY_LLAMA, [tensor({ type: 200 })]);
  expect(parse(header, 5000)?.tensorBytes).toBeGreaterThan(4900);
});
