import { expect, test } from 'vitest';
import { compareVersions } from './version.ts';

test.each([
  ['0.12.0', '0.11.9'],
  ['0.12.0', '0.12.0rc1'],
  ['5.0.0rc1', '5.0.0rc0'],
  ['5.0.0rc0', '5.0.0.dev0'],
  ['5.0.0.dev0', '4.57.3'],
  ['2.10.0+cu128', '2.9.1'],
  ['550.54.14', '525.60.13'],
  ['12.10', '12.9'],
  ['20.19.0', '20.9.9'],
  ['0.5.6.post1', '0.5.6'],
  ['0.5.7', '0.5.6.post1'],
])('%s is newer than %s', (newer, older) => {
  expect(compareVersions(newer, older)).toBeGreaterThan(0);
  expect(compareVersions(older, newer)).toBeLessThan(0);
});

test.each([
  ['2.1', '2.1.0'],
  ['2.1.0+cu121', '2.1.0'],
  ['v20.19.0', '20.19.0'],
])('%s is the same as %s', (a, b) => {
  expect(compareVersions(a, b)).toBe(0);
});
