import { expect, test } from 'vitest';
import { checkJsonShape } from './check-json-shape.ts';

const check = (json: string): void => checkJsonShape(Buffer.from(json));

test('brackets and commas inside strings do not count', () => {
  expect(() => check(JSON.stringify({ a: '[{,'.repeat(200_000), b: 'x\\"['.repeat(50_000) }))).not.toThrow();
});

test('a quote after a backslash does not end a string, after two it does', () => {
  const nested = '['.repeat(100);
  expect(() => check(`["\\"${nested}"]`)).not.toThrow();
  expect(() => check(`["\\\\",${nested}`)).toThrow(/64 levels/);
});

test('too many values and too deep a nesting are refused', () => {
  expect(() => check(`[${'1,'.repeat(99_000)}1]`)).not.toThrow();
  expect(() => check(`[${'1,'.repeat(101_000)}1]`)).toThrow(/100000 values/);
  expect(() => check('[{},'.repeat(65))).toThrow(/64 levels/);
});

test('a string that never ends is left to the parser', () => {
  expect(() => check('{"a')).not.toThrow();
});
