import type { EngineDefinition } from '../engine-definition.ts';

/** Node and onnxruntime; measured with its file: 71 to 85 MB. */
const WORK_BYTES = 90e6;

export const sileroVad: EngineDefinition<'vad'> = {
  name: 'silero-vad',
  task: 'vad',
  estimateBytes: ({ fileBytes }) => fileBytes * 2 + WORK_BYTES,
  // A listener holds its place for as long as it listens and needs a hundredth of a core.
  concurrency: () => 256,
};
