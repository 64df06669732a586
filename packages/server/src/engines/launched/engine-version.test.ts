import { expect, test } from 'vitest';
import { findVersion, isAtLeast } from './engine-version.ts';

test('a version is found in what engines say of themselves', () => {
  expect(findVersion('0.12.0\n')).toBe('0.12.0');
  expect(findVersion('INFO 11-22 importing\nvllm 0.14.1rc2.dev7+g1234')).toBe('0.14.1rc2.dev7');
  expect(findVersion('0.5.6.post1')).toBe('0.5.6.post1');
  expect(findVersion('no version here')).toBeNull();
});

test.each([
  ['0.12.0', '0.12.0', true],
  ['0.12.1', '0.12.0', true],
  ['0.9.9', '0.12.0', false],
  ['1.0', '0.12.0', true],
  ['0.12.0rc3', '0.12.0', false],
  ['0.13.0rc1', '0.12.0', true],
  ['0.5.6', '0.5.6.post1', false],
  ['0.5.6.post2', '0.5.6.post1', true],
  ['0.5.7', '0.5.6.post1', true],
])('%s against %s', (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});
