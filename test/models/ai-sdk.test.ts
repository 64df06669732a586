import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  cosineSimilarity,
  embedMany,
  experimental_generateSpeech as generateSpeech,
  experimental_transcribe as transcribe,
  generateObject,
  generateText,
  stepCountIs,
  streamObject,
  streamText,
  tool,
} from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { wordErrorRate } from './error-rate.ts';
import { type RealServer, startRealServer, testHome } from './real-server.ts';

const ready = testHome() !== null;
if (!ready) console.log('skipped: the AI SDK on real weights (run npm test, which brings them)');

const MODEL = 'autoglm-phone-9b';
const Person = z.object({ name: z.string(), age: z.number().int(), profession: z.enum(['mathematician', 'painter']) });
const ABOUT_ADA = 'Extract the person: Ada Lovelace, a mathematician, was 36 years old.';

describe.skipIf(!ready)('the Vercel AI SDK on real weights', () => {
  let server: RealServer;
  let openai: ReturnType<typeof createOpenAI>;
  beforeAll(async () => {
    server = await startRealServer();
    openai = createOpenAI({ baseURL: `${server.url}/v1`, apiKey: 'EMPTY' });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  /** Chat completions, and responses, which the provider uses unless it is told otherwise. */
  const wires = [
    ['chat completions', () => openai.chat(MODEL)],
    ['responses', () => openai(MODEL)],
  ] as const;

  test.each(wires)('streamText over %s: pieces, a reason and usage', async (_wire, model) => {
    const result = streamText({
      model: model(),
      temperature: 0,
      maxOutputTokens: 60,
      prompt: 'Count from one to five in words.',
    });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join('').toLowerCase()).toMatch(/one[\s\S]*two[\s\S]*three[\s\S]*four[\s\S]*five/);
    expect(await result.finishReason).toBe('stop');
    const usage = await result.usage;
    expect(usage.inputTokens).toBeGreaterThan(5);
    expect(usage.totalTokens).toBe((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0));
  });

  test.each(wires)('generateObject and streamObject over %s: the schema holds', async (_wire, model) => {
    const asked = { model: model(), schema: Person, temperature: 0, maxOutputTokens: 120, prompt: ABOUT_ADA };
    const { object } = await generateObject(asked);
    expect(object).toMatchObject({ age: 36, profession: 'mathematician' });
    const streamed = streamObject(asked);
    let partial = 0;
    for await (const _ of streamed.partialObjectStream) partial++;
    expect(partial).toBeGreaterThan(2);
    expect(await streamed.object).toMatchObject({ age: 36 });
  });

  test.each(wires)('a tool loop over %s: called, run, and answered from', async (_wire, model) => {
    const asked: string[] = [];
    const { text, steps } = await generateText({
      model: model(),
      temperature: 0,
      maxOutputTokens: 120,
      stopWhen: stepCountIs(3),
      prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'auto' }),
      prompt: 'What is the weather in Paris?',
      tools: {
        get_weather: tool({
          description: 'The weather of a city now.',
          inputSchema: z.object({ city: z.string() }),
          execute: async ({ city }) => {
            asked.push(city);
            return '21 degrees, light rain';
          },
        }),
      },
    });
    expect(asked[0]).toMatch(/Paris/);
    expect(steps[0]?.finishReason).toBe('tool-calls');
    expect(text).toMatch(/21|rain/);
  });

  test('thoughts are reasoning for the openai-compatible provider, and not in the text', async () => {
    const concert = createOpenAICompatible({
      name: 'concert',
      baseURL: `${server.url}/v1`,
      transformRequestBody: (body) => ({ ...body, enable_thinking: true, return_reasoning: true }),
    });
    const result = streamText({
      model: concert(MODEL),
      temperature: 0,
      maxOutputTokens: 300,
      prompt: 'Which is larger, 9.11 or 9.9?',
    });
    expect(await result.reasoningText).toMatch(/\S/);
    expect(await result.text).toMatch(/\S/);
    expect(await result.text).not.toContain('think>');
  });

  test('generateSpeech and transcribe understand each other', async () => {
    const said = 'The train leaves at half past nine.';
    const { audio } = await generateSpeech({
      model: openai.speech('tts-1'),
      voice: 'alloy',
      outputFormat: 'wav',
      text: said,
    });
    const heard = await transcribe({
      model: openai.transcription('whisper-1'),
      audio: audio.uint8Array,
      providerOptions: { openai: { timestampGranularities: ['segment'] } },
    });
    expect(wordErrorRate(said, heard.text)).toBeLessThanOrEqual(0.2);
    expect(heard.language).toBe('en');
    expect(heard.durationInSeconds).toBeGreaterThan(1);
    expect(heard.segments.length).toBeGreaterThan(0);
  });

  test('embedMany brings like meanings together', async () => {
    const { embeddings, usage } = await embedMany({
      model: openai.embedding('text-embedding-3-small'),
      values: ['a red bicycle', 'ein rotes Fahrrad', 'the tax office'],
    });
    const [bicycle = [], fahrrad = [], office = []] = embeddings;
    expect(cosineSimilarity(bicycle, fahrrad)).toBeGreaterThan(cosineSimilarity(bicycle, office));
    expect(usage.tokens).toBeGreaterThan(3);
  });
});
