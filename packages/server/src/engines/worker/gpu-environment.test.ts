import { expect, test } from 'vitest';
import { gpuEnvironment } from './gpu-environment.ts';

test('a model sees the GPUs it was given as nvidia-smi counts them, and none when it was given none', () => {
  expect(gpuEnvironment(['gpu:2', 'gpu:0'])).toEqual({
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: '2,0',
    GGML_VK_VISIBLE_DEVICES: '2,0',
  });
  expect(gpuEnvironment([])).toMatchObject({ CUDA_VISIBLE_DEVICES: '' });
});
