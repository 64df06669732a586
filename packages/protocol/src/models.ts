import { z } from 'zod';

/** A name under which requests can be made. */
export const Model = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.string(),
    concert: z.object({
      task: z.string(),
      backing: z
        .string()
        .nullable()
        .describe('The weights that answer under this name; null when the name is those weights.'),
      state: z.string(),
      input: z.array(z.enum(['text', 'image', 'audio'])),
      languages: z.array(z.string()),
      voices: z.array(z.string()),
      licence: z.string(),
    }),
  })
  .meta({ id: 'Model' });
export type Model = z.infer<typeof Model>;

/** `GET /v1/models`. */
export const ModelList = z.object({ object: z.literal('list'), data: z.array(Model) }).meta({ id: 'ModelList' });
export type ModelList = z.infer<typeof ModelList>;
