import { expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { ConfigError } from './config-values.ts';
import type { ModelManager } from './models/model-manager.ts';
import { catalogueOf } from './models/catalogue/catalogue.ts';
import { CatalogueEntry } from './models/catalogue/catalogue-schema.ts';
import { createServices, defaultThreads, modelSpecs } from './services.ts';
import { systemClock } from './shared/clock.ts';

const entry = (id: string, task: string, more: object = {}): CatalogueEntry =>
  CatalogueEntry.parse({
    id,
    task,
    engine: 'fake',
    title: id,
    licence: 'MIT',
    input: [task === 'ocr' ? 'image' : task === 'asr' ? 'audio' : 'text'],
    files: [
      {
        name: 'weights.bin',
        bytes: 7,
        sha256: 'a'.repeat(64),
        sources: [{ kind: 'huggingface', repo: 'r', revision: 'v', path: 'p' }],
      },
    ],
    ...more,
  });
const catalogue = catalogueOf([
  entry('chat', 'chat', { settings: { kept: 1 } }),
  entry('ocr', 'ocr'),
  entry('asr', 'asr'),
  entry('tts', 'tts', { languages: ['en'] }),
]);
const roles = { chat: 'chat', ocr: 'ocr', asr: 'asr', tts: { en: 'tts' } };
const profile = { roles, max_num_seqs: 5, max_seq_len: 700 };
const configured = (changes: object = {}) => ({
  ...loadConfig({}, { CONCERT_HOME: '/nonexistent' }, '/nonexistent'),
  ...changes,
});

function services(changes: object = {}) {
  const config = configured(changes);
  const models = modelSpecs(config, catalogue, profile);
  const status = () => ({ models: models.map((model) => ({ model, state: { kind: 'unloaded' as const } })) });
  const manager = { models, status } as unknown as ModelManager;
  return createServices({ config, catalogue, roles, models: manager, clock: systemClock, startedMs: 0 });
}

test('threads that the configuration names are not measured, those that it leaves open are', () => {
  const embedded = catalogueOf([...catalogue.entries.slice(1), entry('chat', 'chat', { engine: 'llama-cpp' })]);
  const settingsOf = (changes: object) =>
    modelSpecs(configured(changes), embedded, profile).find(({ id }) => id === 'chat')?.settings;
  expect(settingsOf({ threads: 2 })).toMatchObject({ calibrate: false });
  expect(settingsOf({ models: { chat: { threads: 2, settings: {} } } })).toMatchObject({ calibrate: false });
  expect(settingsOf({})).not.toHaveProperty('calibrate');
});

test('one core is left to everything else', () => {
  expect([1, 1.5, 2, 3.9, 4, 64].map(defaultThreads)).toEqual([1, 1, 1, 2, 3, 8]);
});

test("the articles' limits go to the central model alone, over its own settings", () => {
  const specs = modelSpecs(configured({ max_num_seqs: 3, max_seq_len: 512 }), catalogue, profile);
  expect(specs[0]?.settings).toEqual({ kept: 1, maxSequences: 3, maxSequenceTokens: 512 });
  expect(specs[1]?.settings).toEqual({});
});

test('where the configuration says nothing, the profile sets the limits', () => {
  expect(modelSpecs(configured(), catalogue, profile)[0]?.settings).toMatchObject({
    maxSequences: 5,
    maxSequenceTokens: 700,
  });
});

test('the configuration of one model wins over what holds for all', () => {
  const models = { asr: { idle_unload: Number.POSITIVE_INFINITY, threads: 5, settings: { x: 1 } } };
  const asr = modelSpecs(configured({ models, threads: 2 }), catalogue, profile).find((spec) => spec.id === 'asr');
  expect(asr).toMatchObject({ idleMs: null, threads: 5, settings: { x: 1 }, fileBytes: 7 });
});

test('a model that the profile does not have is named, not ignored', () => {
  expect(() => modelSpecs(configured({ preload: ['nobody'] }), catalogue, profile)).toThrow(ConfigError);
  expect(() => modelSpecs(configured({ models: { nobody: { settings: {} } } }), catalogue, profile)).toThrow(
    /"nobody" is not in this profile/,
  );
});

test('every name that requests may use is listed with the weights behind it', () => {
  const listed = services({ aliases: { 'gpt-4o': 'autoglm-phone-9b', 'whisper-1': 'asr' } }).models();
  const backing = Object.fromEntries(listed.map((model) => [model.id, model.backing]));
  expect(listed[0]).toMatchObject({ id: 'autoglm-phone-9b', backing: 'chat', input: ['text', 'image', 'audio'] });
  expect(backing).toMatchObject({ chat: null, 'gpt-4o': 'chat', 'whisper-1': 'asr', 'tts-1': 'tts' });
  expect(new Set(listed.map((model) => model.id)).size).toBe(listed.length);
});

test('a conversation by voice knows its models before it begins, and is refused what no model here can do', () => {
  const { planVoice } = services();
  const wanted = { model: 'auto', transcription: null, purpose: 'realtime', speaks: true, voice: 'alloy' } as const;
  const speaking = [{ id: 'joe', language: 'en', description: '' }];
  const voiced = catalogueOf([
    ...catalogue.entries.slice(0, 3),
    entry('tts', 'tts', { languages: ['en'], voices: speaking }),
  ]);
  const config = configured();
  const models = modelSpecs(config, voiced, profile);
  const manager = { models } as unknown as ModelManager;
  const able = createServices({ config, catalogue: voiced, roles, models: manager, clock: systemClock, startedMs: 0 });
  expect(able.planVoice(wanted)).toEqual({
    detector: null,
    steps: [
      { model: 'asr', task: 'asr' },
      { model: 'chat', task: 'chat' },
      { model: 'tts', task: 'tts' },
    ],
  });
  const written = able.planVoice({ ...wanted, speaks: false });
  expect(written.steps.map(({ task }) => task)).toEqual(['asr', 'chat']);
  const noted = planVoice({ ...wanted, purpose: 'transcription', transcription: { model: 'whisper-1' } });
  expect(noted.steps).toEqual([{ model: 'asr', task: 'asr' }]);
  expect(() => able.planVoice({ ...wanted, model: 'nobody' })).toThrow(/no model called "nobody"/);
  expect(() => able.planVoice({ ...wanted, voice: 'nobody' })).toThrow(/no voice called "nobody"/);
  expect(() => able.planVoice({ ...wanted, transcription: { model: 'chat' } })).toThrow(/does chat/);
});
