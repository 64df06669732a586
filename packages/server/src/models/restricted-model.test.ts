import { expect, test } from 'vitest';
import type { EngineDefinition } from '../engines/engine-definition.ts';
import { readMachine } from '../machine/read-machine.ts';
import { recordedMachine } from '../machine/test-machines.ts';
import { loadCatalogue } from './catalogue/catalogue.ts';
import { modelSpec } from './model-specs.ts';
import { scheduledModel } from './scheduled-model.ts';

const { gpus } = await readMachine(recordedMachine('two-rtx-4090'));
const onAnyGpu: EngineDefinition<'asr'> = {
  name: 'on-any-gpu',
  task: 'asr',
  estimateBytes: () => 7,
  concurrency: () => 1,
  placements: (_model, offered) => [...offered.map((gpu) => ({ [gpu.id]: 5 })), { ram: 7 }],
};

function placementsWith(given: readonly number[] | undefined): unknown {
  const entry = loadCatalogue().get('whisper-base');
  const spec = modelSpec(entry, { gpus: given, settings: {} }, { idleMs: 1000, threads: 1, roleSettings: {} });
  return scheduledModel(spec, onAnyGpu, { gpus }).placements;
}

test('a model that is given GPU 1 is placed there or in RAM, and nowhere else (Ollama#16391, Ollama#7253, Ollama#6148)', () => {
  expect(placementsWith([1])).toEqual([{ 'gpu:1': 5 }, { ram: 7 }]);
  expect(placementsWith([])).toEqual([{ ram: 7 }]);
  expect(placementsWith(undefined)).toEqual([{ 'gpu:0': 5 }, { 'gpu:1': 5 }, { ram: 7 }]);
});
