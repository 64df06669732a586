import type { CountTokensRequest, MessagesRequest } from '@concert/protocol';
import { randomUUID } from 'node:crypto';
import type { AnswerFormat, ChatInput, InputMessage, Sampling, Thinking } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { refuseManyImages } from '../chat-input.ts';
import { isAbsent } from '../is-absent.ts';
import type { MediaContext } from '../read-part.ts';
import { readTools } from './read-tools.ts';
import { countImages, readTurns } from './read-turns.ts';

/** A request for a message in our own terms, its media fetched and checked. Throws what is wrong with it. */
export async function toMessageInput(wanted: MessagesRequest, context: MediaContext): Promise<ChatInput> {
  if (!isAbsent(wanted.thread)) {
    throw new GatewayError(
      'unsupported_value',
      'messages are not kept here; send the whole conversation, without thread',
      {
        param: 'thread',
      },
    );
  }
  return {
    ...(await toCountInput(wanted, context)),
    countOnly: false,
    sampling: samplingOf(wanted),
    maxTokens: wanted.max_tokens,
    stop: wanted.stop_sequences ?? [],
    trace: wanted.concert?.trace ?? false,
  };
}

/** The same for a request that only wants to know how long it is. */
export async function toCountInput(wanted: CountTokensRequest, context: MediaContext): Promise<ChatInput> {
  refuseManyImages(countImages(wanted.messages), context.limits.imagesPerRequest);
  const tools = readTools(wanted);
  const { messages, prefill } = await readTurns(wanted.messages, context);
  const thinking = thinkingOf(wanted);
  if (prefill !== '' && thinking.enabled === true) {
    throw new GatewayError(
      'invalid_request',
      'a model that thinks first cannot go on with a begun answer; leave out thinking, or the last message',
      { param: 'thinking' },
    );
  }
  return {
    id: `msg_${randomUUID().replaceAll('-', '')}`,
    model: wanted.model,
    messages: [...systemOf(wanted), ...messages],
    prompt: null,
    prefill,
    choices: 1,
    tools,
    format: formatOf(wanted),
    logprobs: null,
    speech: null,
    sampling: {},
    maxTokens: null,
    fitsContext: true,
    countOnly: true,
    stop: [],
    thinking,
    returnReasoning: thinking.enabled !== false,
    trace: false,
  };
}

function systemOf({ system }: CountTokensRequest): InputMessage[] {
  const texts = typeof system === 'string' ? [system] : (system ?? []).map((block) => block.text);
  const parts = texts.filter((text) => text !== '').map((text) => ({ kind: 'text' as const, text }));
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

/** Nobody who did not ask for thinking expects blocks of it, or to wait for it. */
function thinkingOf({ thinking }: CountTokensRequest): Thinking {
  switch (thinking?.type) {
    case undefined:
    case 'disabled':
      return { enabled: false, budgetTokens: null };
    case 'adaptive':
      return { enabled: null, budgetTokens: null };
    case 'enabled':
      return { enabled: true, budgetTokens: thinking.budget_tokens };
  }
}

function formatOf({ output_config: config }: CountTokensRequest): AnswerFormat {
  return isAbsent(config?.format) ? { kind: 'text' } : { kind: 'json-schema', schema: config.format.schema };
}

function samplingOf(wanted: MessagesRequest): Partial<Sampling> {
  return {
    ...(!isAbsent(wanted.temperature) && { temperature: wanted.temperature }),
    ...(!isAbsent(wanted.top_p) && { topP: wanted.top_p }),
    ...(!isAbsent(wanted.top_k) && { topK: Math.max(0, wanted.top_k) }),
  };
}
