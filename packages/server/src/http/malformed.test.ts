import type { InjectOptions } from 'fastify';
import { expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../shared/errors.ts';
import { createApp } from './app.ts';
import { fakeDeps, tinyPng } from './fake-deps.ts';

interface Malformed {
  readonly what: string;
  readonly code: ErrorCode;
  readonly param?: string;
  readonly request: InjectOptions;
}

const CHAT = '/v1/chat/completions';
const HI = [{ role: 'user', content: 'Hi' }];
const BOUNDARY = 'frontier';
const picture = (bytes: Buffer): string => `data:image/png;base64,${bytes.toString('base64')}`;
const PNG = picture(tinyPng(4, 4));

const json = (url: string, payload: object): InjectOptions => ({ method: 'POST', url, payload });
const chat = (fields: object): InjectOptions => json(CHAT, { messages: HI, ...fields });
const said = (...parts: object[]): InjectOptions => chat({ messages: [{ role: 'user', content: parts }] });
const seen = (url: string): InjectOptions => said({ type: 'image_url', image_url: { url } });
const text = (payload: string | Buffer, type = 'application/json'): InjectOptions => ({
  method: 'POST',
  url: CHAT,
  payload,
  headers: { 'content-type': type },
});

function form(url: string, fields: Record<string, string>, file?: { name: string; bytes: Buffer }): InjectOptions {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${file?.name}"; filename="a.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const bytes = file === undefined ? [] : [Buffer.from(head), file.bytes, Buffer.from('\r\n')];
  const payload = Buffer.concat([Buffer.from(parts.join('')), ...bytes, Buffer.from(`--${BOUNDARY}--\r\n`)]);
  return { method: 'POST', url, payload, headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } };
}
const recording = { name: 'file', bytes: Buffer.alloc(100) };
const transcription = (fields: Record<string, string>, file = recording): InjectOptions =>
  form('/v1/audio/transcriptions', fields, file);
const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;

