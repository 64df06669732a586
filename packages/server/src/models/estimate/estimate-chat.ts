import { type ChatShape, kvBytesPerToken, type KvType } from './chat-shape.ts';

const MEBIBYTE = 2 ** 20;
/** Node itself, llama.cpp's libraries, and the buffers of a step. */
const CPU_PROCESS_BYTES = 75 * MEBIBYTE;
/** Texts, merges and look-up tables of one token of the vocabulary. */
const VOCABULARY_TOKEN_BYTES = 200;
const LOGIT_BYTES = 4;
/** A driver's context, libraries and captured graphs. */
const GPU_PROCESS_BYTES = 1536 * MEBIBYTE;
const HALF_BYTES = 2;
/** Copies of a token's hidden state that a layer works on at once. */
const HIDDEN_COPIES = 6;

/** Where a chat model is to lie, and for how much work at once. */
export interface ChatLoad {
  readonly shape: ChatShape;
  readonly sequences: number;
  readonly tokensPerSequence: number;
  readonly kvType: KvType;
  /** GPUs that share the model; 0 is the CPU. */
  readonly gpus: number;
  /** Prompt tokens of one step. */
  readonly batchTokens: number;
  /** Tokens that the pictures of one step become; 0 where it reads none. */
  readonly pictureTokens: number;
}

/** Bytes on each device that the model lies on, by what they are for. */
export interface MemoryParts {
  readonly weights: number;
  readonly kv: number;
  /** The picture encoder: its weights, which every GPU holds whole, and its work on the pictures of a step. */
  readonly encoder: number;
  /** Everything else: process, activations, logits. */
  readonly headroom: number;
}

/** Patches of a picture become one token in squares of so many. */
const PATCHES_PER_TOKEN = 4;
/** Numbers that an encoder of the usual size keeps for each patch while it works. */
const NUMBERS_PER_PATCH = 16_384;

/** What each device must hold to run a chat model, from what its files' headers say; before it was ever loaded. */
export function estimateChat(load: ChatLoad): MemoryParts {
  const { shape, sequences, tokensPerSequence, kvType } = load;
  const gpus = Math.max(1, load.gpus);
  const logits = 2 * sequences * shape.vocabularyTokens * LOGIT_BYTES;
  const activations =
    load.batchTokens * (HIDDEN_COPIES * shape.hiddenSize + (2 * shape.feedForwardSize) / gpus) * HALF_BYTES;
  const pictures = load.pictureTokens * (PATCHES_PER_TOKEN * NUMBERS_PER_PATCH + shape.hiddenSize) * HALF_BYTES;
  const process =
    load.gpus === 0
      ? CPU_PROCESS_BYTES + shape.vocabularyTokens * VOCABULARY_TOKEN_BYTES
      : GPU_PROCESS_BYTES + activations;
  return {
    weights: Math.ceil(shape.weightBytes / gpus),
    kv: sequences * tokensPerSequence * kvBytesPerToken(shape, kvType, gpus),
    encoder: shape.encoderBytes === 0 ? 0 : shape.encoderBytes + pictures,
    headroom: Math.round(process + logits),
  };
}

/** All parts together. */
export function totalOfParts({ weights, kv, encoder, headroom }: MemoryParts): number {
  return weights + kv + encoder + headroom;
}
