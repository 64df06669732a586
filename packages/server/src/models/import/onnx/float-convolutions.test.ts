import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { useFloatConvolutions } from './float-convolutions.ts';
import { MODEL_GRAPH, readFields, readNode } from './graph-fields.ts';

type Write = (writer: BinaryWriter) => void;

const FLOAT = 1;
const UINT8 = 2;
const INT32 = 6;
const INT64 = 7;

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

const text = (writer: BinaryWriter, field: number, value: string): unknown =>
  writer.tag(field, WireType.LengthDelimited).string(value);
const number = (writer: BinaryWriter, field: number, value: number): unknown =>
  writer.tag(field, WireType.Varint).int64(value);

function node(
  graph: BinaryWriter,
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  castTo?: number,
): void {
  message(graph, 1, (writer) => {
    for (const input of inputs) text(writer, 1, input);
    for (const output of outputs) text(writer, 2, output);
    text(writer, 3, `${outputs[0]}_node`);
    text(writer, 4, opType);
    if (castTo === undefined) return;
    message(writer, 5, (attribute) => {
      text(attribute, 1, 'to');
      number(attribute, 3, castTo);
      number(attribute, 20, 2);
    });
  });
}

function constant(
  graph: BinaryWriter,
  name: string,
  type: number,
  dims: readonly number[],
  values: ArrayBufferView,
): void {
  message(graph, 5, (tensor) => {
    for (const dim of dims) number(tensor, 1, dim);
    number(tensor, 2, type);
    text(tensor, 8, name);
    tensor.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  });
}

function value(graph: BinaryWriter, field: number, name: string, dims: readonly number[]): void {
  message(graph, field, (info) => {
    text(info, 1, name);
    message(info, 2, (type) =>
      message(type, 1, (tensor) => {
        number(tensor, 1, FLOAT);
        message(tensor, 2, (shape) => {
          for (const dim of dims) message(shape, 1, (dimension) => number(dimension, 1, dim));
        });
      }),
    );
  });
}

/** x [1,2,4] → a convolution with kernel 1, quantised as onnxruntime's quantiser does it → y [1,2,4]. */
function quantisedModel(withBias: boolean): Uint8Array {
  const model = new BinaryWriter();
  number(model, 1, 9);
  message(model, MODEL_GRAPH, (graph) => {
    node(graph, 'DynamicQuantizeLinear', ['x'], ['xq', 'xs', 'xz']);
    node(graph, 'ConvInteger', ['xq', 'wq', 'xz', 'wz'], ['conv']);
    node(graph, 'Mul', ['xs', 'ws'], ['scale']);
    if (withBias) {
      node(graph, 'Div', ['bias', 'scale'], ['divided']);
      node(graph, 'Floor', ['divided'], ['floor']);
      node(graph, 'Cast', ['floor'], ['bias_int'], INT32);
      node(graph, 'Reshape', ['bias_int', 'bias_shape'], ['bias_wide']);
      node(graph, 'Add', ['conv', 'bias_wide'], ['added']);
    }
    node(graph, 'Cast', [withBias ? 'added' : 'conv'], ['cast'], FLOAT);
    node(graph, 'Mul', ['cast', 'scale'], ['y']);
    text(graph, 2, 'g');
    constant(graph, 'wq', UINT8, [2, 2, 1], Uint8Array.of(0, 255, 100, 180));
    constant(graph, 'ws', FLOAT, [], Float32Array.of(0.01));
    constant(graph, 'wz', UINT8, [], Uint8Array.of(128));
    if (withBias) {
      constant(graph, 'bias', FLOAT, [2], Float32Array.of(0.5, -0.25));
      constant(graph, 'bias_shape', INT64, [3], BigInt64Array.of(1n, -1n, 1n));
    }
    value(graph, 11, 'x', [1, 2, 4]);
    value(graph, 12, 'y', [1, 2, 4]);
    value(graph, 13, 'scale', []);
  });
  message(model, 8, (opset) => {
    text(opset, 1, '');
    number(opset, 2, 20);
  });
  return model.finish();
}

async function run(model: Uint8Array): Promise<number[]> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const x = new Tensor('float32', Float32Array.of(1, -0.5, 0.25, 2, -1, 0.75, 0.1, -2), [1, 2, 4]);
  const { y } = await session.run({ x });
  await session.release();
  return Array.from(y?.data as Float32Array);
}

function nodesOf(model: Uint8Array): string[] {
  const graph = readFields(model).find((field) => field.number === MODEL_GRAPH)?.value ?? new Uint8Array();
  return readFields(graph).flatMap((field) =>
    field.number === 1 && field.value !== null ? [readNode(field.value).opType] : [],
  );
}

test.each([true, false])(
  'the float convolution gives what the integer one gave (with a bias: %s)',
  async (withBias) => {
    const before = quantisedModel(withBias);
    const { fields, replaced } = useFloatConvolutions(before);
    const after = Buffer.concat(fields);
    expect(replaced).toBe(1);
    expect(nodesOf(after)).toEqual(['DequantizeLinear', 'Conv']);
    const expected = await run(before);
    const result = await run(after);
    // The integer form rounds its input to 256 steps over 4, and its bias down to a step.
    result.forEach((number, at) => expect(Math.abs(number - (expected[at] ?? NaN))).toBeLessThan(0.05));
  },
);

test('the same model gives the same bytes', () => {
  const once = Buffer.concat(useFloatConvolutions(quantisedModel(true)).fields);
  expect(Buffer.concat(useFloatConvolutions(quantisedModel(true)).fields).equals(once)).toBe(true);
});

test('what is no longer used is dropped, the rest stays', () => {
  const after = Buffer.concat(useFloatConvolutions(quantisedModel(true)).fields).toString('latin1');
  for (const name of ['bias_shape', 'scale', 'xq']) expect(after).not.toContain(name);
  for (const name of ['wq', 'ws', 'wz', 'bias']) expect(after).toContain(name);
});

test('a convolution built in another way is refused', () => {
  const model = Buffer.from(quantisedModel(false));
  model.write('Casx', model.indexOf('Cast'));
  expect(() => useFloatConvolutions(model)).toThrow(/ConvInteger conv_node is not a quantised convolution/);
});

test('bytes that are no model are refused', () => {
  expect(() => useFloatConvolutions(Uint8Array.of(0x3a, 0xff, 0x01))).toThrow();
});
