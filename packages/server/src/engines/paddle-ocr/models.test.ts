import { expect, test } from 'vitest';
import { loadModels, parseKeys, swapShySpaces } from './models.ts';

test('the blank at the head of the keys is no character, the space at their end is one', () => {
  expect(parseKeys('blank\n一\n\u3000\n \n')).toEqual(['一', '\u3000', ' ']);
  expect(parseKeys('一\n乙\n')).toEqual(['一', '乙']);
});

test('a thinkable space wins over the blank and never over a character', () => {
  // Three steps of four classes: blank, two characters, space.
  const steps = new Float32Array([0.75, 0, 0, 0.25, 0.875, 0.125, 0, 0, 0.25, 0.5, 0, 0.25]);
  swapShySpaces(steps, 4);
  expect([...steps]).toEqual([0.25, 0, 0, 0.75, 0.875, 0.125, 0, 0, 0.25, 0.5, 0, 0.25]);
});

test('a model without its files is refused with the name of the first that is missing', async () => {
  await expect(loadModels({ files: {}, threads: 1 })).rejects.toThrow('ppocrv5_det.onnx');
});
