import { expect, test } from 'vitest';
import { quietestSample } from './quietest-sample.ts';

test('the cut falls into the pause', () => {
  const samples = new Float32Array(16_000).map(
    (_, index) => (index > 6_000 && index < 8_000 ? 0.01 : 0.5) * Math.sin(index),
  );
  expect(quietestSample(samples)).toBeGreaterThan(6_000);
  expect(quietestSample(samples)).toBeLessThan(8_000);
});

test('too short a piece is cut in the middle', () => {
  expect(quietestSample(new Float32Array(100))).toBe(50);
});
