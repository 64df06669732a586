import { ChatCompletionRequest } from '@concert/protocol';
import { expect, test } from 'vitest';
import type { InputMessage } from '../pipeline/request.ts';
import { readMessages } from './chat-messages.ts';
import { tinyPng } from './fake-deps.ts';
import { parse } from './parse.ts';

function read(...messages: object[]): Promise<InputMessage[]> {
  const wanted = parse(ChatCompletionRequest, { messages });
  return readMessages(wanted.messages, {
    limits: { bodyBytes: 1_000_000, imagePixels: 1_000_000, imagesPerRequest: 2 },
    fetchMedia: () => Promise.reject(new Error('nothing is fetched here')),
    signal: new AbortController().signal,
  });
}

const text = (words: string): object => ({ kind: 'text', text: words });
const code = (expected: string, param: string) => expect.objectContaining({ code: expected, param }) as Error;
const call = (id: string, name: string, args: string): object => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
const file = (bytes: Uint8Array | string, more: object = {}): object => ({
  role: 'user',
  content: [{ type: 'file', file: { file_data: Buffer.from(bytes).toString('base64'), ...more } }],
});

test('calls and their results keep their ids, names, arguments and order', async () => {
  const calls = [call('call_1', 'weather', '{"town":"北京"}'), call('call_2', 'clock', '')];
  expect(
    await read(
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: '12:00' }] },
      { role: 'tool', tool_call_id: 'call_1', content: '20 °C' },
    ),
  ).toEqual([
    { role: 'user', parts: [text('Weather?')] },
    {
      role: 'assistant',
      parts: [],
      toolCalls: [
        { id: 'call_1', name: 'weather', arguments: '{"town":"北京"}' },
        { id: 'call_2', name: 'clock', arguments: '' },
      ],
    },
    { role: 'tool', parts: [text('12:00')], toolCallId: 'call_2' },
    { role: 'tool', parts: [text('20 °C')], toolCallId: 'call_1' },
  ]);
});

test('functions, the form before tools, answer the last call', async () => {
  const turn = { role: 'assistant', content: null, function_call: { name: 'clock', arguments: '{}' } };
  const result = { role: 'function', name: 'clock', content: '12:00' };
  const [, first, answered, second, again] = await read({ role: 'user', content: 'x' }, turn, result, turn, result);
  expect(first?.toolCalls).toMatchObject([{ name: 'clock', arguments: '{}' }]);
  expect(answered).toMatchObject({ role: 'tool', toolCallId: first?.toolCalls?.[0]?.id });
  expect(again?.toolCallId).toBe(second?.toolCalls?.[0]?.id);
  expect(again?.toolCallId).not.toBe(answered?.toolCallId);
});

test('a result without a call before it is refused', async () => {
  const result = { role: 'tool', tool_call_id: 'call_1', content: 'x' };
  const turn = { role: 'assistant', tool_calls: [call('call_1', 'clock', '{}')] };
  await expect(read(result)).rejects.toThrow(code('invalid_request', 'messages.0.tool_call_id'));
  await expect(read(result, turn)).rejects.toThrow(/'tool' must answer a preceding message with 'tool_calls'/);
  await expect(read(turn, { ...result, tool_call_id: 'call_2' })).rejects.toThrow(/"call_2"/);
  await expect(read({ role: 'function', name: 'clock', content: '' })).rejects.toThrow(
    code('invalid_request', 'messages.0.role'),
  );
});

test('a developer speaks as the system does, and what an assistant thought stays beside what it said', async () => {
  expect(
    await read(
      { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.' },
      { role: 'assistant', content: 'No.', reasoning: 'Oh.' },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'I can’t.' }] },
      { role: 'assistant', content: null, refusal: 'I won’t.' },
    ),
  ).toEqual([
    { role: 'system', parts: [text('Be brief.')] },
    { role: 'assistant', parts: [text('Yes.')], reasoning: 'Hm.' },
    { role: 'assistant', parts: [text('No.')], reasoning: 'Oh.' },
    { role: 'assistant', parts: [text('I can’t.')] },
    { role: 'assistant', parts: [text('I won’t.')] },
  ]);
});

test('a spoken answer that is sent back whole is read by its transcript', async () => {
  const spoken = { role: 'assistant', content: null, audio: { id: 'audio_1', transcript: 'Good day.' } };
  expect(await read(spoken)).toEqual([{ role: 'assistant', parts: [text('Good day.')] }]);
  await expect(read({ role: 'assistant', content: null, audio: { id: 'audio_1' } })).rejects.toThrow(
    code('unsupported_value', 'messages.0.audio'),
  );
});

test('a file’s bytes decide what it is: text, a picture or a recording', async () => {
  const wav = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEfmt '), Buffer.alloc(64)]);
  const [notes, json, picture, recording, mp3] = await read(
    file('Grüße, 世界', { filename: 'notes.txt' }),
    file('{"a":1}'),
    file(tinyPng(2, 2)),
    file(wav, { filename: 'a.bin' }),
    file(Buffer.from([0xff, 0xfb, 0x90, 0x00, ...new Uint8Array(64)])),
  );
  expect(notes?.parts).toEqual([text('notes.txt:\nGrüße, 世界')]);
  expect(json?.parts).toEqual([text('{"a":1}')]);
  expect(picture?.parts).toMatchObject([{ kind: 'image', mediaType: 'image/png' }]);
  expect(recording?.parts).toMatchObject([{ kind: 'audio' }]);
  expect(mp3?.parts).toMatchObject([{ kind: 'audio' }]);
});

test('a tool answers with a picture', async () => {
  const url = `data:image/png;base64,${tinyPng(2, 2).toString('base64')}`;
  const [, , shown] = await read(
    { role: 'user', content: 'Look.' },
    { role: 'assistant', content: null, tool_calls: [call('call_1', 'screenshot', '{}')] },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'image_url', image_url: { url } }] },
  );
  expect(shown).toMatchObject({ role: 'tool', toolCallId: 'call_1', parts: [{ kind: 'image' }] });
});

test('files that are not read are refused with what to do instead', async () => {
  await expect(read(file('%PDF-1.7\n…', { filename: 'a.pdf' }))).rejects.toThrow(/PDF .*send their text/);
  await expect(read(file(Buffer.from('PK\u0003\u0004\0\0')))).rejects.toThrow(
    code('unsupported_value', 'messages.0.content.0.file.file_data'),
  );
  await expect(read(file(Buffer.from([0xff, 0xfe, 0x41])))).rejects.toThrow(
    code('unsupported_value', 'messages.0.content.0.file.file_data'),
  );
  await expect(read({ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] })).rejects.toThrow(
    code('unsupported_value', 'messages.0.content.0.file.file_id'),
  );
  await expect(read({ role: 'user', content: [{ type: 'file', file: {} }] })).rejects.toThrow(
    code('invalid_request', 'messages.0.content.0.file.file_data'),
  );
  await expect(read(file('', { file_data: 'data:text/plain;base64,' }))).rejects.toThrow(
    code('empty_media', 'messages.0.content.0.file.file_data'),
  );
});
