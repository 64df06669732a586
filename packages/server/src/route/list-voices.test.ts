import { expect, test } from 'vitest';
import { testSpec } from '../models/test-spec.ts';
import { chooseVoices, type VoiceDeps } from './choose-voice.ts';
import { listVoices } from './list-voices.ts';

const english = testSpec({
  id: 'piper',
  task: 'tts',
  languages: ['en'],
  voices: [{ id: 'joe', language: 'en', description: 'A man from America' }],
});
const chinese = testSpec({
  id: 'kokoro',
  task: 'tts',
  languages: ['zh'],
  voices: [{ id: 'jm_kumo', language: 'zh', description: '' }],
});
const deps: VoiceDeps = {
  names: { servedModelName: 'hub', aliases: {}, models: [english, chinese] },
  roles: { chat: '', ocr: '', asr: '', tts: { en: 'piper', zh: 'kokoro' } },
  voices: { boss: 'piper/joe', nova: 'jm_kumo', usual: 'auto' },
};

test('installed voices come first, with their model and language, then configured names, then OpenAI’s', () => {
  const all = listVoices(deps);
  expect(all.slice(0, 6)).toEqual([
    { id: 'joe', description: 'A man from America', model: 'piper', languages: ['en'], standsFor: null },
    { id: 'jm_kumo', description: 'jm_kumo (zh)', model: 'kokoro', languages: ['zh'], standsFor: null },
    { id: 'boss', description: 'boss: A man from America', model: 'piper', languages: ['en'], standsFor: 'joe' },
    { id: 'nova', description: 'nova: jm_kumo (zh)', model: 'kokoro', languages: ['zh'], standsFor: 'jm_kumo' },
    { id: 'usual', description: expect.any(String) as string, model: null, languages: ['en', 'zh'], standsFor: 'auto' },
    { id: 'auto', description: expect.any(String) as string, model: null, languages: ['en', 'zh'], standsFor: null },
  ]);
  expect(all.find(({ id }) => id === 'alloy')).toMatchObject({ model: null, standsFor: 'auto' });
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

test('every listed name is taken by a speech request', () => {
  for (const { id } of listVoices(deps)) expect(() => chooseVoices(deps, { model: 'auto', voice: id })).not.toThrow();
});
