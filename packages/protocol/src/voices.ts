import { z } from 'zod';

/** A name under which speech can be asked for. */
export const Voice = z
  .object({
    id: z.string().describe('What `voice` takes.'),
    object: z.literal('voice'),
    name: z.string().describe('For people.'),
    model: z.string().nullable().describe('The model that speaks; null where the text’s language decides.'),
    languages: z.array(z.string()).describe('ISO 639-1.'),
    stands_for: z
      .string()
      .nullable()
      .describe('The voice that is meant, or `auto`: the default voice of the text’s language. Null: itself.'),
  })
  .meta({ id: 'Voice' });
export type Voice = z.infer<typeof Voice>;

/** `GET /v1/audio/voices`. */
export const VoiceList = z.object({ object: z.literal('list'), voices: z.array(Voice) }).meta({ id: 'VoiceList' });
export type VoiceList = z.infer<typeof VoiceList>;
