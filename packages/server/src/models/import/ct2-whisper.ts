import { open, readFile, writeFile } from 'node:fs/promises';
import { readCt2Index } from './ct2-whisper/read-ct2-model.ts';
import { decoderParts, encoderParts } from './ct2-whisper/whisper-graphs.ts';
import { tiktokenLines, WhisperConfig, whisperMetadata } from './ct2-whisper/whisper-vocabulary.ts';
import { WhisperWeights } from './ct2-whisper/whisper-weights.ts';
import { type Importer, importPath, outputEndingIn } from './importer.ts';
import { writeParts } from './onnx/write-parts.ts';

/** How much of the work the encoder is, roughly. */
const ENCODER_SHARE = 0.35;

/**
 * Makes the int8 ONNX files and the token list that sherpa-onnx runs from a Whisper model in CTranslate2's format
 * (`model.bin`, `config.json`, `vocabulary.txt`). Outputs are told apart by how their names end: `encoder.int8.onnx`,
 * `decoder.int8.onnx`, `tokens.txt`. Holds one weight matrix in memory at a time.
 */
export const runImport: Importer = async ({ inputs, outputs, signal, onProgress }) => {
  const config = parseConfig(await readFile(importPath(inputs, 'config.json'), 'utf8'));
  const vocabulary = (await readFile(importPath(inputs, 'vocabulary.txt'), 'utf8')).split('\n');
  if (vocabulary.at(-1) === '') vocabulary.pop();
  await using model = await open(importPath(inputs, 'model.bin'), 'r');
  const weights = await WhisperWeights.open(model, await readCt2Index(model));
  if (weights.sizes.vocabulary !== vocabulary.length) {
    throw new Error(
      `vocabulary.txt has ${vocabulary.length} tokens and model.bin ${weights.sizes.vocabulary}; they belong to different models`,
    );
  }
  await writeFile(outputEndingIn(outputs, 'tokens.txt'), tiktokenLines(vocabulary));
  await writeParts(
    outputEndingIn(outputs, 'encoder.int8.onnx'),
    encoderParts(weights, whisperMetadata(vocabulary, config, weights.sizes)),
    { signal, onProgress: (done) => onProgress(done * ENCODER_SHARE) },
  );
  await writeParts(outputEndingIn(outputs, 'decoder.int8.onnx'), decoderParts(weights, config.alignment_heads), {
    signal,
    onProgress: (done) => onProgress(ENCODER_SHARE + done * (1 - ENCODER_SHARE)),
  });
};

function parseConfig(text: string): WhisperConfig {
  try {
    return WhisperConfig.parse(JSON.parse(text));
  } catch (error) {
    throw new Error('config.json is not that of a CTranslate2 Whisper model', { cause: error });
  }
}
