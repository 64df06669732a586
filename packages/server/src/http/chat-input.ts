import type { ChatCompletionRequest } from '@concert/protocol';
import { randomUUID } from 'node:crypto';
import type { AnswerVoice, ChatInput, InputMessage, InputPart, Sampling } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { readMessages } from './chat-messages.ts';
import { returnsReasoning, toThinking } from './chat-thinking.ts';
import { toAnswerFormat, toToolUse } from './chat-tools.ts';
import { isAbsent } from './is-absent.ts';
import { type MediaContext, readAudio, readImage } from './read-part.ts';

/**
 * A chat request in our own terms, its media fetched and checked. Throws what is wrong with them, and `invalid_request` for fields
 * that contradict each other; both before anything is fetched, where that can be told.
 */
export async function toChatInput(wanted: ChatCompletionRequest, context: MediaContext): Promise<ChatInput> {
  const most = context.limits.imagesPerRequest;
  refuseManyImages(imagesIn(wanted), most);
  const plain = {
    id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
    model: wanted.model,
    prompt: null,
    choices: wanted.n ?? 1,
    tools: toToolUse(wanted),
    format: toAnswerFormat(wanted.response_format),
    logprobs: toLogprobs(wanted),
    speech: toSpeech(wanted),
    sampling: toSampling(wanted),
    maxTokens: wanted.max_completion_tokens ?? wanted.max_tokens ?? null,
    stop: typeof wanted.stop === 'string' ? [wanted.stop] : (wanted.stop ?? []),
    thinking: toThinking(wanted),
    returnReasoning: returnsReasoning(wanted),
    templateOptions: withoutAbsent(wanted.chat_template_kwargs ?? {}),
    trace: wanted.concert?.trace ?? false,
  } satisfies Omit<ChatInput, 'messages' | 'prefill'>;
  const [messages, media] = await Promise.all([readMessages(wanted.messages, context), topLevelMedia(wanted, context)]);
  const all = withTopLevelMedia(messages, media);
  // Files may be pictures too.
  refuseManyImages(all.flatMap(({ parts }) => parts).filter(({ kind }) => kind === 'image').length, most);
  return { ...plain, ...(wanted.continue_final_message === true ? continued(all) : { messages: all, prefill: '' }) };
}

/** The last turn as the beginning of the answer. */
function continued(messages: readonly InputMessage[]): Pick<ChatInput, 'messages' | 'prefill'> {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || last.toolCalls !== undefined || messages.length < 2) {
    throw new GatewayError(
      'invalid_request',
      'continue_final_message needs a last message of an assistant that has words and no calls',
      { param: 'continue_final_message' },
    );
  }
  return { messages: messages.slice(0, -1), prefill: last.parts.map(textOf).join('') };
}

function textOf(part: InputPart): string {
  return part.kind === 'text' ? part.text : '';
}

function imagesIn(wanted: ChatCompletionRequest): number {
  let count = isAbsent(wanted.image) ? 0 : 1;
  for (const { role, content } of wanted.messages) {
    if ((role === 'user' || role === 'tool') && typeof content !== 'string')
      count += content.filter(({ type }) => type === 'image_url').length;
  }
  return count;
}

/** Throws `too_large` for more pictures than are taken. */
export function refuseManyImages(count: number, most: number): void {
  if (count <= most) return;
  throw new GatewayError('too_large', `the request has ${count} pictures and at most ${most} are taken`, {
    param: 'messages',
  });
}

async function topLevelMedia(wanted: ChatCompletionRequest, context: MediaContext): Promise<InputPart[]> {
  const parts: InputPart[] = [];
  if (!isAbsent(wanted.image)) parts.push(await readImage(wanted.image, 'image', context));
  if (typeof wanted.audio === 'string') parts.push(readAudio(wanted.audio, 'audio'));
  return parts;
}

/** Puts the top-level media before the words of the last user message, or makes a message of them. */
function withTopLevelMedia(messages: readonly InputMessage[], media: readonly InputPart[]): readonly InputMessage[] {
  if (media.length === 0) return messages;
  const last = messages.findLastIndex((message) => message.role === 'user');
  const found = messages[last];
  if (found === undefined) return [...messages, { role: 'user', parts: media }];
  return messages.with(last, { ...found, parts: [...media, ...found.parts] });
}

/** How many alternatives are told with each token; null: nothing. */
function toLogprobs(wanted: ChatCompletionRequest): number | null {
  const alternatives = wanted.top_logprobs ?? 0;
  if (wanted.logprobs === true) return alternatives;
  if (alternatives > 0) {
    throw new GatewayError('invalid_request', 'top_logprobs is only taken when logprobs is true; set logprobs too', {
      param: 'top_logprobs',
    });
  }
  return null;
}

/** How the answer is spoken; null: it is not. */
function toSpeech({ audio, modalities }: ChatCompletionRequest): AnswerVoice | null {
  const asked = typeof audio === 'object' ? audio : null;
  if (modalities?.includes('audio') !== true) {
    if (asked === null) return null;
    throw new GatewayError('invalid_request', 'audio names a voice; ask for it with modalities: ["text", "audio"]', {
      param: 'modalities',
    });
  }
  if (asked === null) {
    throw new GatewayError('invalid_request', 'a spoken answer needs audio with a voice and a format', {
      param: 'audio',
    });
  }
  const { voice, speed } = asked;
  return { voice: typeof voice === 'string' ? voice : voice.id, speed: speed ?? 1 };
}

type SamplingFields = Pick<
  ChatCompletionRequest,
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'min_p'
  | 'frequency_penalty'
  | 'presence_penalty'
  | 'repetition_penalty'
  | 'seed'
  | 'logit_bias'
>;

/** How tokens are chosen, as far as the caller says. Throws `invalid_request` for a bias of what is no token. */
export function toSampling(wanted: SamplingFields): Partial<Sampling> {
  const sampling: { [Key in keyof Sampling]-?: Sampling[Key] | null | undefined } = {
    temperature: wanted.temperature,
    topP: wanted.top_p,
    topK: isAbsent(wanted.top_k) ? null : Math.max(0, wanted.top_k),
    minP: wanted.min_p,
    frequencyPenalty: wanted.frequency_penalty,
    presencePenalty: wanted.presence_penalty,
    repeatPenalty: wanted.repetition_penalty,
    seed: wanted.seed,
    logitBias: toLogitBias(wanted.logit_bias),
  };
  return withoutAbsent(sampling);
}

function toLogitBias(bias: ChatCompletionRequest['logit_bias']): Sampling['logitBias'] | null {
  const entries = Object.entries(bias ?? {});
  return entries.length === 0 ? null : entries.map(([token, value]) => [Number(token), value]);
}

/** The fields that were set. */
function withoutAbsent<T extends object>(fields: T): { [Key in keyof T]: NonNullable<T[Key]> } {
  const set = Object.entries(fields).filter(([, value]) => !isAbsent(value));
  return Object.fromEntries(set) as { [Key in keyof T]: NonNullable<T[Key]> };
}
