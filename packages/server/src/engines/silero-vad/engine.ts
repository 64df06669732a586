import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { CreateEngine, Engine, VadEvent, VadRequest } from '../engine.ts';
import { type RunFrame, scoreFrames } from './score-frames.ts';
import { parseSettings } from './settings.ts';

const SAMPLE_RATE = 16_000n;

/**
 * Loads Silero's voice detector (the ONNX export of its releases 5 and 6, at 16 kHz). It keeps nothing of the streams that it judges, so
 * any number of them may take turns. Throws an Error where the file is missing or damaged.
 */
export const createEngine: CreateEngine<'vad'> = async (options) => {
  const { model } = parseSettings(options.settings);
  const path = options.files[model];
  if (path === undefined) throw new Error(`the catalogue gives the model ${options.modelId} no file ${model}`);
  const session = await InferenceSession.create(path, {
    // The network is so small that a second thread only waits.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
  });
  return new SileroEngine(session);
};

class SileroEngine implements Engine<'vad'> {
  readonly #session: InferenceSession;
  readonly #run: RunFrame;

  constructor(session: InferenceSession) {
    this.#session = session;
    const rate = new Tensor('int64', BigInt64Array.of(SAMPLE_RATE), []);
    this.#run = async (input, state) => {
      const { output, stateN } = await session.run({
        input: new Tensor('float32', input, [1, input.length]),
        state: new Tensor('float32', state, [2, 1, 128]),
        sr: rate,
      });
      if (output === undefined || stateN === undefined)
        throw new Error('the voice detector gave no score; its file is not an export of Silero 5 or 6');
      const [score] = (await output.getData()) as Float32Array;
      return { score: score ?? 0, state: (await stateN.getData()) as Float32Array };
    };
  }

  async *run(request: VadRequest, signal: AbortSignal): AsyncGenerator<VadEvent> {
    yield { kind: 'speech-scores', ...(await scoreFrames(this.#run, request.samples, request.memory, signal)) };
  }

  close(): Promise<void> {
    return this.#session.release();
  }
}
