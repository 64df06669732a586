import { z } from 'zod';
import { ResponseOutputItem } from './response-items.ts';
import { ResponseReasoning, ResponseTextFormat, ResponseTool, ResponseToolChoice } from './responses.ts';
import { PlanReport } from './route.ts';

/** Tokens read and written. */
const ResponseUsage = z.object({
  input_tokens: z.int(),
  input_tokens_details: z.object({ cached_tokens: z.int(), cache_write_tokens: z.int() }),
  output_tokens: z.int(),
  output_tokens_details: z.object({ reasoning_tokens: z.int() }),
  total_tokens: z.int(),
});

/** An answer with all that was asked for it. */
export const ResponseObject = z
  .object({
    id: z.string(),
    object: z.literal('response'),
    created_at: z.int().describe('Seconds since the epoch.'),
    completed_at: z.int().nullable(),
    status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
    background: z.boolean(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    incomplete_details: z.object({ reason: z.enum(['max_output_tokens', 'content_filter']) }).nullable(),
    instructions: z.string().nullable(),
    max_output_tokens: z.int().nullable(),
    metadata: z.record(z.string(), z.string()),
    model: z.string(),
    output: z.array(ResponseOutputItem),
    parallel_tool_calls: z.boolean(),
    previous_response_id: z.string().nullable(),
    prompt_cache_key: z.string().nullable(),
    reasoning: ResponseReasoning.pick({ effort: true, summary: true }),
    safety_identifier: z.string().nullable(),
    service_tier: z.literal('default'),
    store: z.boolean().describe('False where it was asked to be kept and could not be.'),
    temperature: z.number().nullable().describe('Null: the model’s own.'),
    text: z.object({ format: ResponseTextFormat, verbosity: z.enum(['low', 'medium', 'high']).nullable() }),
    tool_choice: ResponseToolChoice,
    tools: z.array(ResponseTool),
    top_logprobs: z.int(),
    top_p: z.number().nullable().describe('Null: the model’s own.'),
    truncation: z.literal('disabled'),
    usage: ResponseUsage.nullable(),
    user: z.string().nullable(),
    concert: z.object({ plan: PlanReport }).optional().describe('Only when `concert.trace` was asked.'),
  })
  .meta({ id: 'Response' });
export type ResponseObject = z.infer<typeof ResponseObject>;

/** What a deleted response leaves. */
export const DeletedResponse = z
  .object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) })
  .meta({ id: 'DeletedResponse' });
export type DeletedResponse = z.infer<typeof DeletedResponse>;
