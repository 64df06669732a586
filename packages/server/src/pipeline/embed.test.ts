import { expect, test } from 'vitest';
import type { EmbedRequest } from '../engines/engine.ts';
import { embed, type EmbeddingModel } from './embed.ts';
import type { EmbedInput, EmbedResult } from './request.ts';
import { TestModels } from './test-models.ts';

const e5: EmbeddingModel = {
  id: 'e5',
  settings: { queryPrefix: 'query: ', documentPrefix: 'passage: ', dimensions: 3, windowTokens: 512 },
};

async function embedded(
  input: Partial<EmbedInput>,
  model = e5,
): Promise<{ result: EmbedResult; seen: readonly string[]; leased: number }> {
  const seen: string[] = [];
  const models = new TestModels({
    e5: {
      task: 'embed',
      async *run({ texts }: EmbedRequest) {
        seen.push(...texts);
        for (const [index] of texts.entries()) {
          yield { kind: 'embedding', vector: Float32Array.of(0.6, 0, index === 0 ? 0.8 : -0.8), tokens: 4 };
        }
      },
    },
  });
  const whole = { model: 'e5', texts: ['a'], purpose: null, dimensions: null, ...input };
  const result = await embed({ models }, model, whole, new AbortController().signal);
  return { result, seen, leased: models.leased };
}

test('texts get the prefix that the model’s card wants for what they are', async () => {
  expect((await embedded({ purpose: 'query' })).seen).toEqual(['query: a']);
  expect((await embedded({ purpose: 'document' })).seen).toEqual(['passage: a']);
  expect((await embedded({ purpose: null })).seen).toEqual(['query: a']);
});

test('a prefix that the caller wrote is not written again', async () => {
  const { seen } = await embedded({ texts: ['passage: b', 'c'], purpose: 'query' });
  expect(seen).toEqual(['passage: b', 'query: c']);
});

test('a model without prefixes sees the texts as they are', async () => {
  expect((await embedded({ purpose: 'document' }, { id: 'e5', settings: {} })).seen).toEqual(['a']);
});

test('vectors come in the texts’ order, and the model is released', async () => {
  const { result, leased } = await embedded({ texts: ['a', 'b'] });
  expect(result).toMatchObject({ model: 'e5', tokens: 8 });
  expect(result.vectors.map((vector) => Math.sign(vector[2] ?? 0))).toEqual([1, -1]);
  expect(leased).toBe(0);
});

test('fewer dimensions are the first ones, of length 1 again', async () => {
  const { result } = await embedded({ dimensions: 2 });
  expect([...(result.vectors[0] ?? [])]).toEqual([1, 0]);
});

test('more dimensions than the model has are refused before anything is computed', async () => {
  const refused = { code: 'unsupported_value', param: 'dimensions' };
  await expect(embedded({ dimensions: 4 })).rejects.toMatchObject(refused);
  await expect(embedded({ dimensions: 4 }, { id: 'e5', settings: {} })).rejects.toMatchObject(refused);
});
