import { z } from 'zod';
import { PlanReport } from './route.ts';

/** A piece of an answer. */
export const AnswerBlock = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
    z.object({ type: z.literal('text'), text: z.string(), citations: z.null() }),
    z.object({
      type: z.literal('tool_use'),
      id: z.string(),
      name: z.string(),
      input: z.record(z.string(), z.unknown()),
      caller: z.object({ type: z.literal('direct') }),
    }),
  ])
  .meta({ id: 'AnswerBlock' });
export type AnswerBlock = z.infer<typeof AnswerBlock>;

/** Tokens of a message: what was read anew, what was found in the cache, what was written. */
export const MessageUsage = z
  .object({
    input_tokens: z.int().describe('Without those found in the cache.'),
    cache_creation_input_tokens: z.int(),
    cache_read_input_tokens: z.int(),
    output_tokens: z.int(),
    output_tokens_details: z.object({ thinking_tokens: z.int() }),
    service_tier: z.literal('standard'),
  })
  .meta({ id: 'MessageUsage' });
export type MessageUsage = z.infer<typeof MessageUsage>;

const stopReason = z.enum(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'model_context_window_exceeded']);
/** Why an answer ended. */
export type MessageStopReason = z.infer<typeof stopReason>;

const concert = z.object({ plan: PlanReport }).optional().describe('Only when `concert.trace` was asked.');

/** The answer of `POST /v1/messages`. */
export const MessageAnswer = z
  .object({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    model: z.string(),
    content: z.array(AnswerBlock),
    stop_reason: stopReason.nullable().describe('Null only in `message_start`.'),
    stop_sequence: z.string().nullable().describe('The one of `stop_sequences` that ended the answer.'),
    stop_details: z.null(),
    container: z.null(),
    usage: MessageUsage,
    concert,
  })
  .meta({ id: 'Message' });
export type MessageAnswer = z.infer<typeof MessageAnswer>;

const index = z.int().min(0);

/** One event of a streamed message, under its own name (`event: message_start`); a failed one ends with `error`. */
export const MessageStreamEvent = z
  .discriminatedUnion('type', [
    z
      .object({ type: z.literal('message_start'), message: MessageAnswer })
      .describe('The message without its content. Its usage is not known yet and stands at 0.'),
    z.object({ type: z.literal('content_block_start'), index, content_block: AnswerBlock }),
    z.object({ type: z.literal('ping') }),
    z.object({
      type: z.literal('content_block_delta'),
      index,
      delta: z.discriminatedUnion('type', [
        z.object({ type: z.literal('text_delta'), text: z.string() }),
        z.object({ type: z.literal('thinking_delta'), thinking: z.string() }),
        z.object({ type: z.literal('signature_delta'), signature: z.string() }),
        z.object({ type: z.literal('input_json_delta'), partial_json: z.string() }),
      ]),
    }),
    z.object({ type: z.literal('content_block_stop'), index }),
    z.object({
      type: z.literal('message_delta'),
      delta: z.object({
        stop_reason: stopReason,
        stop_sequence: z.string().nullable(),
        stop_details: z.null(),
        container: z.null(),
      }),
      usage: MessageUsage.describe('Of the whole message.'),
      concert,
    }),
    z.object({ type: z.literal('message_stop') }),
  ])
  .meta({ id: 'MessageStreamEvent' });
export type MessageStreamEvent = z.infer<typeof MessageStreamEvent>;

/** The body of a failure under `/v1/messages`, and the data of a stream's `error` event. */
export const MessageError = z
  .object({
    type: z.literal('error'),
    error: z.object({
      type: z.string().describe('Anthropic’s class of error.'),
      message: z.string().describe('A plain sentence that says what to do.'),
      details: z.object({
        error_code: z
          .string()
          .describe(
            'One of the codes in docs/errors.md; for the field `thread` Anthropic’s own, `thread_unsupported_request`.',
          ),
        param: z.string().nullable().describe('The field at fault, dotted.'),
        unsupported: z.array(z.string()).optional().describe('With `thread_unsupported_request`: what asked for it.'),
      }),
    }),
    request_id: z.string(),
  })
  .meta({ id: 'MessageError' });
export type MessageError = z.infer<typeof MessageError>;

/** The answer of `POST /v1/messages/count_tokens`. */
export const CountTokensAnswer = z.object({ input_tokens: z.int() }).meta({ id: 'CountTokensAnswer' });
export type CountTokensAnswer = z.infer<typeof CountTokensAnswer>;
