import { z } from 'zod';
import { ConcertOptions } from './concert-options.ts';
import { KeepAlive } from './demand.ts';
import { ResponseInputItem } from './response-items.ts';

const flag = z.boolean().nullish();
const schema = z.record(z.string(), z.unknown());
const named = z.object({ type: z.literal('function'), name: z.string().min(1) });

/** A function that the model may ask its caller to run; tools of other types only exist at OpenAI's own service. */
export const ResponseTool = z
  .object({
    type: z.string().min(1).describe('`function`: the tools of OpenAI’s own service are refused by name.'),
    name: z
      .string()
      .regex(/^[\w.:/-]{1,128}$/, 'must be 1 to 128 letters, digits, underscores, dashes, dots, colons or slashes')
      .nullish(),
    description: z.string().nullish(),
    parameters: schema.nullish().describe('JSON Schema of an object; absent: no arguments.'),
    strict: flag.describe('Whether the arguments must follow the schema exactly; true by default, as at OpenAI.'),
  })
  .meta({ id: 'ResponseTool' });
export type ResponseTool = z.infer<typeof ResponseTool>;

/** Whether the model must, may or must not call a function, and which. */
export const ResponseToolChoice = z
  .union([
    z.enum(['auto', 'none', 'required']),
    z.discriminatedUnion('type', [
      named,
      z.object({
        type: z.literal('allowed_tools'),
        mode: z.enum(['auto', 'required']),
        tools: z.array(named).min(1),
      }),
    ]),
  ])
  .meta({ id: 'ResponseToolChoice' });
export type ResponseToolChoice = z.infer<typeof ResponseToolChoice>;

/** The form that the answer is held to. */
export const ResponseTextFormat = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }).describe('Any JSON object.'),
    z.object({
      type: z.literal('json_schema'),
      name: z.string().min(1).max(256),
      description: z.string().nullish(),
      schema: schema.describe('JSON Schema, draft 2020-12.'),
      strict: flag.describe('Taken and not used: an answer always follows the schema.'),
    }),
  ])
  .meta({ id: 'ResponseTextFormat' });
export type ResponseTextFormat = z.infer<typeof ResponseTextFormat>;

/** How much the model thinks before it answers. */
export const ResponseReasoning = z
  .object({
    effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
    summary: z
      .enum(['auto', 'concise', 'detailed'])
      .nullish()
      .describe('Tells the thoughts as summaries, as clients of OpenAI’s models expect; they are not shortened.'),
    generate_summary: z.enum(['auto', 'concise', 'detailed']).nullish().describe('The older name of `summary`.'),
  })
  .meta({ id: 'ResponseReasoning' });
export type ResponseReasoning = z.infer<typeof ResponseReasoning>;

const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'must have at most 16 pairs');

const asked = {
  model: z.string().min(1).default('auto').describe('As for chat completions.'),
  input: z.union([z.string(), z.array(ResponseInputItem)]).nullish(),
  instructions: z
    .string()
    .nullish()
    .describe('A system message for this answer alone: it is not carried over by `previous_response_id`.'),
  previous_response_id: z.string().min(1).nullish().describe('The response whose conversation goes on.'),
  text: z
    .object({
      format: ResponseTextFormat.nullish(),
      verbosity: z.enum(['low', 'medium', 'high']).nullish().describe('Taken and not used.'),
    })
    .nullish(),
  tools: z.array(ResponseTool).max(256).nullish(),
  tool_choice: ResponseToolChoice.nullish(),
  parallel_tool_calls: flag,
  reasoning: ResponseReasoning.nullish(),
  truncation: z
    .enum(['auto', 'disabled'])
    .nullish()
    .describe('`auto` is refused: nothing of a conversation is cut silently.'),
  conversation: z.unknown().optional().describe('Refused: `previous_response_id` goes on with a conversation.'),
};

/** `POST /v1/responses`. Unknown fields are ignored. */
export const ResponsesRequest = z
  .object({
    ...asked,
    max_output_tokens: z.int().min(1).nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().gt(0).max(1).nullish(),
    top_logprobs: z.int().min(0).max(20).nullish(),
    include: z
      .array(z.string())
      .nullish()
      .describe('`message.output_text.logprobs` returns log probabilities; the others have nothing to add.'),
    store: flag.describe('Whether the response is kept to be gone on with and retrieved; true by default.'),
    background: flag.describe('Answer at once and go on by itself; it is polled by its id.'),
    stream: flag,
    stream_options: z.object({ include_obfuscation: flag }).nullish(),
    metadata: Metadata.nullish(),
    prompt: z.unknown().optional().describe('Refused: prompt templates only exist at OpenAI’s own service.'),
    service_tier: z.string().nullish(),
    max_tool_calls: z.int().min(1).nullish().describe('Taken and not used: it bounds tools of OpenAI’s own service.'),
    safety_identifier: z.string().nullish(),
    prompt_cache_key: z.string().nullish(),
    user: z.string().nullish(),
    concert: ConcertOptions.nullish(),
    keep_alive: KeepAlive.nullish(),
  })
  .meta({ id: 'ResponsesRequest' });
export type ResponsesRequest = z.infer<typeof ResponsesRequest>;

/** `POST /v1/responses/input_tokens`. Unknown fields are ignored. */
export const InputTokensRequest = z.object(asked).meta({ id: 'InputTokensRequest' });
export type InputTokensRequest = z.infer<typeof InputTokensRequest>;

/** How many tokens a request would read. */
export const InputTokensAnswer = z
  .object({ object: z.literal('response.input_tokens'), input_tokens: z.int() })
  .meta({ id: 'InputTokensAnswer' });
export type InputTokensAnswer = z.infer<typeof InputTokensAnswer>;

const queryFlag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');

/** The query of `GET /v1/responses/{id}`. */
export const RetrieveResponseQuery = z
  .object({
    stream: queryFlag.optional().describe('Tell it as events: those of a background response as they come.'),
    starting_after: z.coerce.number().int().min(0).optional().describe('Only events after this `sequence_number`.'),
  })
  .meta({ id: 'RetrieveResponseQuery' });
export type RetrieveResponseQuery = z.infer<typeof RetrieveResponseQuery>;

/** The query of `GET /v1/responses/{id}/input_items`. */
export const InputItemsQuery = z
  .object({
    limit: z.coerce.number().int().min(1).max(100).default(20),
    order: z.enum(['asc', 'desc']).default('desc'),
    after: z.string().optional().describe('The id of the item after which the list begins.'),
  })
  .meta({ id: 'InputItemsQuery' });
export type InputItemsQuery = z.infer<typeof InputItemsQuery>;
