import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { encodeOnnxMetadata } from './append-metadata.ts';

/** TensorProto.DataType of onnx.proto3, as far as it is used here. */
const ELEMENT_TYPES = { float: 1, int8: 3, int64: 7 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

const ELEMENT_BYTES = { float: 4, int8: 1, int64: 8 } as const satisfies Record<ElementType, number>;

/** A stretch of a file: bytes at hand, or bytes of a known length that are made only when they are written. */
export type FilePart = Uint8Array | { readonly length: number; produce(): Promise<Uint8Array> };

/** A node's attribute; whole numbers are ONNX INTs, lists are INTS, and `{ float }` is a FLOAT. */
export type Attribute = number | readonly number[] | { readonly float: number };

/** A graph's input or output; a string in `dims` names a size that is known only when the model runs. */
interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

export interface OnnxModel {
  readonly graphName: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly metadata: Readonly<Record<string, string>>;
}

const IR_VERSION = 9n;
const OPSETS = [
  { domain: '', version: 20n },
  { domain: 'com.microsoft', version: 1n },
] as const;

/**
 * Collects the nodes and constants of an ONNX graph and gives the file's parts in order. Large constants are made one
 * at a time while the file is written, so that a model never has to fit in memory. Field numbers are onnx.proto3's.
 */
export class GraphBuilder {
  readonly #nodes: Uint8Array[] = [];
  readonly #constants: FilePart[] = [];
  readonly #shared = new Map<string, string>();
  #nextName = 0;

  /** Adds a node of one output and returns that output's name. An empty input name leaves an optional input out. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.nodeWithOutputs(op, inputs, 1, attributes)[0] as string;
  }

  /** Adds a node and returns its outputs' names. Operators that ONNX itself lacks are written `domain::Op`. */
  nodeWithOutputs(
    op: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const outputs = Array.from({ length: outputCount }, () => `v${this.#nextName++}`);
    this.#nodes.push(encodeNode(op, inputs, outputs, attributes));
    return outputs;
  }

  /** Adds a node whose one output is the graph output of that name. */
  outputNode(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): void {
    this.#nodes.push(encodeNode(op, inputs, [output], attributes));
  }

  /** Adds a constant whose little-endian bytes are made when the file is written; returns its name. */
  constant(name: string, type: ElementType, dims: readonly number[], produce: () => Promise<Uint8Array>): string {
    const length = dims.reduce((product, size) => product * size, ELEMENT_BYTES[type]);
    const head = new BinaryWriter();
    packed(head, 1, dims);
    head.tag(2, WireType.Varint).int32(ELEMENT_TYPES[type]);
    head.tag(8, WireType.LengthDelimited).string(name);
    const start = Buffer.concat([head.finish(), lengthPrefix(9, length)]);
    const checked = async (): Promise<Uint8Array> => {
      const bytes = await produce();
      if (bytes.length !== length) throw new Error(`${name} has ${bytes.length} bytes, not ${length}`);
      return bytes;
    };
    this.#constants.push(lengthPrefix(5, start.length + length), start, { length, produce: checked });
    return name;
  }

  /** A small list of whole numbers as a constant of one dimension; equal lists share one constant. */
  integers(values: readonly number[]): string {
    return this.#sharedConstant(
      `i64_${values.join('_')}`,
      'int64',
      [values.length],
      BigInt64Array.from(values, BigInt),
    );
  }

  /** One whole number as a constant without dimensions. */
  integer(value: number): string {
    return this.#sharedConstant(`scalar_${value}`, 'int64', [], BigInt64Array.of(BigInt(value)));
  }

  /** The parts of the whole file, in order. */
  parts(model: OnnxModel): FilePart[] {
    const head = new BinaryWriter();
    head.tag(1, WireType.Varint).int64(IR_VERSION);
    head.tag(2, WireType.LengthDelimited).string('concert');
    for (const { domain, version } of OPSETS) {
      head.tag(8, WireType.LengthDelimited).fork();
      head.tag(1, WireType.LengthDelimited).string(domain);
      head.tag(2, WireType.Varint).int64(version);
      head.join();
    }
    const graph: FilePart[] = [];
    for (const node of this.#nodes) graph.push(lengthPrefix(1, node.length), node);
    const name = new BinaryWriter();
    name.tag(2, WireType.LengthDelimited).string(model.graphName);
    graph.push(name.finish(), ...this.#constants);
    for (const value of model.inputs) graph.push(encodeValue(11, value));
    for (const value of model.outputs) graph.push(encodeValue(12, value));
    return [head.finish(), lengthPrefix(7, totalLength(graph)), ...graph, encodeOnnxMetadata(model.metadata)];
  }

  #sharedConstant(name: string, type: ElementType, dims: readonly number[], values: BigInt64Array): string {
    const known = this.#shared.get(name);
    if (known !== undefined) return known;
    this.#shared.set(name, name);
    return this.constant(name, type, dims, () => Promise.resolve(littleEndian(values)));
  }
}

/** Bytes that all parts take together. */
export function totalLength(parts: readonly FilePart[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** The bytes of a typed array in little-endian order, whatever the machine's own order is. */
export function littleEndian(values: Float32Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return bytes;
  const swapped = Buffer.from(bytes);
  return values instanceof Float32Array ? swapped.swap32() : swapped.swap64();
}

function lengthPrefix(field: number, length: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish();
}

function packed(writer: BinaryWriter, field: number, values: readonly number[]): void {
  if (values.length === 0) return;
  writer.tag(field, WireType.LengthDelimited).fork();
  for (const value of values) writer.int64(value);
  writer.join();
}

/** NodeProto; AttributeProto.type is 1 for FLOAT, 2 for INT, 7 for INTS. */
function encodeNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
): Uint8Array {
  const [domain, name] = op.includes('::') ? (op.split('::') as [string, string]) : ['', op];
  const node = new BinaryWriter();
  for (const input of inputs) node.tag(1, WireType.LengthDelimited).string(input);
  for (const output of outputs) node.tag(2, WireType.LengthDelimited).string(output);
  node.tag(3, WireType.LengthDelimited).string(outputs[0] ?? name);
  node.tag(4, WireType.LengthDelimited).string(name);
  for (const [key, value] of Object.entries(attributes)) {
    node.tag(5, WireType.LengthDelimited).fork();
    node.tag(1, WireType.LengthDelimited).string(key);
    if (typeof value === 'number') {
      node.tag(3, WireType.Varint).int64(value).tag(20, WireType.Varint).int32(2);
    } else if ('float' in value) {
      node.tag(2, WireType.Bit32).float(value.float).tag(20, WireType.Varint).int32(1);
    } else {
      packed(node, 8, value);
      node.tag(20, WireType.Varint).int32(7);
    }
    node.join();
  }
  if (domain !== '') node.tag(7, WireType.LengthDelimited).string(domain);
  return node.finish();
}

/** ValueInfoProto with a tensor type. */
function encodeValue(field: number, value: GraphValue): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(field, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(value.name);
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Varint).int32(ELEMENT_TYPES[value.type]);
  writer.tag(2, WireType.LengthDelimited).fork();
  for (const size of value.dims) {
    writer.tag(1, WireType.LengthDelimited).fork();
    if (typeof size === 'number') writer.tag(1, WireType.Varint).int64(size);
    else writer.tag(2, WireType.LengthDelimited).string(size);
    writer.join();
  }
  writer.join();
  writer.join();
  writer.join();
  writer.join();
  return writer.finish();
}
