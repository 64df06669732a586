import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A field of a protobuf message. Both views share the memory of the message. */
export interface MessageField {
  readonly number: number;
  /** Tag and value, to be copied as they are. */
  readonly raw: Uint8Array;
  /** The value of a length-delimited field, else null. */
  readonly value: Uint8Array | null;
}

/** Field numbers of onnx.proto3, as far as graphs are rewritten here. */
export const MODEL_GRAPH = 7;
export const GRAPH = { node: 1, initializer: 5, output: 12, valueInfo: 13 } as const;
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
const TENSOR_NAME = 8;
const VALUE_INFO_NAME = 1;

/** A node of a graph. Attributes stay encoded. */
export interface GraphNode {
  readonly opType: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly Uint8Array[];
}

/** The fields of a message in their order. Throws a RangeError where the bytes are no protobuf message. */
export function readFields(message: Uint8Array): MessageField[] {
  const reader = new BinaryReader(message);
  const fields: MessageField[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, type] = reader.tag();
    let value: Uint8Array | null = null;
    if (type === WireType.LengthDelimited) value = reader.bytes();
    else reader.skip(type, number);
    fields.push({ number, raw: message.subarray(start, reader.pos), value });
  }
  return fields;
}

const text = (fields: readonly MessageField[], number: number): string[] =>
  fields.flatMap((field) =>
    field.number === number && field.value !== null ? [Buffer.from(field.value).toString()] : [],
  );

/** Reads a NodeProto. */
export function readNode(message: Uint8Array): GraphNode {
  const fields = readFields(message);
  return {
    opType: text(fields, NODE.opType)[0] ?? '',
    name: text(fields, NODE.name)[0] ?? '',
    inputs: text(fields, NODE.input),
    outputs: text(fields, NODE.output),
    attributes: fields.filter((field) => field.number === NODE.attribute).map((field) => field.raw),
  };
}

/** Writes a node of ONNX's own operators as a field of its graph. */
export function writeNode(node: GraphNode): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(GRAPH.node, WireType.LengthDelimited).fork();
  for (const input of node.inputs) writer.tag(NODE.input, WireType.LengthDelimited).string(input);
  for (const output of node.outputs) writer.tag(NODE.output, WireType.LengthDelimited).string(output);
  writer.tag(NODE.name, WireType.LengthDelimited).string(node.name);
  writer.tag(NODE.opType, WireType.LengthDelimited).string(node.opType);
  for (const attribute of node.attributes) writer.raw(attribute);
  return writer.join().finish();
}

/** The name of an initializer (TensorProto). */
export const tensorName = (message: Uint8Array): string => text(readFields(message), TENSOR_NAME)[0] ?? '';

/** The name of a graph's input, output or intermediate value (ValueInfoProto). */
export const valueName = (message: Uint8Array): string => text(readFields(message), VALUE_INFO_NAME)[0] ?? '';

/** The tag and length that stand before a length-delimited field of so many bytes. */
export function fieldHead(number: number, bytes: number): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(bytes).finish();
}
