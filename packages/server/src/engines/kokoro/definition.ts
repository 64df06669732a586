import type { EngineDefinition } from '../engine-definition.ts';

/** Node, onnxruntime and the longest run; measured with Kokoro-82M: 215 MB after loading, 420 MB after long texts. */
const WORK_BYTES = 250e6;
/** onnxruntime holds weights a second time where it repacks them. */
const COPIES = 2;

export const kokoro: EngineDefinition<'tts'> = {
  name: 'kokoro',
  task: 'tts',
  estimateBytes: ({ fileBytes }) => fileBytes * COPIES + WORK_BYTES,
  // One run at a time; the second request's clause is ready when the first one's ends.
  concurrency: () => 2,
};
