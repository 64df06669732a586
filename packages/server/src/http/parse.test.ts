import { ChatCompletionRequest } from '@concert/protocol';
import { expect, test } from 'vitest';
import { parse } from './parse.ts';

const say = (content: unknown): object => ({ messages: [{ role: 'user', content }] });

test.each([
  [{}, 'messages is missing; it is required'],
  [5, 'the request body must be an object'],
  [{ messages: 5 }, 'messages must be an array'],
  [{ messages: [] }, 'messages must not be empty'],
  [say(5), 'messages.0.content must be a string or an array'],
  [say([]), 'messages.0.content must not be empty'],
  [say([{ type: 'text' }]), 'messages.0.content.0.text is missing; it is required'],
  [say([{ type: 'video' }]), 'messages.0.content.0.type must be one of "text", "image_url", "input_audio", "file"'],
  [
    { messages: [{ role: 5, content: '' }] },
    'messages.0.role must be one of "system", "developer", "user", "assistant", "tool", "function"',
  ],
  [{ ...say('x'), temperature: 2.5 }, 'temperature must be at most 2'],
  [{ ...say('x'), top_p: 0 }, 'top_p must be greater than 0'],
  [{ ...say('x'), max_tokens: 0.5 }, 'max_tokens must be a whole number'],
  [{ ...say('x'), stop: [''] }, 'stop.0 must not be empty'],
  [{ ...say('x'), stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop must have at most 4 entries'],
  [{ ...say('x'), stop: 4 }, 'stop must be a string or an array'],
  [{ ...say('x'), stream: 'yes' }, 'stream must be true or false'],
  [{ ...say('x'), audio: 4 }, 'audio must be a string or an object'],
  [{ ...say('x'), audio: { voice: 'alloy', format: 'midi' } }, 'audio.format must be one of "wav"'],
  [{ ...say('x'), n: 9 }, 'n must be at most 8'],
  [{ ...say('x'), logit_bias: { no: 1 } }, 'logit_bias.no is no token: they are whole numbers from 0'],
  [{ ...say('x'), tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools.0.function.name must be 1 to 128'],
  [{ ...say('x'), tool_choice: 'always' }, 'tool_choice must be one of "auto", "none", "required"'],
  [{ ...say('x'), tool_choice: { type: 'function' } }, 'tool_choice.function is missing; it is required'],
])('%j: %s', (body, message) => {
  expect(() => parse(ChatCompletionRequest, body)).toThrow(message);
});

test('unknown fields are ignored, null is taken for absent, and defaults are set', () => {
  expect(parse(ChatCompletionRequest, { ...say('x'), temperature: null, new_field: 1 })).toEqual({
    ...say('x'),
    temperature: null,
    model: 'auto',
  });
});
