import type { Gpu } from '../../machine/machine.ts';
import type { Footprint } from '../../shared/footprint.ts';

/** What decides how a model lies on several GPUs. */
export interface SpreadModel {
  readonly weightsBytes: number;
  /** The part of the weights that every GPU holds whole. */
  readonly replicatedBytes: number;
  /** Over all GPUs. */
  readonly kvBytesPerToken: number;
  readonly kvHeads: number;
  readonly attentionHeads: number | null;
  readonly maxSequences: number;
  readonly maxSequenceTokens: number;
  readonly gpuOverheadBytes: number;
  readonly hostBytes: number;
  readonly workerHostBytes: number;
  readonly tensorParallel: number | 'auto';
}

/** The system and other programs hold a little of every GPU. */
const USABLE_SHARE = 0.95;
const MOST_CHOICES_OF_GPUS = 16;

/**
 * The ways in which a model can be spread over GPUs by tensor parallelism, best first: over most GPUs, and with the cache for all its
 * sequences, then for half of them, down to one whole sequence. Weights are cut evenly but for what is replicated; the cache is cut by
 * its heads, so that more GPUs than heads save nothing of it.
 */
export function spreadOverGpus(model: SpreadModel, gpus: readonly Gpu[]): Footprint[] {
  const byRoom = gpus.toSorted((a, b) => b.totalBytes - a.totalBytes || a.index - b.index);
  return sizesFor(model, byRoom.length).flatMap((size) =>
    sequenceCounts(model.maxSequences).flatMap((sequences) =>
      choicesOf(byRoom, size).flatMap((chosen) => footprintOn(model, chosen, sequences) ?? []),
    ),
  );
}

function footprintOn(model: SpreadModel, gpus: readonly Gpu[], sequences: number): Footprint | null {
  const size = gpus.length;
  const weights = (model.weightsBytes - model.replicatedBytes) / size + model.replicatedBytes;
  const cache = (sequences * model.maxSequenceTokens * model.kvBytesPerToken) / Math.min(size, model.kvHeads);
  const each = Math.ceil(weights + cache + model.gpuOverheadBytes);
  if (gpus.some((gpu) => each > gpu.totalBytes * USABLE_SHARE)) return null;
  return {
    ram: model.hostBytes + size * model.workerHostBytes,
    ...Object.fromEntries(gpus.map((gpu) => [gpu.id, each])),
  };
}

function sizesFor({ tensorParallel, attentionHeads }: SpreadModel, count: number): number[] {
  const sizes = Array.from({ length: count }, (_, at) => count - at);
  if (tensorParallel !== 'auto') return sizes.filter((size) => size === tensorParallel);
  return sizes.filter((size) =>
    attentionHeads === null ? Number.isInteger(Math.log2(size)) : attentionHeads % size === 0,
  );
}

/** All, a half, a quarter … down to one. */
function sequenceCounts(most: number): number[] {
  const counts: number[] = [];
  for (let count = most; count > 1; count = Math.ceil(count / 2)) counts.push(count);
  return [...counts, 1];
}

/** Sets of so many of the GPUs, those that stand first in the list first; at most 16. */
function choicesOf(gpus: readonly Gpu[], size: number): (readonly Gpu[])[] {
  const choices: (readonly Gpu[])[] = [];
  const choose = (from: number, chosen: readonly Gpu[]): void => {
    if (choices.length === MOST_CHOICES_OF_GPUS) return;
    if (chosen.length === size) {
      choices.push(chosen);
      return;
    }
    for (let at = from; at < gpus.length; at++) {
      const gpu = gpus[at];
      if (gpu !== undefined) choose(at + 1, [...chosen, gpu]);
    }
  };
  choose(0, []);
  return choices;
}
