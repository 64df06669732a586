import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI, { APIError, BadRequestError, InternalServerError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../packages/server/src/config.ts';
import { createApp } from '../../packages/server/src/http/app.ts';
import { fakeDeps } from '../../packages/server/src/http/fake-deps.ts';
import { catalogueOf } from '../../packages/server/src/models/catalogue/catalogue.ts';
import type { ModelManager } from '../../packages/server/src/models/model-manager.ts';
import { testSpec } from '../../packages/server/src/models/test-spec.ts';
import { createAudioEncoder } from '../../packages/server/src/pipeline/audio-encode/create-audio-encoder.ts';
import { createServices } from '../../packages/server/src/services.ts';
import { systemClock } from '../../packages/server/src/shared/clock.ts';
import { fakeManager, stateOf } from './fake-models.ts';

const SENTENCES =
  'The weather is fine today. We walk along the river until it gets dark. Then everybody goes home and sleeps.';

let folder: string;
let models: ModelManager;
let client: OpenAI;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concert-audio-'));
  const voices = [{ id: 'joe', language: 'en', description: 'A man' }];
  models = fakeManager([
    testSpec({ id: 'writer', task: 'chat' }),
    testSpec({ id: 'mouth', task: 'tts', languages: ['en'], voices }),
    testSpec({ id: 'ears', task: 'asr', input: ['audio'] }),
  ]);
  const services = createServices({
    config: loadConfig({}, { CONCERT_HOME: folder }, folder),
    catalogue: catalogueOf([]),
    roles: { chat: 'writer', ocr: 'none', asr: 'ears', tts: { en: 'mouth' } },
    models,
    clock: systemClock,
    startedMs: 0,
  });
  const app = createApp({ ...fakeDeps(), ...services, createAudioEncoder });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
  close = () => app.close();
});
afterAll(async () => {
  await close();
  await models.close(0);
  await rm(folder, { recursive: true });
});

/** A request that tells the fake chat model what to say. */
function spoken(say: string, more: object = {}) {
  return {
    model: 'auto',
    messages: [{ role: 'user' as const, content: JSON.stringify({ say, delayMs: 3, ...more }) }],
    modalities: ['text' as const, 'audio' as const],
    audio: { voice: 'alloy', format: 'pcm16' as const },
  };
}

interface SpokenDelta {
  readonly audio?: {
    readonly id?: string;
    readonly transcript?: string;
    readonly data?: string;
    readonly expires_at?: number;
  };
}

function failureOf(asked: Promise<unknown>): Promise<APIError> {
  return asked.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error instanceof APIError ? error : Promise.reject(error as Error)),
  );
}

test('an unknown voice is refused before any model is loaded', async () => {
  const wrong = { ...spoken('Hi'), audio: { voice: 'nobody', format: 'wav' as const } };
  const error = await failureOf(client.chat.completions.create(wrong));
  expect(error).toBeInstanceOf(BadRequestError);
  expect(error).toMatchObject({ code: 'unsupported_value', param: 'audio.voice' });
  expect(stateOf(models, 'writer')).toBe('unloaded');
});

test('sound without a voice, a voice without sound and a format that is not written are refused', async () => {
  const { audio, modalities, ...plain } = spoken('Hi');
  expect(await failureOf(client.chat.completions.create({ ...plain, modalities }))).toMatchObject({
    status: 400,
    param: 'audio',
  });
  expect(await failureOf(client.chat.completions.create({ ...plain, audio }))).toMatchObject({
    status: 400,
    param: 'modalities',
  });
  const aac = { ...spoken('Hi'), audio: { voice: 'alloy', format: 'aac' as const } };
  expect(await failureOf(client.chat.completions.create(aac))).toMatchObject({ status: 400, param: 'audio.format' });
});

