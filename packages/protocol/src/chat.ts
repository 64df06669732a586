import { z } from 'zod';
import { ChatMessage } from './chat-message.ts';
import { ConcertOptions } from './concert-options.ts';
import { KeepAlive } from './demand.ts';
import { PlanReport } from './route.ts';

const flag = z.boolean().nullish();
const tokens = z.int().min(1).nullish();
const penalty = z.number().min(-2).max(2).nullish();

/** `POST /v1/chat/completions`. Unknown fields are ignored. */
export const ChatCompletionRequest = z
  .object({
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('The hub’s name or `auto`: decide and orchestrate. Another id: exactly that model.'),
    messages: z.array(ChatMessage).min(1),
    image: z.string().min(1).nullish().describe('A picture for the last user message: base64 or a data URI.'),
    audio: z
      .union([
        z.string().min(1).describe('Speech for the last user message: base64 or a data URI.'),
        z.object({ voice: z.unknown(), format: z.string() }).describe('OpenAI’s option for spoken answers.'),
      ])
      .nullish(),
    stream: flag,
    stream_options: z.object({ include_usage: flag }).nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().gt(0).max(1).nullish(),
    top_k: z.int().min(-1).nullish().describe('0 or -1 turns it off.'),
    min_p: z.number().min(0).max(1).nullish(),
    frequency_penalty: penalty,
    presence_penalty: penalty,
    repetition_penalty: z.number().gt(0).max(2).nullish(),
    seed: z.int().nullish(),
    max_tokens: tokens,
    max_completion_tokens: tokens,
    stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
    n: z.int().min(1).nullish(),
    enable_thinking: flag,
    return_reasoning: flag.describe('Return reasoning beside the answer, as `reasoning_content`.'),
    chat_template_kwargs: z.object({ enable_thinking: flag }).nullish(),
    concert: ConcertOptions.nullish(),
    keep_alive: KeepAlive.nullish(),
    user: z.string().nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    tools: z.array(z.record(z.string(), z.unknown())).nullish(),
    tool_choice: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
    functions: z.array(z.record(z.string(), z.unknown())).nullish(),
    response_format: z.object({ type: z.string() }).nullish(),
    logprobs: flag,
    top_logprobs: z.int().min(0).max(20).nullish(),
    logit_bias: z.record(z.string(), z.number()).nullish(),
    modalities: z.array(z.string()).nullish(),
  })
  .meta({ id: 'ChatCompletionRequest' });
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequest>;

/** Tokens read and written. */
export const Usage = z
  .object({
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    total_tokens: z.int(),
    prompt_tokens_details: z.object({ cached_tokens: z.int() }),
  })
  .meta({ id: 'Usage' });
export type Usage = z.infer<typeof Usage>;

const finishReason = z.enum(['stop', 'length']);
const planHolder = z.object({ plan: PlanReport }).optional().describe('Only when `concert.trace` was asked.');

/** The answer of `POST /v1/chat/completions`. */
export const ChatCompletion = z
  .object({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.object({
          role: z.literal('assistant'),
          content: z.string(),
          refusal: z.null(),
          reasoning_content: z.string().optional(),
          reasoning: z.string().optional().describe('The same as `reasoning_content`.'),
        }),
        logprobs: z.null(),
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
    choices: z
      .array(
        z.object({
          index: z.int(),
          delta: z.object({
            role: z.literal('assistant').optional(),
            content: z.string().optional(),
            reasoning_content: z.string().optional(),
            reasoning: z.string().optional(),
          }),
          logprobs: z.null(),
          finish_reason: finishReason.nullable(),
        }),
      )
      .describe('Empty on the last chunk, which carries `usage` when it was asked.'),
    usage: Usage.nullish(),
    concert: planHolder,
  })
  .meta({ id: 'ChatCompletionChunk' });
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunk>;
