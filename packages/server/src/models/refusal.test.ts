import { expect, test } from 'vitest';
import { GatewayError } from '../shared/errors.ts';
import { failureOf, ranOutOfMemory, refusalError } from './refusal.ts';

const memory = { budgets: { ram: 8e9, 'gpu:0': 24e9 }, deviceNames: { ram: 'RAM', 'gpu:0': 'RTX 4090' } };

test('what never fits is told with what it needs and what there is, on each device', () => {
  const need = { ram: 2e9, 'gpu:0': 30e9 };
  expect(refusalError('big', { kind: 'never-fits', need }, memory).message).toBe(
    'the model big needs 2.00 GB of memory and 30.00 GB on RTX 4090 (gpu:0), but all models together may use 8.00 GB of memory and ' +
      "24.00 GB on RTX 4090 (gpu:0); give the server more memory, shorten the model's context, or choose a smaller model",
  );
});

test('what pinned models and kept memory leave no room for is told with both and their cures', () => {
  const refusal = { kind: 'no-room', need: { ram: 6e9 }, pinned: ['a', 'b'], kept: { ram: 1e9 } } as const;
  expect(refusalError('c', refusal, memory)).toMatchObject({
    code: 'out_of_memory',
    message:
      'the model c needs 6.00 GB of memory, which cannot become free: the models a, b are pinned, and 1.00 GB of memory of ended models ' +
      'did not come back; unpin a model or unload it, or end the processes that the log names',
  });
});

test('a full queue tells whole seconds, at least one', () => {
  expect(refusalError('a', { kind: 'queue-full', retryAfterMs: 10 }, memory)).toMatchObject({ retryAfterSeconds: 1 });
  expect(refusalError('a', { kind: 'queue-full', retryAfterMs: 2_100 }, memory)).toMatchObject({
    retryAfterSeconds: 3,
    status: 429,
  });
});

test('missing weights are no failure of the model; want of memory is one, and known as such', () => {
  expect(failureOf(new GatewayError('model_missing', 'run concert pull'))).toBeNull();
  const error = new GatewayError('out_of_memory', 'no memory for the cache');
  expect([ranOutOfMemory(error), failureOf(error)]).toEqual([true, 'it ran out of memory']);
  expect([ranOutOfMemory(new Error('bad')), failureOf(new Error('bad'))]).toEqual([false, 'it could not be loaded']);
});
