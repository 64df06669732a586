import type { EngineDefinition } from '../engine-definition.ts';
import { LlamaEmbedSettings } from './settings.ts';

const MEBIBYTE = 1024 * 1024;
/** Node itself, llama.cpp's libraries, and the buffers of a step. */
const PROCESS_BYTES = 110 * MEBIBYTE;
/** Text, score and places in look-up trees of one token of the vocabulary. */
const VOCABULARY_TOKEN_BYTES = 400;
const DEFAULT_VOCABULARY_TOKENS = 131_072;
const LOGIT_BYTES = 4;
/** Requests whose texts may share steps. */
const REQUESTS = 32;

/** The embedded engine for text embeddings: an encoder in llama.cpp, in the model's own process. */
export const llamaEmbed: EngineDefinition<'embed'> = {
  name: 'llama-embed',
  task: 'embed',
  /** Throws for wrong settings. */
  estimateBytes({ fileBytes, settings }) {
    const parsed = LlamaEmbedSettings.parse(settings);
    const vocabulary = parsed.vocabularyTokens ?? DEFAULT_VOCABULARY_TOKENS;
    // A row of the whole vocabulary for each token of a step, which only Linux takes back.
    const rows = process.platform === 'linux' ? 0 : parsed.windowTokens * vocabulary * LOGIT_BYTES;
    return Math.round(fileBytes + vocabulary * VOCABULARY_TOKEN_BYTES + rows + PROCESS_BYTES);
  },
  concurrency: () => REQUESTS,
};
