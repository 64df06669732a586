import { expect, test } from 'vitest';
import { readMachine } from './read-machine.ts';
import { restrictGpus } from './restrict-gpus.ts';
import { recordedMachine } from './test-machines.ts';

const { gpus } = await readMachine(recordedMachine('two-rtx-4090'));

test('a model that is given GPU 1 lies on no other (Ollama#16391, Ollama#7253, Ollama#6148)', () => {
  expect(restrictGpus(gpus, { id: 'm', gpus: [1] }).map((gpu) => gpu.id)).toEqual(['gpu:1']);
});

test('an empty list keeps a model off every GPU, and no list leaves it all', () => {
  expect(restrictGpus(gpus, { id: 'm', gpus: [] })).toEqual([]);
  expect(restrictGpus(gpus, { id: 'm' })).toBe(gpus);
});

test('a number that no GPU has is refused, with those that there are', () => {
  expect(() => restrictGpus(gpus, { id: 'm', gpus: [0, 2] })).toThrow('models.m.gpus names GPU 2, and there are: 0, 1');
  expect(() => restrictGpus([], { id: 'm', gpus: [0] })).toThrow('models.m.gpus names GPU 0, and there is none');
});
