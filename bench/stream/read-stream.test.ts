import { expect, test } from 'vitest';
import { holdsEvent, readAnswer, readEvents } from './read-stream.ts';

const usage = { prompt_tokens: 60, completion_tokens: 48, prompt_tokens_details: { cached_tokens: 3 } };
const said = (content: string | null): string =>
  `data: ${JSON.stringify({ choices: [{ delta: { content } }], usage: null })}\n\n`;
const end = `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;
const chunksOf = (...pieces: string[]) => pieces.map((piece, ms) => ({ ms, bytes: Buffer.from(piece) }));

test('an answer is its text, when each piece of it came, and the usage that ends it', () => {
  const answer = readAnswer(readEvents(chunksOf(': waiting\n\n', said(null), said('Once'), said(' more') + end)));
  expect(answer).toEqual({
    text: 'Once more',
    textMs: [2, 3],
    promptTokens: 60,
    completionTokens: 48,
    cachedTokens: 3,
  });
});

test('an event counts from its last byte, even where a character is cut in two', () => {
  const bytes = Buffer.from(said('好'));
  const cut = bytes.indexOf(0xe5) + 1;
  const events = readEvents([
    { ms: 1, bytes: bytes.subarray(0, cut) },
    { ms: 7, bytes: bytes.subarray(cut) },
    { ms: 8, bytes: Buffer.from(end) },
  ]);
  expect(readAnswer(events)).toMatchObject({ text: '好', textMs: [7] });
});

test('a server that tells nothing of a cache took nothing from one', () => {
  const plain = { prompt_tokens: 1, completion_tokens: 1 };
  const body = `data: ${JSON.stringify({ choices: [], usage: plain })}\r\n\r\ndata: [DONE]\r\n\r\n`;
  expect(readAnswer(readEvents(chunksOf(body))).cachedTokens).toBe(0);
});

test('a stream that breaks off, fails or tells no usage is no measurement', () => {
  const read = (body: string) => () => readAnswer(readEvents(chunksOf(body)));
  expect(read(said('x'))).toThrow('ended badly');
  expect(read(`${said('x')}data: {"error":{"message":"the model crashed"}}\n\ndata: [DONE]\n\n`)).toThrow(
    'the model crashed',
  );
  expect(read(`${said('x')}data: [DONE]\n\n`)).toThrow('without usage');
});

test('a comment that keeps the connection alive is no event', () => {
  expect(holdsEvent(Buffer.from(': waiting\n\n'))).toBe(false);
  expect(holdsEvent(Buffer.from(said('x')))).toBe(true);
});
