import type { EngineDefinition } from '../engine-definition.ts';

/** Node, onnxruntime and the work on a window of 30 s; measured with Whisper base: 510 to 560 MB, of which files 83 MB. */
const WORK_BYTES = 400e6;
/** Weights are held twice while onnxruntime repacks them. */
const COPIES = 2;

export const whisper: EngineDefinition<'asr'> = {
  name: 'whisper',
  task: 'asr',
  estimateBytes: ({ fileBytes }) => fileBytes * COPIES + WORK_BYTES,
  // One window at a time; the second request is decoded meanwhile.
  concurrency: () => 2,
};
