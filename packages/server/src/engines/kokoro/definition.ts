import type { EngineDefinition } from '../engine.ts';

/** Node, onnxruntime and the longest run; measured with Kokoro-82M: 215 MB after loading, 420 MB after long texts. */
const WORK_BYTES = 250e6;
/** onnxruntime holds weights a second time where it repacks them. */
const COPIES = 2;

export const kokoro: EngineDefinition<'tts'> = {
  name: 'kokoro',
  task: 'tts',
  estimateBytes: ({ fileBytes }) => fileBytes * COPIES + WORK_BYTES,
};
