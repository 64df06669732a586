import { z } from 'zod';

/** The body of every failure; all four keys are always there. */
export const ErrorBody = z
  .object({
    error: z.object({
      message: z.string().describe('A plain sentence that says what to do.'),
      type: z.string().describe('OpenAI’s class of error.'),
      param: z.string().nullable().describe('The field at fault, dotted: `messages.0.content`.'),
      code: z.string().describe('One of the codes in docs/errors.md.'),
    }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof ErrorBody>;
