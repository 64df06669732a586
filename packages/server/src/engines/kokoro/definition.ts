import type { EngineDefinition } from '../engine.ts';

export const kokoro: EngineDefinition<'tts'> = {
  name: 'kokoro',
  task: 'tts',
  estimateBytes: ({ fileBytes }) => fileBytes * 2,
};
