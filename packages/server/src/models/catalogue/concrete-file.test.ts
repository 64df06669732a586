import { expect, test } from 'vitest';
import { CatalogueEntry } from './catalogue-schema.ts';
import { concreteModel, needsPin, planPull } from './concrete-file.ts';

const sources = [{ kind: 'huggingface', repo: 'o/m', revision: 'main', path: 'f' }] as const;
const file = (name: string, letter: string | null) => ({
  name,
  bytes: 1,
  sha256: letter === null ? null : letter.repeat(64),
  sources,
});
const entry = (fields: object): CatalogueEntry =>
  CatalogueEntry.parse({
    id: 'm',
    task: 'asr',
    engine: 'fake',
    title: 'M',
    licence: 'MIT',
    input: ['audio'],
    ...fields,
  });

const converted = entry({
  files: [file('raw', 'a'), file('vocabulary', 'b'), file('vad', 'c')],
  imports: [{ importer: 'x', from: ['raw', 'vocabulary'], makes: [{ name: 'out', bytes: 1, sha256: 'd'.repeat(64) }] }],
  loads: ['out', 'vad'],
});

function planned(there: string): { fetch: string[]; imports: number } {
  const model = concreteModel(converted, null);
  if (model === null) throw new Error('no pin is needed');
  const plan = planPull(model, (sha256) => there.includes(sha256[0] ?? ''));
  return { fetch: plan.fetch.map((each) => each.name), imports: plan.imports.length };
}

test('a first pull fetches what is loaded and what is converted', () => {
  expect(planned('')).toEqual({ fetch: ['raw', 'vocabulary', 'vad'], imports: 1 });
});

test('an import whose result is there needs none of its inputs', () => {
  expect(planned('d')).toEqual({ fetch: ['vad'], imports: 0 });
});

test('an import takes the inputs that are still there', () => {
  expect(planned('ac')).toEqual({ fetch: ['vocabulary'], imports: 1 });
});

test('a model that is whole needs nothing', () => {
  expect(planned('cd')).toEqual({ fetch: [], imports: 0 });
});

test('a digest that the catalogue leaves open must be pinned first', () => {
  const open = entry({ files: [file('f', null), file('g', 'b')] });
  expect(needsPin(open)).toBe(true);
  expect(concreteModel(open, null)).toBeNull();
  const pinned = concreteModel(open, [{ name: 'f', bytes: 5, sha256: 'e'.repeat(64), sources: [] }]);
  expect(pinned?.loads.map((each) => [each.name, each.sha256[0], each.bytes])).toEqual([
    ['f', 'e', 5],
    ['g', 'b', 1],
  ]);
});
