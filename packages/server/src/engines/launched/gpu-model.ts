import { createHmac } from 'node:crypto';
import { dirname } from 'node:path';
import type { Gpu } from '../../machine/machine.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { Footprint } from '../../shared/footprint.ts';
import type { EngineOptions } from '../engine.ts';
import type { EngineModel } from '../engine-definition.ts';
import type { VllmSettings } from './settings.ts';
import { type SpreadModel, spreadOverGpus } from './tensor-parallel.ts';

/** What vLLM, SGLang and TensorRT-LLM share: safetensors in a folder, on GPUs. */
export type GpuSettings = Omit<VllmSettings, 'listen' | 'sleep' | 'sleepGpuBytes'>;

/** Cache bytes of one token where nothing is said: generous for small models, several times too much for models that share heads. */
function guessKvBytesPerToken(weightsBytes: number): number {
  return Math.ceil(24_576 + weightsBytes / 50_000);
}

function spreadModel({ fileBytes }: EngineModel, settings: GpuSettings): SpreadModel {
  const weightsBytes = settings.weightsBytes ?? fileBytes;
  const { kvBytesPerToken } = settings;
  return { ...settings, weightsBytes, kvBytesPerToken: kvBytesPerToken ?? guessKvBytesPerToken(weightsBytes) };
}

/** Where such a model can lie: GPUs with memory of their own, of the makers and at least the compute capability that are given. */
export function gpuPlacements(
  model: EngineModel,
  settings: GpuSettings,
  gpus: readonly Gpu[],
  wants: { readonly vendors: readonly Gpu['vendor'][]; readonly computeCapability: number },
): readonly Footprint[] {
  const suitable = gpus.filter(
    ({ vendor, unified, computeCapability }) =>
      wants.vendors.includes(vendor) &&
      !unified &&
      (computeCapability === null || Number(computeCapability) >= wants.computeCapability),
  );
  return spreadOverGpus(spreadModel(model, settings), suitable);
}

/** Bytes of RAM of such an engine with one GPU. */
export function gpuModelHostBytes({ hostBytes, workerHostBytes }: GpuSettings): number {
  return hostBytes + workerHostBytes;
}

/** Bytes of each GPU that hold weights and whatever else is no cache; null where the weights' size is not known. */
function fixedBytesOf(settings: GpuSettings, gpus: number): number | null {
  const { weightsBytes, replicatedBytes, gpuOverheadBytes } = settings;
  if (weightsBytes === null) return null;
  return (weightsBytes - replicatedBytes) / gpus + replicatedBytes + gpuOverheadBytes;
}

/**
 * Bytes of each GPU that the engine is told it may take: the reservation, but never less than what it needs for one whole sequence. A
 * reservation learned from a measurement that saw only a part of the engine would else keep it from ever loading again.
 */
export function grantedBytes(settings: GpuSettings, gpus: number, reservedBytes: number | null): number | null {
  const fixed = fixedBytesOf(settings, gpus);
  if (reservedBytes === null || fixed === null) return reservedBytes;
  const perToken = (settings.kvBytesPerToken ?? 0) / Math.min(gpus, settings.kvHeads);
  return Math.max(reservedBytes, Math.ceil(fixed + perToken * settings.maxSequenceTokens));
}

/** The part of what was granted that is left for the cache beside `fixed` bytes, for engines that are told how much of the rest is cache. */
export function splitGranted(
  settings: GpuSettings,
  gpus: number,
  reservedBytes: number | null,
): { readonly fixed: number; readonly cache: number } | null {
  const granted = grantedBytes(settings, gpus, reservedBytes);
  const fixed = fixedBytesOf(settings, gpus);
  return granted === null || fixed === null || granted <= fixed ? null : { fixed, cache: granted - fixed };
}

/** The folder that holds the model's files. Throws `model_failed` when it has none. */
export function weightsFolder({ files, modelId }: EngineOptions): string {
  const file = files['config.json'] ?? Object.values(files)[0];
  if (file !== undefined) return dirname(file);
  throw new GatewayError('model_failed', `the model ${modelId} has no files`);
}

/** Throws `model_failed` unless there is a GPU to run on. */
export function needGpus(title: string, modelId: string, gpus: readonly string[]): void {
  if (gpus.length > 0) return;
  throw new GatewayError(
    'model_failed',
    `${title} runs the model ${modelId} on a GPU only, and none was given to it; choose a profile without ${title}: npm start -- --profile laptop`,
  );
}

/**
 * The environment by which an engine sees the GPUs it was given and no others, downloads nothing and reports nothing to its makers.
 */
export function gpuEnvironment(gpus: readonly string[]): Readonly<Record<string, string>> {
  const visible = gpus.join(',');
  return {
    // Without this CUDA counts the fastest first, and not as nvidia-smi does.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: visible,
    HIP_VISIBLE_DEVICES: visible,
    HF_HUB_OFFLINE: '1',
    TRANSFORMERS_OFFLINE: '1',
    DO_NOT_TRACK: '1',
    NO_COLOR: '1',
    PYTHONUNBUFFERED: '1',
  };
}

/** A share of a GPU's memory in thousandths, rounded down so that a reservation is never exceeded; null where either is not known. */
export function memoryShare(bytes: number | null, gpuBytes: number | null): string | null {
  if (bytes === null || gpuBytes === null) return null;
  return String(Math.min(0.98, Math.floor((bytes / gpuBytes) * 1_000) / 1_000));
}

/** The salt of cached prefixes for those who may notice each other's; another at every start, and never what a client sends. */
export function cacheSalt(secret: string, tenant = 'everybody'): string {
  return createHmac('sha256', secret).update(`cache salt of ${tenant}`).digest('base64url');
}
