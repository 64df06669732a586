import type { EngineDefinition } from '../engine.ts';
import { LlamaCppSettings, poolTokensOf } from './settings.ts';

const MEBIBYTE = 1024 * 1024;
/** Node itself, llama.cpp's libraries, and the buffers of a step. */
const PROCESS_BYTES = 75 * MEBIBYTE;
/** Texts, merges and look-up tables of one token of the vocabulary. */
const VOCABULARY_TOKEN_BYTES = 200;
const DEFAULT_VOCABULARY_TOKENS = 131_072;
const LOGIT_BYTES = 4;
/** A block of 32 numbers takes 34 bytes in q8_0 and 64 in f16. */
const KV_SHARE = { f16: 1, q8_0: 34 / 64 } as const satisfies Record<LlamaCppSettings['kvType'], number>;

/** Cache bytes of one token where the catalogue does not say: generous for small models, about right for 8 GB ones. */
function guessKvBytesPerToken(fileBytes: number): number {
  return 24_576 + fileBytes / 50_000;
}

/** The embedded chat engine: llama.cpp in the model's own process. */
export const llamaCpp: EngineDefinition<'chat'> = {
  name: 'llama-cpp',
  task: 'chat',
  /** Weights, the whole token cache (it is allocated at the start), two sets of logits, vocabulary and process. Throws for wrong settings. */
  estimateBytes({ fileBytes, settings }) {
    const parsed = LlamaCppSettings.parse(settings);
    const perToken = (parsed.kvBytesPerToken ?? guessKvBytesPerToken(fileBytes)) * KV_SHARE[parsed.kvType];
    const vocabulary = parsed.vocabularyTokens ?? DEFAULT_VOCABULARY_TOKENS;
    const logits = 2 * parsed.maxSequences * vocabulary * LOGIT_BYTES;
    const weights = parsed.mmap ? fileBytes * 1.6 : fileBytes;
    return Math.round(
      weights + poolTokensOf(parsed) * perToken + logits + vocabulary * VOCABULARY_TOKEN_BYTES + PROCESS_BYTES,
    );
  },
};
