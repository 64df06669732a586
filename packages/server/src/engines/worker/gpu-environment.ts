import type { EngineOptions } from '../engine.ts';

/** The environment in which a model's process sees the GPUs it was given, in their order, and no others. */
export function gpuEnvironment(gpus: EngineOptions['gpus']): Readonly<Record<string, string>> {
  const visible = gpus.map((id) => id.slice('gpu:'.length)).join(',');
  const named = { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: visible };
  // Vulkan's list has no way to say "none"; without a GPU the process loads a build that knows of none.
  return visible === '' ? named : { ...named, GGML_VK_VISIBLE_DEVICES: visible };
}
