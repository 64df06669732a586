import { expect, test } from 'vitest';
import type { TtsEvent } from '../engines/engine.ts';
import type { SpeakEvent } from './request.ts';
import { speak } from './speak.ts';
import { TestModels, yields } from './test-models.ts';

const sound: TtsEvent = { kind: 'audio-chunk', sampleRate: 8000, samples: new Float32Array(1) };
const voices = {
  byLanguage: { zh: { model: 'chinese', voice: 'a' }, en: { model: 'english', voice: 'b' } },
  fallback: { model: 'english', voice: 'b' },
};

async function spoken(text: string, models: TestModels): Promise<SpeakEvent[]> {
  const all: SpeakEvent[] = [];
  const signal = new AbortController().signal;
  for await (const event of speak({ models }, { text, voices, speed: 1 }, signal)) all.push(event);
  return all;
}

const models = (): TestModels => new TestModels({ chinese: yields('tts', sound), english: yields('tts', sound) });

test('the models that speak are named before the first sound, in the order they speak', async () => {
  expect((await spoken('你好。', models()))[0]).toEqual({ kind: 'start', model: 'chinese' });
  expect((await spoken('Hello.', models()))[0]).toEqual({ kind: 'start', model: 'english' });
  expect((await spoken('你好。Nice to meet you. 再见。', models()))[0]).toEqual({
    kind: 'start',
    model: 'chinese, english',
  });
});

test('each run of a language is spoken by its voice, and every model is released', async () => {
  const both = models();
  const events = await spoken('你好。Nice to meet you.', both);
  expect(both.acquired).toEqual(['chinese', 'english']);
  expect(events.slice(1)).toEqual([sound, sound]);
  expect(both.leased).toBe(0);
});

test('a text without anything to say is refused', async () => {
  await expect(spoken('…!', models())).rejects.toMatchObject({ code: 'empty_media' });
});
