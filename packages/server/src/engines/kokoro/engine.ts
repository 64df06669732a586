import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { CreateEngine, EngineOptions } from '../engine.ts';
import { parseSettings } from './settings.ts';
import { SpeechEngine, type Synthesiser } from './speech-engine.ts';
import { readVoices } from './voices.ts';
import { parseVocabulary } from './vocabulary.ts';

/**
 * Loads Kokoro-82M from the files that the settings name. The engine speaks Chinese in any voice of its `.npz`, one run of the
 * model at a time in order of arrival; its process is busy meanwhile. Throws an Error where a file is missing or damaged.
 */
export const createEngine: CreateEngine<'tts'> = async (options) => {
  const settings = parseSettings(options.settings);
  const voices = await readVoices(filePath(options, settings.voices));
  const vocabulary = parseVocabulary(await readFile(filePath(options, settings.vocabulary), 'utf8'));
  const session = await InferenceSession.create(filePath(options, settings.model), {
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Texts differ in length, so a plan of memory made for the last one only costs memory: 70 to 100 MB, measured.
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
  return new SpeechEngine({ synthesiser: onnxSynthesiser(session), voices, vocabulary });
};

function filePath(options: EngineOptions, name: string): string {
  const path = options.files[name];
  if (path === undefined) throw new Error(`the catalogue gives the model ${options.modelId} no file ${name}`);
  return path;
}

/** Kokoro's ONNX export: a 0 at both ends of the tokens, a style of 256 numbers, and the pace; 24 kHz mono comes out. */
function onnxSynthesiser(session: InferenceSession): Synthesiser {
  return {
    async synthesise({ tokens, style, speed }) {
      const { audio } = await session.run({
        tokens: new Tensor('int64', BigInt64Array.from([0, ...tokens, 0].map(BigInt)), [1, tokens.length + 2]),
        style: new Tensor('float32', style, [1, style.length]),
        speed: new Tensor('float32', Float32Array.of(speed), [1]),
      });
      if (audio === undefined) throw new Error('the voice model gave no audio; its file is not a Kokoro v1.0 export');
      return (await audio.getData()) as Float32Array;
    },
    release: () => session.release(),
  };
}
