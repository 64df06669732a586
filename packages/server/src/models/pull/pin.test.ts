import { expect, test } from 'vitest';
import { HubSnapshot } from '../catalogue/catalogue-schema.ts';
import { gitObjectId } from './git-object-id.ts';
import { matchesPattern, missingRequirements } from './pin.ts';
import { readLfsPointer } from './published-digests.ts';

test.each([
  ['model-00001-of-00005.safetensors', '*.safetensors', true],
  ['config.json', '*.json', true],
  ['config.json.bak', '*.json', false],
  ['configxjson', 'config.json', false],
  ['tokenizer.model', 'tokenizer.model', true],
])('%s against %s: %s', (name, pattern, expected) => {
  expect(matchesPattern(name, pattern)).toBe(expected);
});

test('a required file may be stood in for, and what is lacking is named with its stand-ins', () => {
  const snapshot = HubSnapshot.parse({
    sources: [{ kind: 'huggingface', repo: 'o/m', revision: 'main' }],
    include: ['*'],
    bytes: 1,
    requires: [{ name: 'a', instead: ['b'] }, { name: 'c' }],
  });
  expect(missingRequirements(snapshot, ['b', 'c'])).toEqual([]);
  expect(missingRequirements(snapshot, [])).toEqual(['a or b', 'c']);
});

test('a git object id is what git itself computes', () => {
  expect(gitObjectId(Buffer.from('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
});

test('only a Git LFS pointer names a digest', () => {
  const digest = 'a'.repeat(64);
  expect(readLfsPointer(`version https://git-lfs.github.com/spec/v1\noid sha256:${digest}\nsize 12\n`)).toBe(digest);
  expect(readLfsPointer('{}')).toBeNull();
});
