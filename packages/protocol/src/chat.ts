import { z } from 'zod';
import { ChatMessage } from './chat-message.ts';
import { ChatFunction, ChatFunctionChoice, ChatTool, ChatToolChoice, ResponseFormat } from './chat-tools.ts';
import { ConcertOptions } from './concert-options.ts';
import { KeepAlive } from './demand.ts';

const flag = z.boolean().nullish();
const tokens = z.int().min(1).nullish();
const penalty = z.number().min(-2).max(2).nullish();
const ignoredText = z.string().nullish().describe('Taken and not used.');

/** More answers to one question are asked for one by one. */
const MOST_CHOICES = 8;

/** How long a model is to think before it answers. */
export const ReasoningEffort = z
  .enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'])
  .describe('`none` and `minimal`: at once. The others: so long that 512, 2048, 8192 or 32768 tokens are not exceeded.')
  .meta({ id: 'ReasoningEffort' });
export type ReasoningEffort = z.infer<typeof ReasoningEffort>;

/** How an answer is spoken: OpenAI's option `audio`. */
export const SpokenAnswer = z
  .object({
    voice: z.union([z.string().min(1), z.object({ id: z.string().min(1) })]),
    format: z.enum(['wav', 'aac', 'mp3', 'flac', 'opus', 'pcm16']),
    speed: z.number().min(0.25).max(4).nullish(),
  })
  .describe('OpenAI’s option for spoken answers, with `modalities: ["text","audio"]`.')
  .meta({ id: 'SpokenAnswer' });
export type SpokenAnswer = z.infer<typeof SpokenAnswer>;

/** `POST /v1/chat/completions`. Unknown fields are ignored. */
export const ChatCompletionRequest = z
  .object({
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('The hub’s name or `auto`: decide and orchestrate. Another id: exactly that model.'),
    messages: z.array(ChatMessage).min(1),
    continue_final_message: flag.describe('The answer goes on where the last message, an assistant’s, ends.'),
    image: z.string().min(1).nullish().describe('A picture for the last user message: base64 or a data URI.'),
    audio: z
      .union([z.string().min(1).describe('Speech for the last user message: base64 or a data URI.'), SpokenAnswer])
      .nullish(),
    modalities: z.array(z.enum(['text', 'audio'])).nullish(),
    stream: flag,
    stream_options: z.object({ include_usage: flag }).nullish(),
    n: z.int().min(1).max(MOST_CHOICES).nullish().describe('Answers to the same question.'),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().gt(0).max(1).nullish(),
    top_k: z.int().min(-1).nullish().describe('0 or -1 turns it off.'),
    min_p: z.number().min(0).max(1).nullish(),
    frequency_penalty: penalty,
    presence_penalty: penalty,
    repetition_penalty: z.number().gt(0).max(2).nullish(),
    logit_bias: z
      .record(
        z.string().regex(/^\d{1,9}$/, 'is no token: they are whole numbers from 0'),
        z.number().min(-100).max(100),
      )
      .nullish()
      .describe('By token of the model’s own vocabulary.'),
    seed: z.int().nullish().describe('The same seed, request and weights give the same text.'),
    max_tokens: tokens,
    max_completion_tokens: tokens,
    stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
    logprobs: flag,
    top_logprobs: z.int().min(0).max(20).nullish().describe('Only with `logprobs`.'),
    response_format: ResponseFormat.nullish(),
    tools: z.array(ChatTool).max(128).nullish(),
    tool_choice: ChatToolChoice.nullish(),
    parallel_tool_calls: flag,
    functions: z.array(ChatFunction).max(128).nullish().describe('The form before `tools`.'),
    function_call: ChatFunctionChoice.nullish().describe('The form before `tool_choice`.'),
    reasoning_effort: ReasoningEffort.nullish(),
    reasoning: z
      .object({
        effort: ReasoningEffort.nullish(),
        max_tokens: tokens,
        enabled: flag,
        exclude: flag.describe('Think, and keep the thoughts back.'),
      })
      .nullish(),
    enable_thinking: flag.describe('Whether the model thinks first; absent: as it does by itself.'),
    return_reasoning: flag.describe('Return reasoning beside the answer, as `reasoning_content`.'),
    chat_template_kwargs: z
      .record(z.string(), z.union([z.boolean(), z.string(), z.number(), z.null()]))
      .nullish()
      .describe('Variables of the model’s chat template.'),
    concert: ConcertOptions.nullish(),
    keep_alive: KeepAlive.nullish(),
    user: ignoredText,
    safety_identifier: ignoredText,
    prompt_cache_key: ignoredText,
    service_tier: ignoredText,
    verbosity: ignoredText,
    store: flag.describe('Taken and not used: chats are not kept.'),
    metadata: z.record(z.string(), z.string()).nullish().describe('Taken and not used.'),
    prediction: z.record(z.string(), z.unknown()).nullish().describe('Taken and not used.'),
  })
  .meta({ id: 'ChatCompletionRequest' });
export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequest>;
