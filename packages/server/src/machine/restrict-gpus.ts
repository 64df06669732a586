import type { Gpu } from './machine.ts';

/**
 * The GPUs that a model may lie on: those whose numbers the configuration gives it, or all where it says nothing; none where its list is
 * empty. Throws an Error with the sentence to show when a number is not there.
 */
export function restrictGpus(
  gpus: readonly Gpu[],
  model: { readonly id: string; readonly gpus?: readonly number[] },
): readonly Gpu[] {
  const { id, gpus: allowed } = model;
  if (allowed === undefined) return gpus;
  const missing = allowed.find((index) => gpus.every((gpu) => gpu.index !== index));
  if (missing !== undefined) {
    const there = gpus.length === 0 ? 'there is none' : `there are: ${gpus.map((gpu) => gpu.index).join(', ')}`;
    throw new Error(`models.${id}.gpus names GPU ${missing}, and ${there}`);
  }
  return gpus.filter((gpu) => allowed.includes(gpu.index));
}
