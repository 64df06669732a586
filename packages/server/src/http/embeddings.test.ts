import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import { type FakeDeps, fakeDeps } from './fake-deps.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: {
    readonly data?: { object: string; index: number; embedding: number[] | string }[];
    readonly error?: { code: string; param: string | null; message: string };
  } & Record<string, unknown>;
}

async function post(body: unknown, deps: FakeDeps = fakeDeps()): Promise<Answer> {
  const app = createApp(deps);
  try {
    const reply = await app.inject({ method: 'POST', url: '/v1/embeddings', payload: body as object });
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
  } finally {
    await app.close();
  }
}

async function textsSeen(input: unknown): Promise<readonly string[] | undefined> {
  const deps = fakeDeps({ limits: { bodyBytes: 32 * 1024 * 1024, imagePixels: 1, imagesPerRequest: 1 } });
  expect((await post({ model: 'm', input }, deps)).status).toBe(200);
  return deps.embeds[0]?.texts;
}

test('the answer has OpenAI’s shape and tells the weights', async () => {
  const { status, headers, body } = await post({ model: 'text-embedding-3-small', input: ['a', 'b'] });
  expect(status).toBe(200);
  expect(headers).toMatchObject({ 'x-concert-model': 'compass' });
  expect(headers['server-timing']).toContain('embed;');
  expect(body).toMatchObject({
    object: 'list',
    model: 'text-embedding-3-small',
    usage: { prompt_tokens: 5, total_tokens: 5 },
  });
  expect(body.data?.map(({ object, index }) => ({ object, index }))).toEqual([
    { object: 'embedding', index: 0 },
    { object: 'embedding', index: 1 },
  ]);
  expect(body.data?.[1]?.embedding).toHaveLength(3);
});

test('base64 holds the same numbers as little-endian floats', async () => {
  const floats = await post({ input: 'a', encoding_format: 'float' });
  const base64 = await post({ input: 'a', encoding_format: 'base64' });
  const bytes = Buffer.from(base64.body.data?.[0]?.embedding as string, 'base64');
  const numbers = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  expect(numbers).toEqual(floats.body.data?.[0]?.embedding);
});

test('input is a text, texts, or either in tokens of cl100k_base', async () => {
  const encoding = new Tiktoken(cl100k);
  const [hello, chinese] = ['Hello, world', '限时优惠 满300减50 😀'];
  expect(await textsSeen(hello)).toEqual([hello]);
  expect(await textsSeen([hello, chinese])).toEqual([hello, chinese]);
  expect(await textsSeen(encoding.encode(chinese))).toEqual([chinese]);
  expect(await textsSeen([encoding.encode(hello), encoding.encode(chinese)])).toEqual([hello, chinese]);
});

test('a full request of tokens is taken, though it has more values than other bodies may have', async () => {
  const [text] = (await textsSeen(Array.from({ length: 299_000 }, () => 264))) ?? [];
  expect(text).toHaveLength(2 * 299_000);
});

test('what the texts are is told by input_type, in the words of several services', async () => {
  const purposes = { query: 'query', search_query: 'query', document: 'document', passage: 'document' };
  for (const [type, purpose] of Object.entries({ ...purposes, search_document: 'document' })) {
    const deps = fakeDeps();
    await post({ input: 'a', input_type: type }, deps);
    expect(deps.embeds[0]?.purpose).toBe(purpose);
  }
  const deps = fakeDeps();
  await post({ input: 'a', input_type: null, dimensions: null, encoding_format: null, model: null, user: null }, deps);
  expect(deps.embeds[0]).toEqual({ model: 'auto', texts: ['a'], purpose: null, dimensions: null });
});

test.each([
  ['no input', {}, 'input'],
  ['null', { input: null }, 'input'],
  ['an empty text', { input: '' }, 'input'],
  ['no texts', { input: [] }, 'input'],
  ['an empty text among others', { input: ['a', ''] }, 'input.1'],
  ['no tokens', { input: [[]] }, 'input.0'],
  ['an object', { input: { text: 'a' } }, 'input'],
  ['an object among texts', { input: ['a', {}] }, 'input.1'],
  ['texts among tokens', { input: [1, 'a'] }, 'input.1'],
  ['a fraction as token', { input: [1.5] }, 'input.0'],
  ['a token that is none', { input: [100_256] }, 'input'],
  ['a negative token', { input: [[5], [-1]] }, 'input.1'],
  ['too many texts', { input: Array.from({ length: 2049 }, () => 'a') }, 'input'],
  ['no dimensions', { input: 'a', dimensions: 0 }, 'dimensions'],
  ['another format', { input: 'a', encoding_format: 'int8' }, 'encoding_format'],
  ['another kind', { input: 'a', input_type: 'poem' }, 'input_type'],
  ['a user that is no text', { input: 'a', user: 3 }, 'user'],
])('%s is refused, naming the place, before any model is asked', async (_, body, param) => {
  const deps = fakeDeps();
  const { status, body: answer } = await post(body, deps);
  expect(status).toBe(400);
  expect(answer.error?.param).toBe(param);
  expect(answer.error?.message).not.toBe('');
  expect(deps.calls).toEqual([]);
});

test('far too long an input is refused before it is counted', async () => {
  const limits = { bodyBytes: 32 * 1024 * 1024, imagePixels: 1, imagesPerRequest: 1 };
  const deps = fakeDeps({ limits });
  const { body } = await post({ input: ['x'.repeat(1_500_000), 'x'.repeat(600_000)] }, deps);
  expect(body.error?.code).toBe('context_length_exceeded');
  expect(deps.calls).toEqual([]);
});