test('a streamed answer sounds while it is still being written', async () => {
  await models.preload(['mouth'], new AbortController().signal);
  const stream = await client.chat.completions.create({ ...spoken(SENTENCES, { delayMs: 60 }), stream: true });
  let transcript = '';
  let heardAt: number | null = null;
  const ids: string[] = [];
  const data: string[] = [];
  let expires = 0;
  let finish: string | null = null;
  for await (const chunk of stream) {
    const choice = chunk.choices[0];
    const { audio } = (choice?.delta ?? {}) as SpokenDelta;
    if (audio?.id !== undefined) ids.push(audio.id);
    if (audio?.data !== undefined) {
      data.push(audio.data);
      heardAt ??= transcript.length;
    }
    transcript += audio?.transcript ?? '';
    expires = audio?.expires_at ?? expires;
    finish = choice?.finish_reason ?? finish;
    expect(choice?.delta.content ?? '').toBe('');
  }
  expect(transcript).toBe(SENTENCES);
  expect(heardAt).toBeLessThan(SENTENCES.length);
  expect(ids).toHaveLength(1);
  expect(finish).toBe('stop');
  expect(expires * 1000).toBeGreaterThan(Date.now());
  // The fake voice gives each word a tenth of a second at 16 kHz; pcm16 is 24 kHz.
  const words = SENTENCES.split(' ').length;
  expect(Buffer.from(data.join(''), 'base64').length / 2 / 24_000).toBeCloseTo(words / 10, 1);
});

test('the official client’s stream helper puts a spoken answer together', async () => {
  const answer = await client.chat.completions.stream(spoken('Good morning. How are you?')).finalChatCompletion();
  const message = answer.choices[0]?.message;
  expect(message?.content).toBeNull();
  expect(message?.audio).toMatchObject({ transcript: 'Good morning. How are you?' });
  expect(Buffer.from(message?.audio?.data ?? '', 'base64').length).toBeGreaterThan(20_000);
});

test.each([
  ['wav', 'RIFF'],
  ['flac', 'fLaC'],
  ['opus', 'OggS'],
  ['mp3', '\xff'],
] as const)('an answer in one piece holds a %s file, and the next turn names it by its id', async (format, magic) => {
  const asked = { ...spoken('Good morning.'), audio: { voice: 'joe', format } };
  const { data: answer, response } = await client.chat.completions.create(asked).withResponse();
  const message = answer.choices[0]?.message;
  expect(message).toMatchObject({ content: null, audio: { transcript: 'Good morning.' } });
  expect(Buffer.from(message?.audio?.data ?? '', 'base64').toString('latin1')).toMatch(new RegExp(`^${magic}`));
  expect(response.headers.get('server-timing')).toMatch(/tts;dur=/);
  const again = await client.chat.completions.create({
    model: 'auto',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', audio: { id: message?.audio?.id ?? '' } },
      { role: 'user', content: 'And you?' },
    ],
  });
  expect(again.choices[0]?.message).toMatchObject({ content: 'And you?' });
  expect(again.choices[0]?.message).not.toHaveProperty('audio');
});

test('a spoken answer that is not known is refused by its place', async () => {
  const messages = [
    { role: 'user' as const, content: 'Hi' },
    { role: 'assistant' as const, audio: { id: 'audio_none' } },
    { role: 'user' as const, content: 'And you?' },
  ];
  const error = await failureOf(client.chat.completions.create({ model: 'auto', messages }));
  expect(error).toMatchObject({ status: 400, code: 'invalid_request', param: 'messages.1.audio.id' });
});

test('an answer of code alone is written and not said', async () => {
  const answer = await client.chat.completions.create(spoken('```js\nlet a = 1;\n```'));
  expect(answer.choices[0]?.message.content).toBe('```js\nlet a = 1;\n```');
  expect(answer.choices[0]?.message).not.toHaveProperty('audio');
});

test('the plan has the voice as a step', async () => {
  const answer = (await client.chat.completions.create({
    ...spoken('Good morning.'),
    ...({ concert: { trace: true } } as object),
  })) as { concert?: { plan: { steps: { step: string; detail?: string }[] } } };
  expect(answer.concert?.plan.steps.map(({ step }) => step)).toEqual(['chat', 'tts']);
  expect(answer.concert?.plan.steps[1]?.detail).toMatch(/^first sound at \d+ ms/);
});

