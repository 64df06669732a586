import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Importer, importPath } from './importer.ts';
import { encodeOnnxMetadata } from './onnx/append-metadata.ts';
import { parsePiperVoice, piperMetadata, piperTokens } from './piper-voice.ts';

/** The one name in `paths` that ends so; throws when there is none or more than one. */
function nameEnding(paths: Readonly<Record<string, string>>, ending: string): string {
  const names = Object.keys(paths).filter((name) => name.endsWith(ending));
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new Error(`the import of a Piper voice needs one file *${ending}; the catalogue lists ${names.length}`);
  return name;
}

/**
 * Makes sherpa-onnx's form of a Piper voice: from `*.onnx` and `*.onnx.json` the model with sherpa's metadata appended
 * (`*.sherpa.onnx`) and the phoneme table (`*.tokens.txt`). Throws when the voice's JSON is not usable.
 */
export const runImport: Importer = async ({ inputs, outputs, signal, onProgress }) => {
  const voice = parsePiperVoice(await readFile(importPath(inputs, nameEnding(inputs, '.onnx.json')), 'utf8'));
  const model = importPath(outputs, nameEnding(outputs, '.sherpa.onnx'));
  signal.throwIfAborted();
  await writeFile(importPath(outputs, nameEnding(outputs, '.tokens.txt')), piperTokens(voice));
  onProgress(0.1);
  // Not copyFile: the store's files are read-only, and a copy would be too.
  await pipeline(createReadStream(importPath(inputs, nameEnding(inputs, '.onnx'))), createWriteStream(model), {
    signal,
  });
  await appendFile(model, encodeOnnxMetadata(piperMetadata(voice)));
  onProgress(1);
};
