import { z } from 'zod';

/** How an embedding model is run; every value may be left out. */
export const LlamaEmbedSettings = z
  .strictObject({
    /** Tokens of one window, its begin and end tokens included; never more than the model was trained for. */
    windowTokens: z.int().min(32).max(8192).default(512),
    /** Tokens that neighbouring windows of a longer text share at least. */
    overlapTokens: z.int().min(0).max(4096).default(64),
    /** Tokens of one step, where a single window has not more; more in a step gains nothing on a CPU, and others wait longer. */
    stepTokens: z.int().min(1).max(8192).default(128),
    /** Most tokens that one request may have evaluated; OpenAI takes 300,000 of its own, which may be more here, and windows overlap. */
    requestTokens: z.int().min(1).max(10_000_000).default(600_000),
    /** What the model's card wants before a question and before a passage; it is repeated in each window. The server puts them there. */
    queryPrefix: z.string().max(200).default(''),
    documentPrefix: z.string().max(200).default(''),
    /** Numbers of a vector; only the server reads it, to refuse more before anything is computed. */
    dimensions: z.int().min(1).nullable().default(null),
    /** Tokens in the vocabulary; only the memory estimate reads it. */
    vocabularyTokens: z.int().min(1).nullable().default(null),
  })
  .refine((settings) => settings.overlapTokens <= settings.windowTokens / 2, {
    message: 'overlapTokens must be at most half of windowTokens',
    path: ['overlapTokens'],
  });
export type LlamaEmbedSettings = z.infer<typeof LlamaEmbedSettings>;
