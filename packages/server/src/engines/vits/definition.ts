import type { EngineDefinition } from '../engine.ts';

export const vits: EngineDefinition<'tts'> = {
  name: 'vits',
  task: 'tts',
  estimateBytes: ({ fileBytes }) => fileBytes * 2,
};
