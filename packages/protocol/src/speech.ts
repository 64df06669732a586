import { z } from 'zod';
import { ConcertOptions } from './concert-options.ts';
import { KeepAlive } from './demand.ts';

/** Longest text of one request, in UTF-16 units; OpenAI's bound. */
const MAX_INPUT = 4096;

/** `POST /v1/audio/speech`. */
export const SpeechRequest = z
  .object({
    model: z.string().min(1).default('auto'),
    input: z.string().min(1).max(MAX_INPUT),
    voice: z.union([z.string().min(1), z.object({ id: z.string().min(1) })]).default('alloy'),
    response_format: z.enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']).default('mp3'),
    speed: z.number().min(0.25).max(4).default(1),
    stream_format: z.enum(['audio', 'sse']).default('audio'),
    keep_alive: KeepAlive.nullish(),
    concert: ConcertOptions.nullish(),
    instructions: z.string().nullish().describe('Taken and not used: the voices have one manner.'),
  })
  .meta({ id: 'SpeechRequest' });
export type SpeechRequest = z.infer<typeof SpeechRequest>;

/** One `data:` line with `stream_format=sse`. */
export const SpeechStreamEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('speech.audio.delta'), audio: z.string().describe('Base64.') }),
    z.object({
      type: z.literal('speech.audio.done'),
      usage: z
        .object({ input_tokens: z.int(), output_tokens: z.int(), total_tokens: z.int() })
        .describe('Speech is not counted in tokens here: always 0.'),
    }),
  ])
  .meta({ id: 'SpeechStreamEvent' });
export type SpeechStreamEvent = z.infer<typeof SpeechStreamEvent>;
