import { z } from 'zod';
import { MessageToolCall } from './chat-message.ts';
import { PlanReport } from './route.ts';

/** Tokens read and written. */
export const Usage = z
  .object({
    prompt_tokens: z.int(),
    completion_tokens: z.int().describe('Of all choices together.'),
    total_tokens: z.int(),
    prompt_tokens_details: z.object({ cached_tokens: z.int() }),
    completion_tokens_details: z.object({ reasoning_tokens: z.int() }),
  })
  .meta({ id: 'Usage' });
export type Usage = z.infer<typeof Usage>;

const likelyToken = {
  token: z.string(),
  bytes: z.array(z.int()).describe('UTF-8; a token may be part of a character.'),
  logprob: z.number().describe('Natural logarithm of its probability; -9999 for the impossible.'),
};

/** What the model thought of the tokens that an answer is made of. */
export const ChatLogprobs = z
  .object({
    content: z.array(z.object({ ...likelyToken, top_logprobs: z.array(z.object(likelyToken)) })),
    refusal: z.null(),
  })
  .meta({ id: 'ChatLogprobs' });
export type ChatLogprobs = z.infer<typeof ChatLogprobs>;

const finishReason = z.enum(['stop', 'length', 'tool_calls', 'function_call']);
const planHolder = z.object({ plan: PlanReport }).optional().describe('Only when `concert.trace` was asked.');
const fingerprint = z.string().describe('Changes with the server’s version and the weights that answer.');
const functionCall = z.object({ name: z.string(), arguments: z.string() });

/** A spoken answer. */
export const AnswerAudio = z
  .object({
    id: z.string(),
    data: z.string().describe('Base64, in the format asked for.'),
    transcript: z.string(),
    expires_at: z.int().describe('Seconds since the epoch.'),
  })
  .meta({ id: 'AnswerAudio' });
export type AnswerAudio = z.infer<typeof AnswerAudio>;

/** The answer of `POST /v1/chat/completions`. */
export const ChatCompletion = z
  .object({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    system_fingerprint: fingerprint,
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.object({
          role: z.literal('assistant'),
          content: z.string().nullable().describe('Null where there are calls or sound and no words.'),
          refusal: z.null(),
          reasoning_content: z.string().optional(),
          reasoning: z.string().optional().describe('The same as `reasoning_content`.'),
          tool_calls: z.array(MessageToolCall.extend({ type: z.literal('function') })).optional(),
          function_call: functionCall.optional().describe('Where `functions` were sent.'),
          audio: AnswerAudio.optional(),
        }),
        logprobs: ChatLogprobs.nullable(),
        finish_reason: finishReason,
      }),
    ),
    usage: Usage,
    concert: planHolder,
  })
  .meta({ id: 'ChatCompletion' });
export type ChatCompletion = z.infer<typeof ChatCompletion>;

/** One `data:` line of a streamed answer; `[DONE]` ends a complete one, an `Error` body a failed one. */
export const ChatCompletionChunk = z
  .object({
    id: z.string(),
    object: z.literal('chat.completion.chunk'),
    created: z.int(),
    model: z.string(),
    system_fingerprint: fingerprint,
    choices: z
      .array(
        z.object({
          index: z.int(),
          delta: z.object({
            role: z.literal('assistant').optional(),
            content: z.string().optional(),
            reasoning_content: z.string().optional(),
            reasoning: z.string().optional(),
            tool_calls: z
              .array(
                z.object({
                  index: z.int(),
                  id: z.string().optional().describe('With the call’s first piece, as are `type` and `name`.'),
                  type: z.literal('function').optional(),
                  function: z.object({ name: z.string().optional(), arguments: z.string() }),
                }),
              )
              .optional(),
            function_call: z.object({ name: z.string().optional(), arguments: z.string() }).optional(),
            audio: AnswerAudio.partial().optional(),
          }),
          logprobs: ChatLogprobs.nullable(),
          finish_reason: finishReason.nullable(),
        }),
      )
      .describe('Empty on the last chunk, which carries `usage` when it was asked.'),
    usage: Usage.nullish(),
    concert: planHolder,
  })
  .meta({ id: 'ChatCompletionChunk' });
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunk>;
