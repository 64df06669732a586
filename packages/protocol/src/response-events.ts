import { z } from 'zod';
import { ErrorBody } from './error.ts';
import { ResponseLogprob, ResponseOutputItem, ResponseOutputText } from './response-items.ts';
import { ResponseObject } from './response-object.ts';

const numbered = { sequence_number: z.int() };
const ofItem = { ...numbered, item_id: z.string(), output_index: z.int() };
const ofPart = { ...ofItem, content_index: z.int() };
const ofSummary = { ...ofItem, summary_index: z.int() };
const contentPart = z.discriminatedUnion('type', [
  ResponseOutputText,
  z.object({ type: z.literal('reasoning_text'), text: z.string() }),
]);
const summaryPart = z.object({ type: z.literal('summary_text'), text: z.string() });
const logprobs = z.array(ResponseLogprob);

/** An event that tells the whole response in a new state. */
const stated = <const T extends string>(type: T) =>
  z.object({ type: z.literal(type), ...numbered, response: ResponseObject });

/** The events of a streamed response, in OpenAI's names; `sequence_number` counts them from 0. */
export const ResponseStreamEvent = z
  .discriminatedUnion('type', [
    stated('response.created'),
    stated('response.queued'),
    stated('response.in_progress'),
    stated('response.completed'),
    stated('response.incomplete'),
    stated('response.failed'),
    z.object({
      type: z.literal('response.output_item.added'),
      ...numbered,
      output_index: z.int(),
      item: ResponseOutputItem,
    }),
    z.object({
      type: z.literal('response.output_item.done'),
      ...numbered,
      output_index: z.int(),
      item: ResponseOutputItem,
    }),
    z.object({ type: z.literal('response.content_part.added'), ...ofPart, part: contentPart }),
    z.object({ type: z.literal('response.content_part.done'), ...ofPart, part: contentPart }),
    z.object({ type: z.literal('response.output_text.delta'), ...ofPart, delta: z.string(), logprobs }),
    z.object({ type: z.literal('response.output_text.done'), ...ofPart, text: z.string(), logprobs }),
    z.object({ type: z.literal('response.reasoning_text.delta'), ...ofPart, delta: z.string() }),
    z.object({ type: z.literal('response.reasoning_text.done'), ...ofPart, text: z.string() }),
    z.object({ type: z.literal('response.reasoning_summary_part.added'), ...ofSummary, part: summaryPart }),
    z.object({ type: z.literal('response.reasoning_summary_part.done'), ...ofSummary, part: summaryPart }),
    z.object({ type: z.literal('response.reasoning_summary_text.delta'), ...ofSummary, delta: z.string() }),
    z.object({ type: z.literal('response.reasoning_summary_text.done'), ...ofSummary, text: z.string() }),
    z.object({ type: z.literal('response.function_call_arguments.delta'), ...ofItem, delta: z.string() }),
    z.object({
      type: z.literal('response.function_call_arguments.done'),
      ...ofItem,
      name: z.string(),
      arguments: z.string(),
    }),
    z
      .object({
        type: z.literal('error'),
        ...numbered,
        ...ErrorBody.shape.error.omit({ type: true }).shape,
        ...ErrorBody.shape,
      })
      .describe('The last event of a stream that failed; the error stands in it twice, as different clients read it.'),
  ])
  .meta({ id: 'ResponseStreamEvent' });
export type ResponseStreamEvent = z.infer<typeof ResponseStreamEvent>;
