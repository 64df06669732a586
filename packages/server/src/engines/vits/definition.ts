import type { EngineDefinition } from '../engine.ts';

/** What a run of 200 characters takes beside the weights; measured 230 MB with a medium Piper voice. */
const RUN_BYTES = 240_000_000;

/** Piper VITS voices through sherpa-onnx. Measured with a 63 MB voice: 121–134 MB when loaded, 290–340 MB after long clauses. */
export const vits: EngineDefinition<'tts'> = {
  name: 'vits',
  task: 'tts',
  estimateBytes: ({ fileBytes }) => Math.round(fileBytes * 1.6) + RUN_BYTES,
};
