import type { ModelSpec } from './model-manager.ts';

/** A model for tests; what matters to a test is given, the rest is plain. */
export function testSpec(given: Partial<ModelSpec> & Pick<ModelSpec, 'id' | 'task'>): ModelSpec {
  return {
    engine: 'fake',
    title: given.id,
    licence: 'MIT',
    input: ['text'],
    languages: [],
    voices: [],
    settings: {},
    threads: 1,
    idleMs: null,
    fileBytes: 1,
    ...given,
  };
}
