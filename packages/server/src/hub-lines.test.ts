import { expect, test } from 'vitest';
import { hubLines } from './hub-lines.ts';

const HUB = { modelId: 'hub', servedName: 'autoglm-phone-9b', tensorParallel: true, weights: './AutoGLM-Phone-9B' };
const PAIR = { ram: 1, 'gpu:0': 2, 'gpu:1': 2 };

function lines(reserved: Record<string, number>, modelId = 'hub', hub = HUB): string[] {
  return [
    ...hubLines({ kind: 'load-started', modelId, reason: 'request', reserved, shrunk: false }, hub),
    ...hubLines({ kind: 'loaded', modelId, loadMs: 1, measured: null, reserved, pid: 7 }, hub),
  ];
}

test('the log tells how the central model lies on GPUs, in the words of its description', () => {
  expect(lines(PAIR)).toEqual([
    'Using tensor parallelism with 2 GPUs',
    'Loaded model weights from ./AutoGLM-Phone-9B',
    "Model 'autoglm-phone-9b' loaded successfully with 2 GPUs.",
  ]);
});

test('one GPU and none are told as such', () => {
  expect(lines({ ram: 1, 'gpu:0': 2 }).at(-1)).toBe("Model 'autoglm-phone-9b' loaded successfully with 1 GPU.");
  expect(lines({ ram: 1 }).at(-1)).toBe("Model 'autoglm-phone-9b' loaded successfully with 0 GPUs.");
});

test('layers that are given to one GPU each are not called tensor parallel', () => {
  expect(lines(PAIR, 'hub', { ...HUB, tensorParallel: false })[0]).toBe('Its layers are spread over 2 GPUs');
});

test('other models are not spoken of', () => {
  expect(lines(PAIR, 'another')).toEqual([]);
});
