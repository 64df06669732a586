import type { ChatCompletionRequest, ChatMessage, ContentPart } from '@concert/protocol';
import { randomUUID } from 'node:crypto';
import { checkAudio, checkImage } from '../pipeline/media/check-media.ts';
import { decodeBase64 } from '../pipeline/media/decode-base64.ts';
import { type FetchMedia, readMedia } from '../pipeline/media/read-media.ts';
import type { ChatInput, InputMessage, InputPart, Sampling } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import type { RequestLimits } from './app-deps.ts';
import { isAbsent } from './is-absent.ts';

/** What turning a request into input needs. */
export interface MediaContext {
  readonly limits: RequestLimits;
  readonly fetchMedia: FetchMedia;
  readonly signal: AbortSignal;
}

/** A chat request in our own terms, its media fetched and checked. Throws what is wrong with them. */
export async function toChatInput(wanted: ChatCompletionRequest, context: MediaContext): Promise<ChatInput> {
  refuseManyImages(wanted, context.limits.imagesPerRequest);
  const messages = await Promise.all(
    wanted.messages.map((message, at) => toMessage(message, `messages.${at}`, context)),
  );
  return {
    id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
    model: wanted.model,
    messages: withTopLevelMedia(messages, await topLevelMedia(wanted, context)),
    sampling: toSampling(wanted),
    maxTokens: wanted.max_completion_tokens ?? wanted.max_tokens ?? null,
    stop: typeof wanted.stop === 'string' ? [wanted.stop] : (wanted.stop ?? []),
    enableThinking: wanted.enable_thinking ?? wanted.chat_template_kwargs?.enable_thinking ?? false,
    returnReasoning: wanted.return_reasoning ?? false,
    trace: wanted.concert?.trace ?? false,
  };
}

function refuseManyImages(wanted: ChatCompletionRequest, most: number): void {
  let count = isAbsent(wanted.image) ? 0 : 1;
  for (const { content } of wanted.messages) {
    if (typeof content === 'string' || isAbsent(content)) continue;
    count += content.filter((part) => part.type === 'image_url').length;
  }
  if (count > most)
    throw new GatewayError('too_large', `the request has ${count} pictures and at most ${most} are taken`, {
      param: 'messages',
    });
}

async function toMessage(message: ChatMessage, param: string, context: MediaContext): Promise<InputMessage> {
  const role = message.role === 'developer' ? 'system' : message.role;
  const { content } = message;
  if (isAbsent(content)) return { role, parts: [] };
  if (typeof content === 'string') return { role, parts: [{ kind: 'text', text: content }] };
  const parts = content.map(async (part, at): Promise<InputPart> => {
    if (part.type === 'refusal') return { kind: 'text', text: part.refusal };
    return toPart(part, `${param}.content.${at}`, context);
  });
  return { role, parts: await Promise.all(parts) };
}

async function toPart(part: ContentPart, param: string, context: MediaContext): Promise<InputPart> {
  switch (part.type) {
    case 'text':
      return { kind: 'text', text: part.text };
    case 'image_url':
      return readImage(part.image_url.url, `${param}.image_url.url`, context);
    case 'input_audio':
      return readAudio(part.input_audio.data, `${param}.input_audio.data`);
    case 'file':
      throw new GatewayError('unsupported_value', 'file parts are not supported', { param });
    default:
      return part satisfies never;
  }
}

/** A picture from base64, a data URI or an address, checked by its header. */
export async function readImage(
  text: string,
  param: string,
  context: MediaContext,
): Promise<Extract<InputPart, { kind: 'image' }>> {
  const bytes = await readMedia(text, { param, fetchMedia: context.fetchMedia, signal: context.signal });
  return checkImage(bytes, { param, maxPixels: context.limits.imagePixels });
}

function readAudio(text: string, param: string): InputPart {
  return checkAudio(decodeBase64(text, param), param);
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

function toSampling(wanted: ChatCompletionRequest): Partial<Sampling> {
  const asked = {
    temperature: wanted.temperature,
    topP: wanted.top_p,
    topK: isAbsent(wanted.top_k) ? null : Math.max(0, wanted.top_k),
    minP: wanted.min_p,
    frequencyPenalty: wanted.frequency_penalty,
    presencePenalty: wanted.presence_penalty,
    repeatPenalty: wanted.repetition_penalty,
    seed: wanted.seed,
  } satisfies Record<keyof Sampling, number | null | undefined>;
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => !isAbsent(value)));
}
