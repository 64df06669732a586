import { z } from 'zod';

/** Sampling that a model's card recommends; the pipeline reads it. */
const RecommendedSampling = z.strictObject({
  temperature: z.number().min(0).max(5).optional(),
  topP: z.number().gt(0).max(1).optional(),
  topK: z.int().min(0).optional(),
  minP: z.number().min(0).max(1).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  repeatPenalty: z.number().gt(0).max(5).optional(),
});

const bytes = z.int().min(0);

/** What every launched engine can be told; the memory figures are only for the estimate. */
const shared = {
  /** The program with its first arguments, where it is not to be looked for under its usual name. */
  command: z
    .union([
      z
        .string()
        .min(1)
        .transform((program) => [program]),
      z.array(z.string().min(1)).min(1),
    ])
    .nullable()
    .default(null),
  /** Arguments that the model's card asks for. */
  cardArgs: z.array(z.string()).default([]),
  /** Further arguments of the operator's; they come last and win. */
  args: z.array(z.string()).default([]),
  /** Environment of the engine's process. */
  env: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string()).default({}),
  /** Requests that are answered at the same time; more wait. The configuration's `max_num_seqs`. */
  maxSequences: z.int().min(1).max(1024).default(16),
  /** Tokens of one request, prompt and answer together. The configuration's `max_seq_len`. */
  maxSequenceTokens: z.int().min(16).max(1_048_576).default(4096),
  sampling: RecommendedSampling.prefault({}),
  /** How the model thinks; the pipeline reads it. */
  reasoning: z.record(z.string(), z.unknown()).optional(),
  /** The engine's parser that splits reasoning from the answer; null leaves the text as the model wrote it. */
  reasoningParser: z.string().min(1).nullable().default(null),
  /** The engine's parser that finds calls of functions in an answer, such as `hermes`; null: the model calls none. llama-server needs none. */
  toolCallParser: z.string().min(1).nullable().default(null),
  /** How long its processes have to end by themselves when asked, in milliseconds. */
  stopGraceMs: z.int().min(0).max(600_000).default(10_000),
  /** An engine that gave no sign of life for so long is ended as hung, in milliseconds. Work of any length is a sign of life. */
  unresponsiveMs: z.int().min(1_000).default(300_000),
  /** Bytes of all weights; the size of the files where nothing is said. */
  weightsBytes: bytes.nullable().default(null),
  /** Bytes of cached keys and values of one token, over all GPUs. */
  kvBytesPerToken: z.int().min(1).nullable().default(null),
};

/** What engines that run on GPUs alone can be told besides. */
const onGpus = {
  /** GPUs that one model is spread over; `auto` takes as many as fit. */
  tensorParallel: z.union([z.literal('auto'), z.int().min(1).max(64)]).default('auto'),
  /** Heads that the query of the attention has: the number of GPUs must divide it. */
  attentionHeads: z.int().min(1).nullable().default(null),
  /** Heads of keys and values: more GPUs than these share no more of the cache. */
  kvHeads: z.int().min(1).default(8),
  /** Weights that every GPU holds whole, such as a picture encoder that works on data in parallel. */
  replicatedBytes: bytes.default(0),
  /** Bytes that every GPU needs besides weights and cache: the driver's context, graphs, activations. */
  gpuOverheadBytes: bytes.default(3_000_000_000),
  /** Bytes of RAM of all its processes together, but for what each GPU's worker takes. */
  hostBytes: bytes.default(3_000_000_000),
  /** Bytes of RAM of each GPU's worker. */
  workerHostBytes: bytes.default(1_500_000_000),
  /** The oldest version that runs the model. */
  minimumVersion: z.string().nullable().default(null),
};

/** How vLLM runs a model; every value may be left out. */
export const VllmSettings = z.strictObject({
  ...shared,
  ...onGpus,
  /** A Unix socket by default; a port is open to every user of the machine, and vLLM's key does not guard all of its paths. */
  listen: z.enum(['socket', 'port']).default('socket'),
  /** Whether it can give its GPU memory back without ending; `auto`: where it listens on a socket, because the paths have no key. */
  sleep: z.union([z.literal('auto'), z.boolean()]).default('auto'),
  /** Bytes that stay on each GPU while it sleeps. */
  sleepGpuBytes: bytes.default(2_200_000_000),
});
export type VllmSettings = z.infer<typeof VllmSettings>;

/** How SGLang runs a model. */
export const SglangSettings = z.strictObject({ ...shared, ...onGpus });
export type SglangSettings = z.infer<typeof SglangSettings>;

/** How TensorRT-LLM runs a model. */
export const TrtllmSettings = z.strictObject({ ...shared, ...onGpus });
export type TrtllmSettings = z.infer<typeof TrtllmSettings>;

/** How llama-server runs a GGUF model. */
export const LlamaServerSettings = z.strictObject({
  ...shared,
  listen: z.enum(['socket', 'port']).default('port'),
  /** Shortest run of tokens that is moved within the cache to be used again; 0 keeps to common prefixes. */
  cacheReuseTokens: z.int().min(0).default(256),
  /** Bytes of RAM for the cached states of earlier conversations, beside the slots. */
  promptCacheBytes: bytes.default(0),
  /** Tokens in the vocabulary. */
  vocabularyTokens: z.int().min(1).nullable().default(null),
  /** Bytes that a GPU needs besides weights and cache. */
  gpuOverheadBytes: bytes.default(600_000_000),
});
export type LlamaServerSettings = z.infer<typeof LlamaServerSettings>;

/** Half the sequences and half of each, down to one of `leastTokens`; null: it can't be smaller. */
export function halveContext(
  settings: Readonly<Record<string, unknown>>,
  parsed: { readonly maxSequences: number; readonly maxSequenceTokens: number },
  leastTokens = 1024,
): Readonly<Record<string, unknown>> | null {
  const maxSequenceTokens = Math.floor(parsed.maxSequenceTokens / 2);
  if (maxSequenceTokens < leastTokens) return null;
  return { ...settings, maxSequences: Math.ceil(parsed.maxSequences / 2), maxSequenceTokens };
}
