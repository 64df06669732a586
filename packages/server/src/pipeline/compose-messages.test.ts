import { expect, test } from 'vitest';
import { composeMessages } from './compose-messages.ts';
import { DEFAULT_PERSONA } from './persona.ts';
import type { InputMessage } from './request.ts';
import { DEFAULT_TEMPLATES } from './templates.ts';

const nothing = { pictures: [], recordings: [] };
const options = { templates: DEFAULT_TEMPLATES, persona: DEFAULT_PERSONA, tools: false, seesPictures: false };
const says = (role: InputMessage['role'], text: string): InputMessage => ({ role, parts: [{ kind: 'text', text }] });

test('the persona leads in the language of the question', () => {
  expect(composeMessages([says('user', '你是谁?')], [nothing], options)[0]).toEqual({
    role: 'system',
    content: DEFAULT_PERSONA.zh,
  });
  expect(composeMessages([says('user', 'Who are you?')], [nothing], options)[0]?.content).toBe(DEFAULT_PERSONA.en);
  const short = composeMessages([says('user', 'Who are you?')], [nothing], { ...options, tools: true });
  expect(short[0]?.content).toBe('You are AutoGLM-Phone-9B.');
});

test("the caller's own system message replaces the persona", () => {
  const messages = composeMessages(
    [says('system', 'You are a pirate.'), says('user', 'hi')],
    [nothing, nothing],
    options,
  );
  expect(messages.map((message) => message.content)).toEqual(['You are a pirate.', 'hi']);
});

test('a prompt with text from media carries the notice that it is data', () => {
  const found = { pictures: ['SALE'], recordings: [] };
  const image: InputMessage = {
    role: 'user',
    parts: [{ kind: 'image', bytes: new Uint8Array(1), mediaType: 'image/png' }],
  };
  const withPersona = composeMessages([image], [found], options);
  expect(withPersona[0]?.content).toContain(DEFAULT_TEMPLATES.en.data_notice);
  expect(withPersona[1]?.content).toContain('<media>SALE</media>');
  const withSystem = composeMessages([says('system', 'Be brief.'), image], [nothing, found], options);
  expect(withSystem[0]?.content).toBe(`Be brief.\n${DEFAULT_TEMPLATES.en.data_notice}`);
});

test('a Chinese picture without words is explained in Chinese', () => {
  const image: InputMessage = {
    role: 'user',
    parts: [{ kind: 'image', bytes: new Uint8Array(1), mediaType: 'image/png' }],
  };
  const messages = composeMessages([image], [{ pictures: ['限时优惠 满300减50'], recordings: [] }], options);
  expect(messages[1]?.content).toContain('请解释其含义');
});

test('a named model gets the messages as they are', () => {
  expect(composeMessages([says('user', 'hi')], [], { ...options, persona: null })).toEqual([
    { role: 'user', content: 'hi' },
  ]);
});

const picture = { kind: 'image', bytes: new Uint8Array(1), mediaType: 'image/png' } as const;
const seeing = { ...options, persona: null, tools: false, seesPictures: true };

test('a model that sees gets picture and words in the order of the caller', () => {
  const asked: InputMessage = { role: 'user', parts: [picture, { kind: 'text', text: 'What is this?' }] };
  expect(composeMessages([asked], [nothing], seeing)).toEqual([{ role: 'user', content: asked.parts }]);
  const plain = composeMessages([says('user', 'hi'), asked], [nothing, nothing], seeing);
  expect(plain[0]).toEqual({ role: 'user', content: 'hi' });
});

test('a model that sees but cannot hear gets the picture and the transcript of a spoken question', () => {
  const asked: InputMessage = { role: 'user', parts: [{ kind: 'audio', bytes: new Uint8Array(1) }, picture] };
  const found = { pictures: [], recordings: ['What is this?'] };
  expect(composeMessages([asked], [found], seeing).at(-1)).toEqual({
    role: 'user',
    content: [picture, { kind: 'text', text: 'What is this?' }],
  });
});
