import type { EngineDefinition } from '../engine.ts';

export const llamaCpp: EngineDefinition<'chat'> = {
  name: 'llama-cpp',
  task: 'chat',
  estimateBytes: ({ fileBytes }) => fileBytes * 2,
};