const MALFORMED: readonly Malformed[] = [
  { what: 'cut JSON', code: 'invalid_json', request: text('{"messages": [') },
  { what: 'an empty body', code: 'invalid_json', request: text('') },
  { what: 'JSON that is not UTF-8', code: 'invalid_json', request: text(Buffer.from([0x22, 0xff, 0xfe, 0x22])) },
  { what: '__proto__ as a key', code: 'invalid_json', request: text('{"messages":[],"__proto__":{"admin":true}}') },
  {
    what: 'constructor.prototype as keys',
    code: 'invalid_json',
    request: text('{"constructor":{"prototype":{"x":1}}}'),
  },
  { what: 'JSON nested 5000 deep', code: 'invalid_json', request: text(`{"messages":${deep}}`) },
  {
    what: 'an array of 200,000 values',
    code: 'invalid_json',
    request: text(`{"messages":[${'1,'.repeat(200_000)}1]}`),
  },
  { what: 'a JSON array as body', code: 'invalid_request', request: text('[]') },
  { what: 'a JSON null as body', code: 'invalid_request', request: text('null') },
  { what: 'plain text', code: 'unsupported_media_type', request: text('hello', 'text/plain') },
  { what: 'a broken content-type', code: 'unsupported_media_type', request: text('{}', '///') },
  { what: 'no body and no content-type', code: 'unsupported_media_type', request: { method: 'POST', url: CHAT } },
  { what: 'a form where JSON is taken', code: 'unsupported_media_type', request: form(CHAT, { model: 'auto' }) },
  {
    what: 'a compressed body',
    code: 'unsupported_media_type',
    request: { ...text('{}'), headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
  },
  { what: 'a body above the limit', code: 'too_large', request: chat({ user: 'x'.repeat(2 * 1024 * 1024) }) },
  { what: 'no messages', code: 'invalid_request', param: 'messages', request: json(CHAT, { model: 'auto' }) },
  { what: 'empty messages', code: 'invalid_request', param: 'messages', request: chat({ messages: [] }) },
  { what: 'messages as a string', code: 'invalid_request', param: 'messages', request: chat({ messages: 'Hi' }) },
  {
    what: 'a message that is a string',
    code: 'invalid_request',
    param: 'messages.0',
    request: chat({ messages: ['Hi'] }),
  },
  {
    what: 'an unknown role',
    code: 'unsupported_value',
    param: 'messages.0.role',
    request: chat({ messages: [{ role: 'robot', content: 'Hi' }] }),
  },
  {
    what: 'a message without role',
    code: 'invalid_request',
    param: 'messages.0.role',
    request: chat({ messages: [{ content: 'Hi' }] }),
  },
  {
    what: 'a number as content',
    code: 'invalid_request',
    param: 'messages.1.content',
    request: chat({ messages: [...HI, { role: 'user', content: 5 }] }),
  },
  {
    what: 'a user message without content',
    code: 'invalid_request',
    param: 'messages.0.content',
    request: chat({ messages: [{ role: 'user' }] }),
  },
  {
    what: 'an unknown part',
    code: 'unsupported_value',
    param: 'messages.0.content.0.type',
    request: said({ type: 'video_url' }),
  },
  {
    what: 'an image part without address',
    code: 'invalid_request',
    param: 'messages.0.content.1.image_url',
    request: said({ type: 'text', text: 'x' }, { type: 'image_url' }),
  },
  {
    what: 'an image in a system message',
    code: 'unsupported_value',
    param: 'messages.0.content.0.type',
    request: chat({ messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: PNG } }] }] }),
  },
  { what: 'a temperature of 3', code: 'invalid_request', param: 'temperature', request: chat({ temperature: 3 }) },
  {
    what: 'a temperature in quotes',
    code: 'invalid_request',
    param: 'temperature',
    request: chat({ temperature: '1' }),
  },
  { what: 'a top_p of 0', code: 'invalid_request', param: 'top_p', request: chat({ top_p: 0 }) },
  { what: 'negative max_tokens', code: 'invalid_request', param: 'max_tokens', request: chat({ max_tokens: -1 }) },
  {
    what: 'half a token',
    code: 'invalid_request',
    param: 'max_completion_tokens',
    request: chat({ max_completion_tokens: 1.5 }),
  },
  {
    what: 'five stop strings',
    code: 'invalid_request',
    param: 'stop',
    request: chat({ stop: ['a', 'b', 'c', 'd', 'e'] }),
  },
  { what: 'a stop string that is empty', code: 'invalid_request', param: 'stop', request: chat({ stop: '' }) },
  { what: 'stream as a string', code: 'invalid_request', param: 'stream', request: chat({ stream: 'yes' }) },
  { what: 'a seed with a fraction', code: 'invalid_request', param: 'seed', request: chat({ seed: 0.5 }) },
  {
    what: 'concert.trace as a number',
    code: 'invalid_request',
    param: 'concert.trace',
    request: chat({ concert: { trace: 1 } }),
  },
  { what: 'nine answers', code: 'invalid_request', param: 'n', request: chat({ n: 9 }) },
  {
    what: 'a tool without a function',
    code: 'invalid_request',
    param: 'tools.0.function',
    request: chat({ tools: [{ type: 'function' }], tool_choice: 'required' }),
  },
  {
    what: 'a choice among no tools',
    code: 'invalid_request',
    param: 'tool_choice',
    request: chat({ tool_choice: 'required' }),
  },
  {
    what: 'a result of a call that nobody made',
    code: 'invalid_request',
    param: 'messages.1.tool_call_id',
    request: chat({ messages: [...HI, { role: 'tool', tool_call_id: 'call_1', content: '5' }] }),
  },
  {
    what: 'a JSON schema that is not there',
    code: 'invalid_request',
    param: 'response_format.json_schema',
    request: chat({ response_format: { type: 'json_schema' } }),
  },
  {
    what: 'alternatives without log probabilities',
    code: 'invalid_request',
    param: 'top_logprobs',
    request: chat({ top_logprobs: 5 }),
  },
  {
    what: 'a bias for a word',
    code: 'invalid_request',
    param: 'logit_bias.no',
    request: chat({ logit_bias: { no: -100 } }),
  },
  {
    what: 'a spoken answer without a voice',
    code: 'invalid_request',
    param: 'audio',
    request: chat({ modalities: ['text', 'audio'] }),
  },
  {
    what: 'a PDF',
    code: 'unsupported_value',
    param: 'messages.0.content.0.file.file_data',
    request: said({ type: 'file', file: { file_data: Buffer.from('%PDF-1.7 …').toString('base64') } }),
  },
  {
    what: 'a local file as image',
    code: 'media_url_refused',
    param: 'messages.0.content.0.image_url.url',
    request: seen('file:///etc/passwd'),
  },
  {
    what: 'an ftp address as image',
    code: 'media_url_refused',
    param: 'messages.0.content.0.image_url.url',
    request: seen('ftp://example.org/a.png'),
  },
  {
    what: 'bad base64 as image',
    code: 'invalid_media',
    param: 'messages.0.content.0.image_url.url',
    request: seen('data:image/png;base64,@@@@'),
  },
  {
    what: 'a data URI without base64',
    code: 'invalid_media',
    param: 'image',
    request: chat({ image: 'data:image/png,abc' }),
  },
  {
    what: 'a GIF',
    code: 'invalid_media',
    param: 'image',
    request: chat({ image: Buffer.from('GIF89a..............').toString('base64') }),
  },
  {
    what: 'a cut PNG',
    code: 'invalid_media',
    param: 'image',
    request: chat({ image: picture(tinyPng(4, 4).subarray(0, 20)) }),
  },
  {
    what: 'a picture of no pixels',
    code: 'empty_media',
    param: 'image',
    request: chat({ image: picture(tinyPng(0, 4)) }),
  },
  {
    what: 'a data URI of no bytes',
    code: 'empty_media',
    param: 'image',
    request: chat({ image: 'data:image/png;base64,' }),
  },
  {
    what: 'a picture of 10^10 pixels',
    code: 'too_large',
    param: 'image',
    request: chat({ image: picture(tinyPng(100_000, 100_000)) }),
  },
  {
    what: 'four pictures where three are taken',
    code: 'too_large',
    param: 'messages',
    request: said(...Array.from({ length: 4 }, () => ({ type: 'image_url', image_url: { url: PNG } }))),
  },
  { what: 'audio of no samples', code: 'empty_media', param: 'audio', request: chat({ audio: 'AAAA' }) },
  {
    what: 'audio that is not base64',
    code: 'invalid_media',
    param: 'messages.0.content.0.input_audio.data',
    request: said({ type: 'input_audio', input_audio: { data: '~~~', format: 'wav' } }),
  },
  {
    what: 'a transcription as JSON',
    code: 'unsupported_media_type',
    request: json('/v1/audio/transcriptions', { model: 'auto' }),
  },
  {
    what: 'a transcription without file',
    code: 'invalid_request',
    param: 'file',
    request: form('/v1/audio/transcriptions', { model: 'auto' }),
  },
  {
    what: 'a recording of no bytes',
    code: 'empty_media',
    param: 'file',
    request: transcription({}, { name: 'file', bytes: Buffer.alloc(0) }),
  },
  {
    what: 'an unknown transcript format',
    code: 'unsupported_value',
    param: 'response_format',
    request: transcription({ response_format: 'diarized_json' }),
  },
  {
    what: 'times for words',
    code: 'unsupported_value',
    param: 'timestamp_granularities',
    request: transcription({ 'timestamp_granularities[]': 'word' }),
  },
  {
    what: 'a language that is none',
    code: 'invalid_request',
    param: 'language',
    request: transcription({ language: '??' }),
  },
  {
    what: 'a form without boundary',
    code: 'invalid_request',
    request: { ...form('/v1/audio/transcriptions', {}), headers: { 'content-type': 'multipart/form-data' } },
  },
  {
    what: 'a form that is cut off',
    code: 'invalid_request',
    request: {
      ...transcription({}),
      payload: `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc`,
    },
  },
  { what: 'a speech without text', code: 'invalid_request', param: 'input', request: json('/v1/audio/speech', {}) },
  {
    what: 'a speech of nothing',
    code: 'invalid_request',
    param: 'input',
    request: json('/v1/audio/speech', { input: '' }),
  },
  {
    what: 'a speech in an unknown format',
    code: 'unsupported_value',
    param: 'response_format',
    request: json('/v1/audio/speech', { input: 'a', response_format: 'ogg2' }),
  },
  {
    what: 'a speech at ten times the speed',
    code: 'invalid_request',
    param: 'speed',
    request: json('/v1/audio/speech', { input: 'a', speed: 10 }),
  },
  { what: 'a reading without picture', code: 'invalid_request', param: 'image', request: json('/v1/ocr', {}) },
  {
    what: 'a reading of a form without picture',
    code: 'invalid_request',
    param: 'image',
    request: form('/v1/ocr', { model: 'auto' }),
  },
  {
    what: 'a reading of something else',
    code: 'invalid_media',
    param: 'image',
    request: form('/v1/ocr', {}, { name: 'image', bytes: Buffer.from('<svg xmlns="…"/>') }),
  },
  { what: 'a plan for nothing', code: 'invalid_request', param: 'messages', request: json('/v1/route', {}) },
  {
    what: 'a model that is not there',
    code: 'model_not_found',
    param: 'model',
    request: { method: 'GET', url: '/v1/models/none' },
  },
  { what: 'an address that is not there', code: 'not_found', request: { method: 'GET', url: '/v1/nothing' } },
  {
    what: 'something posted where nothing is',
    code: 'not_found',
    request: { ...text('hello', 'text/plain'), url: '/nothing' },
  },
  {
    what: 'a method that is not taken',
    code: 'method_not_allowed',
    request: { method: 'DELETE', url: '/v1/models/hub' },
  },
  { what: 'a chat as GET', code: 'method_not_allowed', request: { method: 'GET', url: CHAT } },
  {
    what: 'an address with a broken escape',
    code: 'invalid_request',
    request: { method: 'GET', url: '/v1/models/%ff' },
  },
];

test('the table has at least fifty malformed requests', () => {
  expect(MALFORMED.length).toBeGreaterThanOrEqual(50);
});

test.each(MALFORMED)('$what is refused as $code', async ({ code, param, request }) => {
  const deps = fakeDeps();
  const answer = await createApp(deps).inject(request);
  const { error } = answer.json<{ error: Record<string, unknown> }>();
  expect({ code: error['code'], param: error['param'] }).toEqual({ code, param: param ?? null });
  expect(answer.statusCode).toBe(ERRORS[code].status);
  expect(answer.statusCode).toBeLessThan(500);
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(error['type']).toBe(ERRORS[code].type);
  expect(error['message']).toMatch(/\w{3,}/);
  expect(answer.headers['x-request-id']).toMatch(/^req_/);
  expect(deps.calls).toEqual([]);
});
