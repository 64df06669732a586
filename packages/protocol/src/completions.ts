import { z } from 'zod';
import { ChatCompletionRequest } from './chat.ts';
import { Usage } from './chat-answer.ts';
import { PlanReport } from './route.ts';

const flag = z.boolean().nullish();
const MOST_PROMPTS = 128;
const tokens = z
  .array(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
  )
  .min(1);

/** Said and meant as in chat completions. */
const { shape: shared } = ChatCompletionRequest.pick({
  model: true,
  n: true,
  stop: true,
  stream: true,
  stream_options: true,
  temperature: true,
  top_p: true,
  top_k: true,
  min_p: true,
  frequency_penalty: true,
  presence_penalty: true,
  repetition_penalty: true,
  seed: true,
  logit_bias: true,
  user: true,
  concert: true,
  keep_alive: true,
});

/** `POST /v1/completions`, OpenAI's older form: text is continued as it is. Unknown fields are ignored. */
export const CompletionRequest = z
  .object({
    ...shared,
    prompt: z
      .union([
        z.string(),
        z.array(z.string()).min(1).max(MOST_PROMPTS),
        tokens,
        z.array(tokens).min(1).max(MOST_PROMPTS),
      ])
      .describe('A text, its tokens, or several of either; the model continues it without a template.'),
    suffix: z
      .string()
      .nullish()
      .describe('What follows the answer, which fills the gap; for models that were trained to do so.'),
    max_tokens: z.int().min(0).nullish().describe('16 by default. 0 with `echo` gives the prompt back.'),
    best_of: z.int().min(1).nullish().describe('Taken where it equals `n`.'),
    echo: flag.describe('Begin the text with the prompt, which must be a text.'),
    logprobs: z.int().min(0).max(5).nullish(),
  })
  .meta({ id: 'CompletionRequest' });
export type CompletionRequest = z.infer<typeof CompletionRequest>;

/** The tokens of a text with their probabilities; all lists have the same length. */
export const CompletionLogprobs = z
  .object({
    tokens: z.array(z.string()),
    token_logprobs: z.array(z.number()),
    top_logprobs: z.array(z.record(z.string(), z.number())).describe('Always with the token that was chosen.'),
    text_offset: z.array(z.int()).describe('Where each begins in `text`, in characters.'),
  })
  .meta({ id: 'CompletionLogprobs' });
export type CompletionLogprobs = z.infer<typeof CompletionLogprobs>;

const choice = {
  text: z.string(),
  index: z.int().describe('Choices of the first prompt come first.'),
  logprobs: CompletionLogprobs.nullable(),
};
const finishReason = z.enum(['stop', 'length']);

const concert = z
  .object({ plan: PlanReport })
  .optional()
  .describe('Only when `concert.trace` was asked: how the first prompt was answered.');
const answer = { id: z.string(), object: z.literal('text_completion'), created: z.int(), model: z.string() };

/** The answer of `POST /v1/completions`. */
export const Completion = z
  .object({
    ...answer,
    choices: z.array(z.object({ ...choice, finish_reason: finishReason })),
    usage: Usage,
    concert,
  })
  .meta({ id: 'Completion' });
export type Completion = z.infer<typeof Completion>;

/** One `data:` line of a streamed completion; `[DONE]` ends a complete one, an `Error` body a failed one. */
export const CompletionChunk = z
  .object({
    ...answer,
    choices: z
      .array(z.object({ ...choice, finish_reason: finishReason.nullable() }))
      .describe('Empty on the last chunk, which carries `usage` and `concert` when they were asked.'),
    usage: Usage.nullish(),
    concert,
  })
  .meta({ id: 'CompletionChunk' });
export type CompletionChunk = z.infer<typeof CompletionChunk>;
