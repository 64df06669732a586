import { readFile } from 'node:fs/promises';
import { importPath, type Importer } from './importer.ts';
import { useFloatConvolutions } from './onnx/float-convolutions.ts';
import { writeParts } from './onnx/write-parts.ts';

const SOURCE = 'kokoro-v1.0.int8.onnx';
const RESULT = 'kokoro-v1.0.int8-float-convolutions.onnx';
/** What the export of Kokoro v1.0 holds; another number means another file. */
const CONVOLUTIONS = 87;

/**
 * Rewrites Kokoro's integer convolutions, which onnxruntime runs slowly on a CPU, as float ones over the same 8-bit weights: a
 * third to a half less work for speech that is understood as well. Throws an Error where the model is another one.
 */
export const runImport: Importer = async ({ inputs, outputs, signal, onProgress }) => {
  const model = await readFile(importPath(inputs, SOURCE), { signal });
  const { fields, replaced } = useFloatConvolutions(model);
  if (replaced !== CONVOLUTIONS) {
    throw new Error(
      `${SOURCE} has ${replaced} integer convolutions and not ${CONVOLUTIONS}: it is not the export this importer knows`,
    );
  }
  await writeParts(importPath(outputs, RESULT), [Buffer.concat(fields)], { signal, onProgress });
};
