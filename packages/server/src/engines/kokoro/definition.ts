import type { EngineDefinition } from '../engine.ts';

/** Node, onnxruntime and a run of 250 phonemes; measured with Kokoro-82M: 190 MB after loading, 460 MB after a run of 12 s of speech. */
const WORK_BYTES = 290e6;
/** onnxruntime holds weights a second time where it repacks them. */
const COPIES = 2;

export const kokoro: EngineDefinition<'tts'> = {
  name: 'kokoro',
  task: 'tts',
  estimateBytes: ({ fileBytes }) => fileBytes * COPIES + WORK_BYTES,
};
