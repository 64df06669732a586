import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { TestModels, yields } from '../test-models.ts';
import { openVoiceModels, type VoicePlan } from './voice-models.ts';

const noSignal = new AbortController().signal;
const PLAN: VoicePlan = {
  detector: 'vad',
  steps: [
    { model: 'ears', task: 'asr' },
    { model: 'brain', task: 'chat' },
  ],
};

/** A detector that counts the frames it was given so far, in its memory and as its score. */
function counting(crashesAt: number | null = null): { models: TestModels; runs: () => number } {
  let runs = 0;
  const models = new TestModels({
    vad: {
      task: 'vad',
      async *run(request: { samples: Float32Array; memory: Float32Array | null }) {
        await setImmediate();
        if (runs++ === crashesAt) throw new GatewayError('model_crashed', 'it fell over');
        const before = request.memory?.[0] ?? 0;
        const frames = request.samples.length / 512;
        const scores = Float32Array.from({ length: frames }, (_, frame) => before + frame + 1);
        yield { kind: 'speech-scores', scores, memory: Float32Array.of(before + frames) };
      },
    },
    ears: yields('asr'),
    brain: yields('chat'),
  });
  return { models, runs: () => runs };
}

test('samples of any length become frames, and the detector remembers the stream', async () => {
  const { models } = counting();
  using voice = openVoiceModels(models, PLAN, noSignal);
  const scores = await Promise.all([100, 500, 1000, 1000].map((length) => voice.score(new Float32Array(length))));
  expect(scores.map((some) => [...some])).toEqual([[], [1], [2, 3], [4, 5]]);
});

test('the detector is held while the conversation lasts and given back with it', async () => {
  const { models } = counting();
  const voice = openVoiceModels(models, PLAN, noSignal);
  await voice.score(new Float32Array(512));
  await voice.score(new Float32Array(512));
  expect(models.acquired).toEqual(['vad']);
  expect(models.leased).toBe(1);
  voice[Symbol.dispose]();
  await setImmediate();
  expect(models.leased).toBe(0);
});

test('warming brings every model into memory and holds none', async () => {
  const { models } = counting();
  using voice = openVoiceModels(models, PLAN, noSignal);
  voice.warm();
  voice.warm();
  await setImmediate();
  expect(models.announced).toEqual([['vad', 'ears', 'brain']]);
  expect(models.acquired).toEqual(['ears', 'brain']);
  expect(models.leased).toBe(0);
});

test('a detector whose process died goes on where it was', async () => {
  const { models, runs } = counting(1);
  using voice = openVoiceModels(models, PLAN, noSignal);
  await voice.score(new Float32Array(1024));
  expect([...(await voice.score(new Float32Array(512)))]).toEqual([3]);
  expect(runs()).toBe(3);
  expect(models.acquired).toEqual(['vad', 'vad']);
});

test('without a detector the caller is told to end turns themselves', async () => {
  const { models } = counting();
  using voice = openVoiceModels(models, { ...PLAN, detector: null }, noSignal);
  await expect(voice.score(new Float32Array(512))).rejects.toThrow('set turn_detection to null');
});
