/** The Vercel AI SDK: `npm install ai @ai-sdk/openai zod`, then `node ai-sdk.mjs`. */
import { createOpenAI } from '@ai-sdk/openai';
import {
  experimental_generateSpeech as generateSpeech,
  experimental_transcribe as transcribe,
  generateObject,
  generateText,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
import { z } from 'zod';

const concert = createOpenAI({ baseURL: `${process.env.CONCERT_URL ?? 'http://localhost:8000'}/v1`, apiKey: 'EMPTY' });
const model = concert.chat('autoglm-phone-9b');

console.log('— streamed');
const { textStream } = streamText({ model, prompt: 'Name three rivers, one per line.', maxOutputTokens: 60 });
for await (const text of textStream) process.stdout.write(text);
console.log();

console.log('— an object');
const { object } = await generateObject({
  model,
  schema: z.object({ name: z.string(), age: z.number().int() }),
  prompt: 'Extract the person: Ada Lovelace was 36 years old.',
  maxOutputTokens: 80,
});
console.log(object);

console.log('— a loop with a tool');
const { text, steps } = await generateText({
  model,
  temperature: 0,
  maxOutputTokens: 120,
  stopWhen: stepCountIs(3),
  prompt: 'What is the weather in Paris? Use the tool.',
  tools: {
    get_weather: tool({
      description: 'The weather of a city now.',
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => `${city}: 21 degrees, light rain`,
    }),
  },
});
console.log(
  steps.flatMap(({ toolCalls }) => toolCalls.map(({ toolName, input }) => ({ toolName, input }))),
  text,
);

console.log('— speech, and back');
const { audio } = await generateSpeech({
  model: concert.speech('tts-1'),
  voice: 'alloy',
  outputFormat: 'wav',
  text: 'Hello from Concert.',
});
const heard = await transcribe({ model: concert.transcription('whisper-1'), audio: audio.uint8Array });
console.log(heard.text);
