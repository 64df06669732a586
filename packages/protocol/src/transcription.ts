import { z } from 'zod';
import { KeepAlive, Priority } from './demand.ts';

const formNumber = z.coerce.number();
const formFlag = z.enum(['true', 'false']).transform((value) => value === 'true');
const language = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/, 'must be a language code such as en or zh')
  .describe('ISO 639-1; detected when left out.');

const common = {
  model: z.string().min(1).default('auto'),
  prompt: z.string().optional().describe('Taken and not used: the words of the recording decide.'),
  response_format: z.enum(['json', 'text', 'srt', 'verbose_json', 'vtt']).default('json'),
  temperature: formNumber.pipe(z.number().min(0).max(1)).optional().describe('Taken and not used: decoding is greedy.'),
  keep_alive: KeepAlive.optional(),
  'concert[priority]': Priority.optional(),
  'concert[session]': z.string().max(200).optional().describe('The conversation that this belongs to.'),
};

/** The form fields of `POST /v1/audio/transcriptions`; the recording itself is the form's `file`. */
export const TranscriptionRequest = z
  .object({
    ...common,
    language: language.optional(),
    stream: formFlag.default(false),
    timestamp_granularities: z
      .array(z.enum(['segment', 'word']))
      .default([])
      .describe('Also under the key `timestamp_granularities[]`.'),
    include: z.array(z.string()).default([]).describe('Log probabilities are not told: `logprobs` is refused.'),
    chunking_strategy: z
      .string()
      .optional()
      .describe('Taken and not used: recordings are always cut where nobody speaks.'),
  })
  .meta({ id: 'TranscriptionRequest' });
export type TranscriptionRequest = z.infer<typeof TranscriptionRequest>;

/** The form fields of `POST /v1/audio/translations`. */
export const TranslationRequest = z.object(common).meta({ id: 'TranslationRequest' });
export type TranslationRequest = z.infer<typeof TranslationRequest>;

const DurationUsage = z.object({ type: z.literal('duration'), seconds: z.number() });

/** `response_format=json`. */
export const Transcription = z.object({ text: z.string(), usage: DurationUsage }).meta({ id: 'Transcription' });
export type Transcription = z.infer<typeof Transcription>;

/** `response_format=verbose_json`. */
export const VerboseTranscription = z
  .object({
    task: z.enum(['transcribe', 'translate']),
    language: z.string().describe('A name: `english`.'),
    duration: z.number(),
    text: z.string(),
    words: z
      .array(z.object({ word: z.string(), start: z.number(), end: z.number() }))
      .optional()
      .describe('Where `timestamp_granularities` has `word`.'),
    segments: z
      .array(
        z.object({
          id: z.int(),
          seek: z.int(),
          start: z.number(),
          end: z.number(),
          text: z.string(),
          tokens: z.array(z.int()).describe('Not given out: always empty.'),
          temperature: z.number(),
          avg_logprob: z.number().describe('Not measured: always 0.'),
          compression_ratio: z.number(),
          no_speech_prob: z.number().describe('Not measured: always 0.'),
        }),
      )
      .optional()
      .describe('Absent where only words were asked for.'),
    usage: DurationUsage,
  })
  .meta({ id: 'VerboseTranscription' });
export type VerboseTranscription = z.infer<typeof VerboseTranscription>;

/** One `data:` line of a streamed transcription. */
export const TranscriptionStreamEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('transcript.text.delta'), delta: z.string() }),
    z.object({ type: z.literal('transcript.text.done'), text: z.string(), usage: DurationUsage }),
  ])
  .meta({ id: 'TranscriptionStreamEvent' });
export type TranscriptionStreamEvent = z.infer<typeof TranscriptionStreamEvent>;
