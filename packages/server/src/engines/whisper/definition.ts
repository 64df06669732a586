import type { EngineDefinition } from '../engine.ts';

export const whisper: EngineDefinition<'asr'> = {
  name: 'whisper',
  task: 'asr',
  estimateBytes: ({ fileBytes }) => fileBytes * 2,
};
