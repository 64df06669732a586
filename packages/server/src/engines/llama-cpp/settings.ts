import { z } from 'zod';
import { TILE_TOKENS } from './plan-step.ts';

/** Sampling used where the caller says nothing; a model card's values belong here. */
const SamplingDefaults = z.strictObject({
  temperature: z.number().min(0).max(5).default(0.7),
  topP: z.number().gt(0).max(1).default(0.95),
  topK: z.int().min(0).default(40),
  minP: z.number().min(0).max(1).default(0.05),
  frequencyPenalty: z.number().min(-2).max(2).default(0),
  presencePenalty: z.number().min(-2).max(2).default(0),
  repeatPenalty: z.number().gt(0).max(5).default(1),
});

/** How a GGUF model is run; every value may be left out. */
export const LlamaCppSettings = z
  .strictObject({
    /** Requests that are answered at the same time; more wait. The configuration's `max_num_seqs`. */
    maxSequences: z.int().min(1).max(256).default(16),
    /** Tokens of one request, prompt and answer together. The configuration's `max_seq_len`. */
    maxSequenceTokens: z.int().min(16).max(1_048_576).default(4096),
    /** Tokens that all sequences hold together, idle ones kept for reuse included; they share one pool. */
    poolTokens: z.int().min(16).max(16_777_216).nullable().default(null),
    /** Prompt tokens of one step, in whole tiles of 64; more gains nothing on a CPU. */
    batchTokens: z.int().min(TILE_TOKENS).max(4096).multipleOf(TILE_TOKENS).default(TILE_TOKENS),
    /**
     * How many times as late as usual answers may come while prompts of others are evaluated; prompts take longer the lower
     * it is. Null evaluates prompts in whole tiles at any time: then the rounding of a long prompt never depends on what else runs.
     */
    interruption: z.number().min(1.1).max(1000).nullable().default(2),
    /** Bytes of host memory for the cache of conversations whose sequence was needed for others; 0 keeps none. */
    parkedBytes: z
      .int()
      .min(0)
      .max(1_099_511_627_776)
      .default(64 * 1024 * 1024),
    /** `auto` guesses how answers go on from what was said before, checks several guesses in one step, and stops where that does not pay. */
    speculation: z.enum(['auto', 'off']).default('auto'),
    /** Measure at the first start how many of the allowed threads are best, and remember it; off uses all of them. */
    calibrate: z.boolean().default(true),
    /**
     * One pool for all sequences: long and short requests share it, and common prefixes are held once. Off gives each
     * sequence a buffer of its own: then a seed gives the same text whatever ran before, because the order in which a
     * sequence's tokens lie in memory, and with it the rounding, is always the same.
     */
    kvUnified: z.boolean().default(false),
    /** Number format of the cached keys and values: `q8_0` halves their memory and costs a little speed. */
    kvType: z.enum(['f16', 'q8_0']).default('f16'),
    /** Layers to put on a GPU where the installed library has one; -1 puts all there. */
    gpuLayers: z.int().min(-1).default(-1),
    /** Map the weights instead of reading them. Weights that llama.cpp rearranges for the CPU are then held twice. */
    mmap: z.boolean().default(false),
    /**
     * Let llama.cpp rearrange weights for the CPU. Its kernels for rearranged k-quants round one row otherwise than four, so that
     * an answer may differ when it runs among others (by 0.1 of a logit and more for Q4_K); off is exact, and takes a third
     * longer for one answer and up to twice as long for prompts.
     */
    rearrange: z.boolean().default(true),
    /** Jinja source used instead of the template in the weights. */
    chatTemplate: z.string().nullable().default(null),
    /** Who states functions to the model: its chat template where that knows how, or always our own words, which some models heed better. */
    toolPrompt: z.enum(['template', 'words']).default('template'),
    /** Last tokens of prompt and answer that `repeatPenalty` looks at. */
    repeatWindow: z.int().min(0).max(65_536).default(64),
    sampling: SamplingDefaults.prefault({}),
    /** How the model thinks; the pipeline reads it. */
    reasoning: z.record(z.string(), z.unknown()).optional(),
    /** Bytes of cache for one token in f16, from the model's architecture; only the memory estimate reads it. */
    kvBytesPerToken: z.int().min(1).nullable().default(null),
    /** Tokens in the vocabulary; only the memory estimate reads it. */
    vocabularyTokens: z.int().min(1).nullable().default(null),
  })
  .refine((settings) => poolTokensOf(settings) >= settings.maxSequenceTokens, {
    message: 'poolTokens must be at least maxSequenceTokens, or a long request could never finish',
    path: ['poolTokens'],
  })
  .refine(
    (settings) => settings.kvUnified || poolTokensOf(settings) >= settings.maxSequences * settings.maxSequenceTokens,
    {
      message: 'without kvUnified poolTokens must hold maxSequences times maxSequenceTokens',
      path: ['poolTokens'],
    },
  );
export type LlamaCppSettings = z.infer<typeof LlamaCppSettings>;

/** With more answers than these a step is full without guessed tokens. */
export const MOST_GUESSING_WRITERS = 4;
/** Guessed tokens of one step. */
export const MOST_GUESSED_ROWS = 16;

/** Rows of logits that one step can ask for. */
export function outputRows({ maxSequences }: Pick<LlamaCppSettings, 'maxSequences'>): number {
  return Math.max(maxSequences, Math.min(maxSequences, MOST_GUESSING_WRITERS) + MOST_GUESSED_ROWS);
}

const LARGEST_DEFAULT_POOL = 16_384;

/**
 * Tokens of the pool: as set; else enough for every sequence, but in a shared pool at most 16,384 (or one whole sequence).
 */
export function poolTokensOf(settings: {
  readonly maxSequences: number;
  readonly maxSequenceTokens: number;
  readonly poolTokens: number | null;
  readonly kvUnified: boolean;
}): number {
  const all = settings.maxSequences * settings.maxSequenceTokens;
  const shared = Math.max(Math.min(all, LARGEST_DEFAULT_POOL), settings.maxSequenceTokens);
  return settings.poolTokens ?? (settings.kvUnified ? shared : all);
}
