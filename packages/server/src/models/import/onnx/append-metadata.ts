import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** ModelProto.metadata_props and StringStringEntryProto's fields, from onnx.proto3. */
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;

/**
 * The bytes that, appended to an .onnx file, add these entries to its metadata: repeated fields of a protobuf message
 * may lie anywhere in it. Entries keep the object's order.
 */
export function encodeOnnxMetadata(entries: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const model = new BinaryWriter();
  for (const [key, value] of Object.entries(entries)) {
    model.tag(METADATA_PROPS, WireType.LengthDelimited).fork();
    model.tag(KEY, WireType.LengthDelimited).string(key);
    model.tag(VALUE, WireType.LengthDelimited).string(value);
    model.join();
  }
  return model.finish();
}
