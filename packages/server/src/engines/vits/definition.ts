import type { EngineDefinition } from '../engine-definition.ts';

/** What runs of 200 letters take beside the weights: onnxruntime keeps what its largest runs needed. */
const RUN_BYTES = 300_000_000;

/** Piper VITS voices through sherpa-onnx. Measured with a 63 MB voice: 111–134 MB when loaded, 290 MB after 19 sentences, 384 MB after 80 of all lengths. */
export const vits: EngineDefinition<'tts'> = {
  name: 'vits',
  task: 'tts',
  estimateBytes: ({ fileBytes }) => Math.round(fileBytes * 1.6) + RUN_BYTES,
  // One run at a time; the second request's clause is ready when the first one's ends.
  concurrency: () => 2,
};
