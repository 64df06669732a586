import type { GgufHeader } from './gguf-header.ts';

/** What of a chat model's architecture decides how much memory it needs. */
export interface ChatShape {
  /** Bytes of the language model's weights. */
  readonly weightBytes: number;
  /** Bytes of the weights that read pictures or sound; 0 without any. */
  readonly encoderBytes: number;
  readonly hiddenSize: number;
  readonly feedForwardSize: number;
  /** Heads of the query. */
  readonly attentionHeads: number;
  /** Heads of keys and values, layer by layer; a layer that caches nothing has none. */
  readonly kvHeads: readonly number[];
  /** Numbers in one head's key, and in its value. */
  readonly keyLength: number;
  readonly valueLength: number;
  readonly vocabularyTokens: number;
  /** Tokens that it was trained on at most; null where nothing says. */
  readonly contextTokens: number | null;
}

const MOST_LAYERS = 4_096;

/**
 * The shape of a GGUF model (keys: docs/gguf.md of ggml). Layers with a sliding window are counted whole, which is more than they need.
 * Throws an Error when the file holds something else, such as a picture encoder alone.
 */
export function shapeOfGguf(header: GgufHeader): ChatShape {
  const { architecture, numbers } = header;
  const read = (key: string): number | readonly number[] | null => numbers.get(`${architecture}.${key}`) ?? null;
  const one = (key: string): number | null => {
    const value = read(key);
    return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
  };
  const must = (key: string): number => {
    const value = one(key);
    if (value !== null) return value;
    throw new Error(`the GGUF file says no ${architecture}.${key}: it holds no chat model`);
  };
  const layers = must('block_count');
  if (layers > MOST_LAYERS) throw new Error(`the GGUF file claims ${layers} layers`);
  const hiddenSize = must('embedding_length');
  const heads = read('attention.head_count') ?? 1;
  const attentionHeads = typeof heads === 'number' ? heads : Math.max(...heads, 1);
  const kvHeads = read('attention.head_count_kv') ?? heads;
  const headLength = hiddenSize / Math.max(1, attentionHeads);
  return {
    weightBytes: header.tensorBytes,
    encoderBytes: 0,
    hiddenSize,
    feedForwardSize: one('feed_forward_length') ?? 4 * hiddenSize,
    attentionHeads,
    kvHeads: Array.from({ length: layers }, (_, layer) =>
      typeof kvHeads === 'number' ? kvHeads : (kvHeads[layer] ?? 0),
    ),
    keyLength: one('attention.key_length') ?? headLength,
    valueLength: one('attention.value_length') ?? headLength,
    vocabularyTokens: header.vocabularyTokens ?? one('vocab_size') ?? 0,
    contextTokens: one('context_length'),
  };
}

/** Bytes that one number of the cache takes, by the engines' names of its format. */
const KV_BYTES = { f16: 2, bf16: 2, fp8: 1, q8_0: 34 / 32, q4_0: 18 / 32 } as const;

/** A number format of cached keys and values. */
export type KvType = keyof typeof KV_BYTES;

/**
 * Bytes of cached keys and values of one token on each of so many GPUs. Heads are not cut in pieces: with more GPUs than heads every GPU
 * holds one whole, so that beyond that more GPUs save nothing.
 */
export function kvBytesPerToken(shape: ChatShape, kvType: KvType, gpus = 1): number {
  const numbers = shape.kvHeads
    .map((heads) => Math.ceil(heads / gpus) * (shape.keyLength + shape.valueLength))
    .reduce((sum, each) => sum + each, 0);
  return Math.round(numbers * KV_BYTES[kvType]);
}