test('the official client asks for the times of words, of segments and of both', async () => {
  const ask = {
    model: 'whisper-1',
    file: new File([JSON.stringify({ say: 'Try again', pad: 'x'.repeat(40) })], 'a.wav'),
    response_format: 'verbose_json' as const,
  };
  const words = await client.audio.transcriptions.create({ ...ask, timestamp_granularities: ['word'] });
  expect(words.words).toEqual([
    { word: 'Try', start: 0, end: 1 },
    { word: 'again', start: 1, end: 2 },
  ]);
  expect(words.segments).toBeUndefined();
  const both = await client.audio.transcriptions.create({ ...ask, timestamp_granularities: ['word', 'segment'] });
  expect([both.words?.length, both.segments?.length]).toEqual([2, 2]);
  const plain = await client.audio.transcriptions.create(ask);
  expect([plain.words, plain.segments?.length]).toEqual([undefined, 2]);
});

test('what a recording’s request asks and nothing uses is named in a header; log probabilities and speakers are refused', async () => {
  const ask = { model: 'whisper-1', file: new File(['x'.repeat(40)], 'a.wav') };
  const taken = { ...ask, prompt: 'ZyntriQix', temperature: 0.4, chunking_strategy: 'auto' as const };
  const { response } = await client.audio.transcriptions.create(taken).withResponse();
  expect(response.headers.get('x-concert-notice')).toBe('not used: prompt, temperature');
  const plain = await client.audio.transcriptions.create({ ...ask, temperature: 0 }).withResponse();
  expect(plain.response.headers.get('x-concert-notice')).toBeNull();
  const refused = async (more: object): Promise<unknown> =>
    (await failureOf(client.audio.transcriptions.create({ ...ask, ...more }))).param;
  expect(await refused({ include: ['logprobs'] })).toBe('include');
  expect(await refused({ response_format: 'diarized_json' })).toBe('response_format');
});

test('speech says in a header that instructions are not used', async () => {
  const ask = { model: 'tts-1', voice: 'alloy', input: 'Hello there.', response_format: 'flac' as const };
  const told = await client.audio.speech.create({ ...ask, instructions: 'Whisper.' });
  expect(told.headers.get('x-concert-notice')).toBe('not used: instructions');
  expect(Buffer.from(await told.arrayBuffer()).toString('latin1', 0, 4)).toBe('fLaC');
  expect((await client.audio.speech.create(ask)).headers.get('x-concert-notice')).toBeNull();
});

test('voices are listed, OpenAI’s names among them', async () => {
  const listed = await client.get('/audio/voices');
  const { voices } = listed as { voices: { id: string; name: string; stands_for: string | null }[] };
  expect(voices[0]).toEqual({
    id: 'joe',
    object: 'voice',
    name: 'A man',
    model: 'mouth',
    languages: ['en'],
    stands_for: null,
  });
  expect(voices.find(({ id }) => id === 'alloy')?.stands_for).toBe('auto');
});

test('endpoints of OpenAI’s that are not built say so, and clients do not ask again', async () => {
  const error = await failureOf(client.moderations.create({ input: 'Hi' }, { maxRetries: 2 }));
  expect(error).toBeInstanceOf(InternalServerError);
  expect(error).toMatchObject({ status: 501, code: 'not_implemented', type: 'invalid_request_error' });
  expect(error.headers?.get('x-should-retry')).toBe('false');
  expect(await failureOf(client.images.generate({ prompt: 'a cat' }))).toMatchObject({ status: 501 });
  expect(await failureOf(client.batches.retrieve('batch_1'))).toMatchObject({ status: 501 });
  expect(await failureOf(client.get('/nothing'))).toMatchObject({ status: 404 });
});
