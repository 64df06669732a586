import type { Gpu } from '../../machine/machine.ts';
import type { Footprint } from '../../shared/footprint.ts';
import type { EngineDefinition, EngineModel } from '../engine-definition.ts';
import { gpuPackages, installedPackage } from './platform-package.ts';
import { LlamaCppSettings, outputRows, poolTokensOf } from './settings.ts';

const MEBIBYTE = 1024 * 1024;
/** Node itself, llama.cpp's libraries, and the buffers of a step. */
const PROCESS_BYTES = 75 * MEBIBYTE;
/** Texts, merges and look-up tables of one token of the vocabulary. */
const VOCABULARY_TOKEN_BYTES = 200;
const DEFAULT_VOCABULARY_TOKENS = 131_072;
const LOGIT_BYTES = 4;
/** What the driver and llama.cpp's buffers of a step hold on a GPU. */
const GPU_BYTES = 600 * MEBIBYTE;
/** A shorter context answers hardly anything. */
const LEAST_SEQUENCE_TOKENS = 512;
/** A block of 32 numbers takes 34 bytes in q8_0 and 64 in f16. */
const KV_SHARE = { f16: 1, q8_0: 34 / 64 } as const satisfies Record<LlamaCppSettings['kvType'], number>;

/** Cache bytes of one token where the catalogue does not say: generous for small models, about right for 8 GB ones. */
function guessKvBytesPerToken(fileBytes: number): number {
  return 24_576 + fileBytes / 50_000;
}

/** Bytes by what holds them. */
function partsOf({ fileBytes, settings }: EngineModel): { weights: number; cache: number; host: number } {
  const parsed = LlamaCppSettings.parse(settings);
  const perToken = (parsed.kvBytesPerToken ?? guessKvBytesPerToken(fileBytes)) * KV_SHARE[parsed.kvType];
  const vocabulary = parsed.vocabularyTokens ?? DEFAULT_VOCABULARY_TOKENS;
  const logits = 2 * outputRows(parsed) * vocabulary * LOGIT_BYTES;
  return {
    weights: parsed.mmap ? fileBytes * 1.6 : fileBytes,
    cache: poolTokensOf(parsed) * perToken,
    host: parsed.parkedBytes + logits + vocabulary * VOCABULARY_TOKEN_BYTES + PROCESS_BYTES,
  };
}

/**
 * The ways in which a model can lie, best first: all of it on one GPU, the one with most free memory first, then without any.
 * `canUseGpus`: whether a build of llama.cpp that uses them is installed.
 */
export function placementsOf(model: EngineModel, gpus: readonly Gpu[], canUseGpus: boolean): readonly Footprint[] {
  const { weights, cache, host } = partsOf(model);
  const inRam: Footprint = { ram: Math.round(weights + cache + host) };
  if (LlamaCppSettings.parse(model.settings).gpuLayers === 0 || !canUseGpus) return [inRam];
  const own = gpus.filter(({ unified, totalBytes }) => !unified && totalBytes > 0);
  const onGpu = own
    .toSorted((a, b) => b.freeBytes - a.freeBytes)
    .map(({ id }): Footprint => ({ [id]: Math.round(weights + cache + GPU_BYTES), ram: Math.round(host) }));
  return [...onGpu, inRam];
}

/** The embedded chat engine: llama.cpp in the model's own process. */
export const llamaCpp: EngineDefinition<'chat'> = {
  name: 'llama-cpp',
  task: 'chat',
  /** Weights, the whole token cache (it is allocated at the start), what is parked, two sets of logits, vocabulary and process. Throws for wrong settings. */
  estimateBytes(model) {
    const { weights, cache, host } = partsOf(model);
    return Math.round(weights + cache + host);
  },
  placements: (model, gpus) =>
    placementsOf(model, gpus, installedPackage(gpuPackages(process.platform, process.arch)) !== null),
  concurrency: ({ settings }) => LlamaCppSettings.parse(settings).maxSequences,
  /** Half the sequences, then half of each sequence, down to one of 512 tokens. */
  shrink(settings) {
    const { maxSequences, maxSequenceTokens } = LlamaCppSettings.parse(settings);
    if (maxSequences > 1) return { ...settings, poolTokens: null, maxSequences: Math.ceil(maxSequences / 2) };
    const tokens = Math.floor(maxSequenceTokens / 2);
    return tokens < LEAST_SEQUENCE_TOKENS ? null : { ...settings, poolTokens: null, maxSequenceTokens: tokens };
  },
};
