import { createReadStream } from 'node:fs';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wordErrorRate } from './error-rate.ts';
import { runPython, testPython } from './python.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';
import { weightFile } from './weights.ts';

const beckett = weightFile('beckett.wav');
const ready = testHome() !== null && testPython() !== null && beckett !== null;
if (!ready) console.log('skipped: official clients (run npm test, which brings weights and the Python clients)');

const FAIL_BETTER = 'Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.';

describe.skipIf(!ready)('programs written for OpenAI run unchanged', () => {
  let server: RealServer;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startRealServer();
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  test("the article's LangChain snippet is answered by AutoGLM-Phone-9B", async () => {
    expect(await runPython('snippet.py', server.url)).toContain('AutoGLM-Phone-9B');
  });

  test("the article's streaming loop gets its answer in many pieces", async () => {
    const printed = await runPython('snippet_stream.py', server.url);
    const pieces = printed.split('\n\n').filter((line) => line.startsWith('data: ') && line.length > 'data: '.length);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.map((piece) => piece.slice('data: '.length)).join('')).toMatch(/西湖|杭州/);
  });

  test('the official Python client', async () => {
    const seen = JSON.parse(await runPython('openai_client.py', server.url, [beckett ?? ''])) as Record<
      string,
      unknown
    >;
    expect(seen['models']).toContain('autoglm-phone-9b');
    expect(seen['model']).toBe('autoglm-phone-9b');
    expect(seen['chat']).toContain('Paris');
    expect(seen['finish']).toBe('stop');
    expect(seen['usage']).toBe(0);
    expect(seen['stream']).toMatch(/6\D+7\D+8\D+9\D+10/);
    expect(seen['stream_chunks']).toBeGreaterThan(4);
    expect(seen['stream_usage']).toBeGreaterThan(4);
    expect(wordErrorRate(FAIL_BETTER, String(seen['transcription']))).toBeLessThanOrEqual(0.1);
    expect(seen['verbose']).toMatchObject({ language: 'english' });
    expect(wordErrorRate('Hello from the concert hall.', String(seen['spoken']))).toBeLessThanOrEqual(0.2);
    expect(seen['not_found']).toBe('model_not_found');
    expect(seen['bad_request']).toBe('temperature');
  });

  test('the official Python client: tools, JSON, log probabilities, older forms, embeddings, sound, refusals, asyncio, realtime', async () => {
    const seen = JSON.parse(await runPython('openai_surface.py', server.url)) as Record<string, unknown>;
    expect(seen['tool']).toMatchObject({ name: 'get_weather', joined: true, finish: 'tool_calls' });
    expect(seen['tool']).toMatchObject({
      arguments: { city: expect.stringMatching(/Paris/) as string },
      answer: expect.stringMatching(/21|rain/) as string,
    });
    expect((seen['tool'] as { fragments: number }).fragments).toBeGreaterThan(1);
    expect(seen['parsed']).toMatchObject({ age: 36, profession: 'mathematician' });
    expect(seen).toMatchObject({ choices: [0, 1], seeded: true });
    const logprobs = seen['logprobs'] as { spelt: string; text: string; most: number };
    expect(logprobs).toMatchObject({ three_each: true, sorted: true });
    expect(logprobs.most).toBeLessThanOrEqual(0);
    expect(logprobs.spelt).toBe(logprobs.text);
    const completion = seen['completion'] as { text: string; tokens: string; streamed: string };
    expect(completion.text).toMatch(/four/);
    expect(completion.tokens).toBe(completion.text);
    expect(completion.streamed).toBe(completion.text);
    expect(seen['embeddings']).toEqual({ dimensions: [384, 64], forms_agree: true, nearer: true });
    const speech = seen['speech'] as Record<'transcript' | 'heard' | 'answered' | 'translated', string>;
    expect(wordErrorRate(speech.transcript, speech.heard)).toBeLessThanOrEqual(0.25);
    expect(speech.answered).toContain('Paris');
    expect(speech.translated).toMatch(/^1\n00:00:0[\s\S]*capital/);
    expect(seen['refused']).toEqual({
      moderation: [501, 'not_implemented', null],
      image: [501, 'not_implemented', null],
      long: [400, 'context_length_exceeded', 'messages'],
      empty: [400, 'invalid_request', 'messages'],
      tools: [400, 'invalid_request', 'tool_choice'],
    });
    expect(seen['at_once']).toEqual([
      expect.stringContaining('Paris'),
      expect.stringContaining('Rome'),
      expect.stringContaining('Tokyo'),
      'given up',
    ]);
    expect(seen['realtime']).toMatchObject({ first: 'session.created', last: 'response.done' });
    expect((seen['realtime'] as { text: string }).text).toContain('Tokyo');
  });

  test('the official Node client: chat, streamed and not', async () => {
    const question = { role: 'user' as const, content: 'What is the capital of Japan? One word.' };
    const whole = await client.chat.completions.create({
      model: 'autoglm-phone-9b',
      temperature: 0,
      messages: [question],
    });
    expect(whole.choices[0]?.message.content).toContain('Tokyo');
    const stream = await client.chat.completions.create({
      model: 'auto',
      temperature: 0,
      messages: [question],
      stream: true,
    });
    let text = '';
    let finish: string | null = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(finish).toBe('stop');
  });

  test('the official Node client: models say which weights stand behind the name', async () => {
    const models = await client.models.list();
    const hub = models.data.find((model) => model.id === 'autoglm-phone-9b') as
      { concert?: { backing?: string } } | undefined;
    expect(hub?.concert?.backing).toBe('qwen2.5-coder-1.5b-instruct-q4_k_m');
  });

  test('the official Node client: transcription, streamed and not', async () => {
    const whole = await client.audio.transcriptions.create({
      model: 'whisper-1',
      file: createReadStream(beckett ?? ''),
    });
    expect(wordErrorRate(FAIL_BETTER, whole.text)).toBeLessThanOrEqual(0.1);
    const stream = await client.audio.transcriptions.create({
      model: 'whisper-1',
      file: createReadStream(beckett ?? ''),
      stream: true,
    });
    const kinds: string[] = [];
    for await (const event of stream) kinds.push(event.type);
    expect(kinds).toContain('transcript.text.delta');
    expect(kinds.at(-1)).toBe('transcript.text.done');
  });

  test('the official Node client: Chinese speech is spoken in the formats asked for and understood again', async () => {
    for (const format of ['wav', 'mp3', 'opus'] as const) {
      const spoken = await client.audio.speech.create({
        model: 'tts-1',
        voice: 'alloy',
        input: '今天天气很好。',
        response_format: format,
      });
      const file = await toFile(await spoken.arrayBuffer(), `speech.${format === 'opus' ? 'ogg' : format}`);
      const heard = await client.audio.transcriptions.create({ model: 'whisper-1', file, language: 'zh' });
      expect(heard.text).toMatch(/天[气氣]/);
    }
  });
});
