import { expect, test } from 'vitest';
import { testSpec } from '../models/test-spec.ts';
import { GatewayError } from '../shared/errors.ts';
import { decide, type DecideDeps, type DecisionInput, stepsOf } from './decide.ts';
import { DEFAULT_RULES } from './rules.ts';

const chat = testSpec({ id: 'small-chat', task: 'chat' });
const ocr = testSpec({ id: 'reader', task: 'ocr', input: ['image'] });
const asr = testSpec({ id: 'listener', task: 'asr', input: ['audio'] });

function deps(hub = chat): DecideDeps {
  return {
    names: {
      servedModelName: 'autoglm-phone-9b',
      aliases: { 'gpt-4o': 'autoglm-phone-9b', mini: 'small-chat' },
      models: [hub, ocr, asr],
    },
    roles: { chat: hub.id, ocr: 'reader', asr: 'listener', tts: {} },
    rules: DEFAULT_RULES,
  };
}

function turn(...kinds: ('text' | 'image' | 'audio')[]): DecisionInput['messages'][number] {
  return { role: 'user', parts: kinds.map((kind) => (kind === 'text' ? { kind, text: 'words' } : { kind })) };
}

test('a picture without words is read, then explained by the hub', () => {
  const decision = decide(deps(), { model: 'autoglm-phone-9b', messages: [turn('image')] });
  expect(decision).toMatchObject({ route: 'OCR_SERVICE', ocrModel: 'reader', asrModel: null, persona: true });
  expect(stepsOf(decision)).toEqual(['ocr', 'chat']);
  expect(decision.reason).toContain('rule 2');
});

test('a hub that cannot see gets the text of a picture that comes with a question', () => {
  const decision = decide(deps(), { model: 'auto', messages: [turn('image', 'text')] });
  expect(decision).toMatchObject({ route: 'SELF_INFER', ocrModel: 'reader' });
  expect(decision.reason).toContain('cannot see');
});

test('a hub that sees gets the picture itself when there is a question', () => {
  const seeing = testSpec({ id: 'seeing', task: 'chat', input: ['text', 'image'] });
  expect(decide(deps(seeing), { model: 'auto', messages: [turn('image', 'text')] }).ocrModel).toBeNull();
  expect(decide(deps(seeing), { model: 'auto', messages: [turn('image')] }).ocrModel).toBe('reader');
});

test('speech, picture and text together need all three models', () => {
  const decision = decide(deps(), { model: 'autoglm-phone-9b', messages: [turn('text', 'image', 'audio')] });
  expect(decision.route).toBe('ASR_SERVICE');
  expect(stepsOf(decision)).toEqual(['asr', 'ocr', 'chat']);
});

test('media of earlier turns are read too, though the last turn decides the route', () => {
  const decision = decide(deps(), {
    model: 'auto',
    messages: [turn('image'), { role: 'assistant', parts: [] }, turn('text')],
  });
  expect(decision).toMatchObject({ route: 'SELF_INFER', ocrModel: 'reader' });
});

test('blank text beside a picture counts as no text', () => {
  const messages = [{ role: 'user', parts: [{ kind: 'image' as const }, { kind: 'text' as const, text: '  \n' }] }];
  expect(decide(deps(), { model: 'auto', messages }).route).toBe('OCR_SERVICE');
});

test('a model named by its id or alias answers alone and as itself', () => {
  for (const model of ['small-chat', 'mini']) {
    expect(decide(deps(), { model, messages: [turn('text')] })).toMatchObject({
      persona: false,
      ocrModel: null,
      chatModel: chat,
    });
  }
  expect(decide(deps(), { model: 'gpt-4o', messages: [turn('text')] }).persona).toBe(true);
});

test('what a named model cannot take or do is refused, not worked around', () => {
  expect(() => decide(deps(), { model: 'small-chat', messages: [turn('image')] })).toThrow(/takes text, not image/);
  expect(() => decide(deps(), { model: 'reader', messages: [turn('text')] })).toThrow(/does ocr, not chat/);
  expect(() => decide(deps(), { model: 'nobody', messages: [turn('text')] })).toThrow(GatewayError);
  expect(() => decide(deps(), { model: 'constructor', messages: [turn('text')] })).toThrow(
    /no model called "constructor"/,
  );
});
