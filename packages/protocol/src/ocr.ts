import { z } from 'zod';
import { ConcertOptions } from './concert-options.ts';
import { KeepAlive, Priority } from './demand.ts';

/** `POST /v1/ocr` as JSON; as a form the picture is the field `image` or `file`. */
export const OcrRequest = z
  .object({
    model: z.string().min(1).default('auto'),
    image: z.string().min(1).describe('Base64, a data URI, or an http or https address.'),
    keep_alive: KeepAlive.nullish(),
    concert: ConcertOptions.nullish(),
  })
  .meta({ id: 'OcrRequest' });
export type OcrRequest = z.infer<typeof OcrRequest>;

/** The fields beside the picture when it comes as a form. */
export const OcrForm = OcrRequest.pick({ model: true })
  .extend({
    keep_alive: KeepAlive.optional(),
    'concert[priority]': Priority.optional(),
    'concert[session]': z.string().max(200).optional(),
  })
  .meta({ id: 'OcrForm' });

/** What was read, in reading order; points in pixels from the top left. */
export const OcrAnswer = z
  .object({
    object: z.literal('ocr'),
    model: z.string(),
    text: z.string().describe('A line for each row of the page; cells that stand side by side are two spaces apart.'),
    width: z.int(),
    height: z.int(),
    rotation: z
      .union([z.literal(0), z.literal(180)])
      .describe('Degrees clockwise by which the page had to be turned to be read.'),
    lines: z.array(
      z.object({
        text: z.string(),
        confidence: z.number(),
        box: z.array(z.array(z.number()).length(2)).length(4),
      }),
    ),
  })
  .meta({ id: 'OcrAnswer' });
export type OcrAnswer = z.infer<typeof OcrAnswer>;
