import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RealServer, startRealServer, testHome } from './real-server.ts';
import { weightFile } from './weights.ts';

const beckett = weightFile('beckett.wav');
const ready = testHome() !== null && beckett !== null;
if (!ready) console.log('skipped: the whole chain on real weights (run npm test, which brings them)');

const picture = (name: string): string =>
  readFileSync(new URL(`../fixtures/images/${name}`, import.meta.url)).toString('base64');

interface Answer {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  readonly concert?: {
    readonly plan: { readonly route: string; readonly steps: readonly { step: string; duration_ms?: number }[] };
  };
}

describe.skipIf(!ready)('text, pictures and speech through one endpoint', () => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startRealServer();
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  async function post(path: string, body: object): Promise<Response> {
    return fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async function ask(
    content: unknown,
    extra: object = {},
  ): Promise<{ text: string; answer: Answer; response: Response }> {
    const messages = [{ role: 'user', content }];
    const request = { model: 'autoglm-phone-9b', temperature: 0, concert: { trace: true }, messages, ...extra };
    const response = await post('/v1/chat/completions', request);
    const answer = (await response.json()) as Answer;
    expect(response.status, JSON.stringify(answer)).toBe(200);
    return { text: answer.choices[0]?.message.content ?? '', answer, response };
  }

  async function speak(text: string): Promise<string> {
    const response = await post('/v1/audio/speech', {
      model: 'tts-1',
      voice: 'alloy',
      input: text,
      response_format: 'wav',
    });
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer()).toString('base64');
  }

  const steps = (answer: Answer): string[] => answer.concert?.plan.steps.map((step) => step.step) ?? [];

  test('a Chinese picture without words is read and explained in Chinese, streamed', async () => {
    const image = { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${picture('promotion.jpg')}` } };
    const response = await post('/v1/chat/completions', {
      model: 'autoglm-phone-9b',
      temperature: 0,
      stream: true,
      concert: { trace: true },
      messages: [{ role: 'user', content: [image] }],
    });
    const events = (await response.text()).split('\n\n').filter((event) => event.startsWith('data: {'));
    const chunks = events.map((event) => JSON.parse(event.slice('data: '.length)) as Record<string, never>);
    const text = chunks
      .map((chunk: { choices?: { delta?: { content?: string } }[] }) => chunk.choices?.[0]?.delta?.content ?? '')
      .join('');
    expect(text).toMatch(/优惠|折扣|减/);
    expect(text).toMatch(/300/);
    expect(chunks.length).toBeGreaterThan(5);
    expect(response.headers.get('x-concert-model')).toBe('qwen2.5-coder-1.5b-instruct-q4_k_m');
    const plan = chunks
      .map((chunk: { concert?: Answer['concert'] }) => chunk.concert?.plan)
      .find((found) => found !== undefined);
    expect(plan).toMatchObject({ route: 'OCR_SERVICE' });
    expect(plan?.steps.map((step) => step.step)).toEqual(['ocr', 'chat']);
  });

  test('a question about a picture is answered from its text', async () => {
    const url = `data:image/png;base64,${picture('receipt.png')}`;
    const { text, answer, response } = await ask([
      { type: 'text', text: '这张小票的合计金额是多少?' },
      { type: 'image_url', image_url: { url } },
    ]);
    expect(text).toContain('43.95');
    expect(steps(answer)).toEqual(['ocr', 'chat']);
    expect(response.headers.get('server-timing')).toMatch(/ocr.*chat/);
  });

  test('several pictures are told apart', async () => {
    const image = (name: string) => ({
      type: 'image_url',
      image_url: { url: `data:image/png;base64,${picture(name)}` },
    });
    const { answer, text } = await ask([
      { type: 'text', text: '第一张图片里的店叫什么名字?' },
      image('receipt.png'),
      image('settings.png'),
    ]);
    expect(steps(answer)).toEqual(['ocr', 'ocr', 'chat']);
    expect(text).toContain('幸福里');
  });

  test('recorded speech with a written question is answered from its transcript', async () => {
    const data = readFileSync(beckett ?? '').toString('base64');
    const { text, answer } = await ask([
      { type: 'text', text: 'What should one do after failing?' },
      { type: 'input_audio', input_audio: { data, format: 'wav' } },
    ]);
    expect(text.toLowerCase()).toMatch(/try again|fail better|fail again/);
    expect(steps(answer)).toEqual(['asr', 'chat']);
  });

  test('a spoken Chinese question is answered in Chinese', async () => {
    const { text } = await ask([
      { type: 'input_audio', input_audio: { data: await speak('中国的首都是哪个城市？'), format: 'wav' } },
    ]);
    expect(text).toContain('北京');
  });

  test("the articles' own fields carry a picture and speech beside the words", async () => {
    const audio = `data:audio/wav;base64,${await speak('请问一共多少钱？')}`;
    const { text, answer } = await ask('看着小票回答录音里的问题。', { image: picture('receipt.png'), audio });
    expect(steps(answer).toSorted()).toEqual(['asr', 'chat', 'ocr']);
    expect(text).toContain('43.95');
  });

  test('a plan can be asked for without being run', async () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${picture('settings.png')}` } };
    const planned = await post('/v1/route', { model: 'auto', messages: [{ role: 'user', content: [image] }] });
    expect(await planned.json()).toMatchObject({ route: 'OCR_SERVICE', steps: ['ocr', 'chat'] });
  });

  test('the pages for machines answer', async () => {
    const health = await fetch(`${server.url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'ok' });
    const openapi = (await (await fetch(`${server.url}/openapi.json`)).json()) as { openapi: string; paths: object };
    expect(openapi.openapi).toMatch(/^3\.1/);
    expect(Object.keys(openapi.paths)).toEqual(
      expect.arrayContaining(['/v1/chat/completions', '/v1/audio/speech', '/v1/ocr']),
    );
    const read = await post('/v1/ocr', { image: picture('promotion.jpg') });
    expect(((await read.json()) as { text: string }).text).toContain('满300减50');
  });
});
