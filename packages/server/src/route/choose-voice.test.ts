import { expect, test } from 'vitest';
import { testSpec } from '../models/test-spec.ts';
import { chooseVoices, type VoiceDeps } from './choose-voice.ts';

const english = testSpec({
  id: 'piper',
  task: 'tts',
  languages: ['en'],
  voices: [{ id: 'joe', language: 'en', description: '' }],
});
const chinese = testSpec({
  id: 'kokoro',
  task: 'tts',
  languages: ['zh'],
  voices: [
    { id: 'jm_kumo', language: 'zh', description: '' },
    { id: 'jf_alpha', language: 'zh', description: '' },
  ],
});

const deps: VoiceDeps = {
  names: {
    servedModelName: 'autoglm-phone-9b',
    aliases: {},
    models: [english, chinese, testSpec({ id: 'chatty', task: 'chat' })],
  },
  roles: { chat: 'chatty', ocr: '', asr: '', tts: { en: 'piper', zh: 'kokoro' } },
  voices: { boss: 'joe', nova: 'jf_alpha' },
};

test("OpenAI's names give each language its default voice", () => {
  expect(chooseVoices(deps, { model: 'tts-1', voice: 'alloy' })).toEqual({
    byLanguage: { en: { model: 'piper', voice: 'joe' }, zh: { model: 'kokoro', voice: 'jm_kumo' } },
    fallback: { model: 'piper', voice: 'joe' },
  });
});

test('a named voice speaks its language and the others keep their default', () => {
  const plan = chooseVoices(deps, { model: 'auto', voice: 'kokoro/jf_alpha' });
  expect(plan.byLanguage['zh']).toEqual({ model: 'kokoro', voice: 'jf_alpha' });
  expect(plan.byLanguage['en']).toEqual({ model: 'piper', voice: 'joe' });
});

test('the configuration may give voices other names, even OpenAI’s', () => {
  expect(chooseVoices(deps, { model: 'tts-1', voice: 'nova' }).byLanguage['zh']?.voice).toBe('jf_alpha');
  expect(chooseVoices(deps, { model: 'tts-1', voice: 'boss' }).fallback.voice).toBe('joe');
});

test('a named model speaks alone', () => {
  expect(Object.keys(chooseVoices(deps, { model: 'kokoro', voice: 'auto' }).byLanguage)).toEqual(['zh']);
});

test('an unknown voice is refused with the list of those there are', () => {
  expect(() => chooseVoices(deps, { model: 'tts-1', voice: 'nobody' })).toThrow(
    /no voice called "nobody".*joe, jm_kumo/,
  );
  expect(() => chooseVoices(deps, { model: 'chatty', voice: 'alloy' })).toThrow(/does chat, not speech/);
});
