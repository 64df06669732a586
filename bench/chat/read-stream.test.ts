import { expect, test } from 'vitest';
import { holdsEvent, readStreamEnd } from './read-stream.ts';

const usage = { prompt_tokens: 60, completion_tokens: 48, prompt_tokens_details: { cached_tokens: 3 } };
const text = `data: ${JSON.stringify({ choices: [{ delta: { content: 'Once' } }], usage: null })}\n\n`;

test('the usage stands in the last event before the end', () => {
  const body = `: waiting\n\n${text}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;
  expect(readStreamEnd(body)).toEqual({ promptTokens: 60, completionTokens: 48, cachedTokens: 3 });
});

test('a stream that breaks off, fails or tells no usage is no measurement', () => {
  expect(() => readStreamEnd(text)).toThrow('ended badly');
  expect(() => readStreamEnd(`${text}data: {"error":{"message":"the model crashed"}}\n\n`)).toThrow(
    'the model crashed',
  );
  expect(() => readStreamEnd(`${text}data: [DONE]\n\n`)).toThrow('without usage');
});

test('a comment that keeps the connection alive is not the first text', () => {
  expect(holdsEvent(Buffer.from(': waiting\n\n'))).toBe(false);
  expect(holdsEvent(Buffer.from(text))).toBe(true);
});
