import { BinaryReader, type WireType } from '@bufbuild/protobuf/wire';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { encodeOnnxMetadata } from './append-metadata.ts';
import { type FilePart, GraphBuilder, littleEndian, totalLength } from './graph-builder.ts';

async function bytesOf(parts: readonly FilePart[]): Promise<Buffer> {
  const made: Uint8Array[] = [];
  for (const part of parts) made.push(part instanceof Uint8Array ? part : await part.produce());
  return Buffer.concat(made);
}

/** Fields of a protobuf message by number; nested messages stay bytes. */
function fields(message: Uint8Array): Map<number, Uint8Array[]> {
  const found = new Map<number, Uint8Array[]>();
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value = (type as WireType) === 2 ? reader.bytes() : reader.skip(type, field);
    found.set(field, [...(found.get(field) ?? []), value]);
  }
  return found;
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

/** y = x · [[1, 2], [3, 4]] */
function product(): FilePart[] {
  const graph = new GraphBuilder();
  const matrix = graph.constant('matrix', 'float', [2, 2], () =>
    Promise.resolve(littleEndian(Float32Array.of(1, 2, 3, 4))),
  );
  graph.outputNode('MatMul', ['x', matrix], 'y');
  return graph.parts({
    graphName: 'product',
    inputs: [{ name: 'x', type: 'float', dims: ['rows', 2] }],
    outputs: [{ name: 'y', type: 'float', dims: ['rows', 2] }],
    metadata: { made_by: 'a test' },
  });
}

test('a written model runs', async () => {
  const session = await InferenceSession.create(await bytesOf(product()));
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 0, 10, 1), [2, 2]) });
  expect(y?.dims).toEqual([2, 2]);
  expect(Array.from(y?.data as Float32Array)).toEqual([1, 2, 13, 24]);
});

test('the length is known before the constants are made', async () => {
  const parts = product();
  expect(totalLength(parts)).toBe((await bytesOf(parts)).length);
});

test('attributes, optional inputs and shared integers are written as onnx.proto3 says', async () => {
  const graph = new GraphBuilder();
  expect(graph.integers([1, 2])).toBe(graph.integers([1, 2]));
  graph.outputNode('com.microsoft::Something', ['x', '', graph.integers([1, 2])], 'y', {
    axis: -1,
    sizes: [3, 4],
    epsilon: { float: 0.5 },
  });
  const model = fields(await bytesOf(graph.parts({ graphName: 'g', inputs: [], outputs: [], metadata: {} })));
  const inside = fields(model.get(7)?.[0] as Uint8Array);
  expect(inside.get(5)).toHaveLength(1);
  const node = fields(inside.get(1)?.[0] as Uint8Array);
  expect(node.get(1)?.map(text)).toEqual(['x', '', 'i64_1_2']);
  expect(text(node.get(4)?.[0])).toBe('Something');
  expect(text(node.get(7)?.[0])).toBe('com.microsoft');
  const attributes = node.get(5)?.map((attribute) => fields(attribute)) ?? [];
  expect(attributes.map((attribute) => text(attribute.get(1)?.[0]))).toEqual(['axis', 'sizes', 'epsilon']);
  expect(new BinaryReader(attributes[0]?.get(3)?.[0] as Uint8Array).int32()).toBe(-1);
});

test('a constant whose bytes do not fit its shape is refused', async () => {
  const graph = new GraphBuilder();
  graph.constant('short', 'float', [3], () => Promise.resolve(new Uint8Array(8)));
  await expect(bytesOf(graph.parts({ graphName: 'g', inputs: [], outputs: [], metadata: {} }))).rejects.toThrow(
    'short has 8 bytes, not 12',
  );
});

test('metadata can be appended to a finished file', async () => {
  const file = Buffer.concat([await bytesOf(product()), encodeOnnxMetadata({ sample_rate: '22050', 说: '你好' })]);
  const entries =
    fields(file)
      .get(14)
      ?.map((entry) => fields(entry)) ?? [];
  expect(entries.map((entry) => [text(entry.get(1)?.[0]), text(entry.get(2)?.[0])])).toEqual([
    ['made_by', 'a test'],
    ['sample_rate', '22050'],
    ['说', '你好'],
  ]);
  await expect(InferenceSession.create(file)).resolves.toBeDefined();
});
