import { expect, test } from 'vitest';
import { testSpec } from '../models/test-spec.ts';
import type { Roles } from './roles.ts';
import { specialistFor } from './specialist.ts';

const models = [
  testSpec({ id: 'talker', task: 'chat' }),
  testSpec({ id: 'compass', task: 'embed' }),
  testSpec({ id: 'other-compass', task: 'embed' }),
];
const roles: Roles = { chat: 'talker', ocr: 'reader', asr: 'ears', tts: {}, embed: 'compass' };

function embedderFor(name: string, changes: { roles?: Roles; aliases?: Record<string, string> } = {}): string {
  const names = { servedModelName: 'autoglm-phone-9b', aliases: changes.aliases ?? {}, models };
  return specialistFor({ names, roles: changes.roles ?? roles }, 'embed', name);
}

test('the hub’s name and OpenAI’s names for embedding models mean the profile’s', () => {
  for (const name of [
    'auto',
    'autoglm-phone-9b',
    'text-embedding-3-small',
    'text-embedding-3-large',
    'text-embedding-ada-002',
  ])
    expect(embedderFor(name)).toBe('compass');
});

test('any other name means exactly that model, and an alias of the configuration wins', () => {
  expect(embedderFor('other-compass')).toBe('other-compass');
  expect(embedderFor('text-embedding-3-small', { aliases: { 'text-embedding-3-small': 'other-compass' } })).toBe(
    'other-compass',
  );
});

test('a model that does something else is refused with what it does', () => {
  expect(() => embedderFor('talker')).toThrow('the model talker does chat, not embeddings');
  expect(() => embedderFor('nothing')).toThrow(/no model called/);
});

test('a profile without a model for it says so', () => {
  const { embed: _, ...without } = roles;
  expect(() => embedderFor('text-embedding-3-small', { roles: without })).toThrow(/no model for embeddings/);
});
