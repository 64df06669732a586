import { expect, test } from 'vitest';
import { paddleOcr } from './definition.ts';
import { parseSettings } from './settings.ts';

test('every setting has a default', () => {
  expect(parseSettings({})).toMatchObject({ maxPixels: 40_000_000, minConfidence: 0.5 });
});

test('a wrong or unknown setting is named', () => {
  expect(() => parseSettings({ maxPixels: -1 })).toThrow('maxPixels');
  expect(() => parseSettings({ maxPixel: 1 })).toThrow('maxPixel');
});

test('the memory estimate grows with the pixels that the detector may see', () => {
  const estimate = (settings: Record<string, unknown>): number =>
    paddleOcr.estimateBytes({ fileBytes: 28_000_000, settings });
  expect(estimate({})).toBeGreaterThan(400_000_000);
  expect(estimate({ detectionPixels: 2_000_000 })).toBeGreaterThan(estimate({}));
});
