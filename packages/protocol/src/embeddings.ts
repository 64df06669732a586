import { z } from 'zod';
import { ConcertOptions } from './concert-options.ts';
import { KeepAlive } from './demand.ts';

const tokens = { type: 'array', items: { type: 'integer', minimum: 0, maximum: 100_255 }, minItems: 1 } as const;
const text = { type: 'string', minLength: 1 } as const;

/** `POST /v1/embeddings`. */
export const EmbeddingRequest = z
  .object({
    model: z.string().min(1).nullish(),
    // Read by hand: a schema would complain of each of a hundred thousand tokens by itself.
    input: z.unknown().meta({
      description:
        'A text, texts (2048 at most), or the same as token numbers of OpenAI’s `cl100k_base`, as several clients send them.',
      anyOf: [
        text,
        { type: 'array', items: text, minItems: 1, maxItems: 2048 },
        tokens,
        { type: 'array', items: tokens, minItems: 1, maxItems: 2048 },
      ],
    }),
    encoding_format: z.enum(['float', 'base64']).nullish().describe('`float` by default.'),
    dimensions: z
      .int()
      .min(1)
      .nullish()
      .describe(
        'Keeps the first so many numbers of each vector and makes it of length 1 again; at most the model’s own.',
      ),
    input_type: z
      .enum(['query', 'document', 'passage', 'search_query', 'search_document'])
      .nullish()
      .describe(
        'What the texts are in a search. Without it they are treated as texts of one kind that are compared with each other.',
      ),
    user: z.string().nullish(),
    keep_alive: KeepAlive.nullish(),
    concert: ConcertOptions.nullish(),
  })
  .meta({ id: 'EmbeddingRequest' });
export type EmbeddingRequest = z.infer<typeof EmbeddingRequest>;

/** The vectors, in the order of the texts. */
export const EmbeddingList = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        object: z.literal('embedding'),
        index: z.int(),
        embedding: z
          .union([z.array(z.number()), z.string()])
          .describe('Numbers, or with `base64` their bytes as little-endian 32-bit floats.'),
      }),
    ),
    model: z.string(),
    usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
  })
  .meta({ id: 'EmbeddingList' });
export type EmbeddingList = z.infer<typeof EmbeddingList>;
