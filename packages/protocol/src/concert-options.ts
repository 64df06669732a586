import { z } from 'zod';
import { Priority } from './demand.ts';

/** What this server takes beyond OpenAI's fields. */
export const ConcertOptions = z
  .object({
    trace: z.boolean().nullish().describe('Return the plan of a chat as `concert.plan`.'),
    priority: Priority.nullish().describe('Who goes first when several requests wait for a model.'),
    session: z.string().max(200).nullish().describe('The conversation that this belongs to.'),
  })
  .meta({ id: 'ConcertOptions' });
