import type { InputTokensRequest, ResponsesRequest } from '@concert/protocol';
import type { AnswerFormat, ChatInput, Sampling, Thinking } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { refuseManyImages } from '../chat-input.ts';
import { effortOf } from '../chat-thinking.ts';
import { isAbsent } from '../is-absent.ts';
import type { MediaContext } from '../read-part.ts';
import { countImages, type PlacedItem, readItems } from './read-items.ts';
import { readTools } from './read-tools.ts';

const LOGPROBS = 'message.output_text.logprobs';

/** A request in our own terms, its media fetched and checked; `items` are the whole conversation. Throws what is wrong with them. */
export async function toResponseInput(
  wanted: ResponsesRequest,
  id: string,
  items: readonly PlacedItem[],
  context: MediaContext,
): Promise<ChatInput> {
  return {
    ...(await toCountInput(wanted, id, items, context)),
    countOnly: false,
    logprobs: toLogprobs(wanted),
    sampling: toSampling(wanted),
    maxTokens: wanted.max_output_tokens ?? null,
    trace: wanted.concert?.trace ?? false,
  };
}

/** The same for a request that only wants to know how long it is. */
export async function toCountInput(
  wanted: InputTokensRequest,
  id: string,
  items: readonly PlacedItem[],
  context: MediaContext,
): Promise<ChatInput> {
  const most = context.limits.imagesPerRequest;
  refuseManyImages(countImages(items), most);
  const tools = readTools(wanted);
  const messages = await readItems(items, context);
  // Files may be pictures too.
  refuseManyImages(messages.flatMap(({ parts }) => parts).filter(({ kind }) => kind === 'image').length, most);
  const { instructions } = wanted;
  return {
    id,
    model: wanted.model,
    messages: isAbsent(instructions)
      ? messages
      : [{ role: 'system', parts: [{ kind: 'text', text: instructions }] }, ...messages],
    prompt: null,
    prefill: '',
    choices: 1,
    tools,
    format: toFormat(wanted),
    logprobs: null,
    speech: null,
    sampling: {},
    maxTokens: null,
    fitsContext: true,
    countOnly: true,
    stop: [],
    thinking: toThinking(wanted),
    // A response has a place of their own for thoughts.
    returnReasoning: true,
    trace: false,
  };
}

/** Throws `unsupported_value` for what would change the answer and cannot be had: nothing is dropped silently. */
export function refuseUnsupported(
  wanted: Pick<ResponsesRequest, 'conversation' | 'truncation'> & { prompt?: unknown },
): void {
  const refuse = (param: string, sentence: string): never => {
    throw new GatewayError('unsupported_value', `${param}: ${sentence}`, { param });
  };
  if (!isAbsent(wanted.conversation))
    refuse('conversation', 'conversations are not kept as such; send previous_response_id to go on with a response');
  if (!isAbsent(wanted.prompt))
    refuse('prompt', "prompt templates only exist at OpenAI's own service; send instructions and input");
  if (wanted.truncation === 'auto')
    refuse('truncation', 'no part of a conversation is left out silently; leave truncation out, and send fewer items');
}

function toFormat({ text }: InputTokensRequest): AnswerFormat {
  const format = text?.format;
  if (isAbsent(format)) return { kind: 'text' };
  switch (format.type) {
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json-object' };
    case 'json_schema':
      return { kind: 'json-schema', schema: format.schema };
    default:
      return format satisfies never;
  }
}

function toThinking({ reasoning }: InputTokensRequest): Thinking {
  const effort = reasoning?.effort;
  return isAbsent(effort) ? { enabled: null, budgetTokens: null } : effortOf(effort);
}

function toLogprobs({ include, top_logprobs: alternatives }: ResponsesRequest): number | null {
  if (include?.includes(LOGPROBS) === true) return alternatives ?? 0;
  return (alternatives ?? 0) > 0 ? (alternatives ?? 0) : null;
}

function toSampling({ temperature, top_p: topP }: ResponsesRequest): Partial<Sampling> {
  return { ...(!isAbsent(temperature) && { temperature }), ...(!isAbsent(topP) && { topP }) };
}
