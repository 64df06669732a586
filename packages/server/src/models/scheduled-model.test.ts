import { expect, test } from 'vitest';
import type { EngineDefinition } from '../engines/engine-definition.ts';
import type { Gpu } from '../machine/machine.ts';
import { scheduledModel } from './scheduled-model.ts';
import { testSpec } from './test-spec.ts';

function gpu(index: number): Gpu {
  return {
    id: `gpu:${index}`,
    index,
    uuid: null,
    vendor: 'nvidia',
    name: 'a card',
    totalBytes: 24,
    freeBytes: 24,
    driver: null,
    computeCapability: null,
    numaNode: null,
    unified: false,
  };
}

const engine: EngineDefinition = {
  name: 'fake',
  task: 'chat',
  estimateBytes: () => 5,
  concurrency: ({ settings }) => Number(settings['places']),
};
const onAnyGpu: EngineDefinition = { ...engine, placements: (_model, gpus) => gpus.map(({ id }) => ({ [id]: 8 })) };
const model = testSpec({ id: 'a', task: 'chat', settings: { places: 4 } });

test('a model lies in RAM where its engine says nothing else', () => {
  expect(scheduledModel(model, engine, { gpus: [gpu(0)] })).toMatchObject({
    placements: [{ ram: 5 }],
    concurrency: 4,
    shrunk: null,
  });
});

test('a model that is given a GPU lies on no other (Ollama#16391, Ollama#7253, Ollama#6148)', () => {
  const gpus = [gpu(0), gpu(1), gpu(2)];
  expect(scheduledModel(model, onAnyGpu, { gpus }).placements).toHaveLength(3);
  expect(scheduledModel({ ...model, gpus: [1] }, onAnyGpu, { gpus }).placements).toEqual([{ 'gpu:1': 8 }]);
});

test('with less context a model serves as many as its engine says for that', () => {
  const smaller: EngineDefinition = { ...engine, shrink: (settings) => ({ ...settings, places: 1 }) };
  expect(scheduledModel(model, smaller, { gpus: [] })).toMatchObject({ concurrency: 4, shrunk: { concurrency: 1 } });
});

test('what was learned replaces the estimate and tells how long loads take', () => {
  const learned = { expected: () => ({ ram: 7 }), loadsMs: () => [3_000] };
  expect(scheduledModel(model, engine, { gpus: [], learned })).toMatchObject({
    placements: [{ ram: 7 }],
    loadsMs: [3_000],
  });
});
