import type { ChatMessage } from '@concert/protocol';
import type { InputMessage, InputPart, ToolCall } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { isAbsent } from './is-absent.ts';
import { type MediaContext, readPart } from './read-part.ts';

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

/**
 * The turns of a conversation, their media fetched and checked. Throws what is wrong with the media, and `invalid_request` for an
 * answer to a call that no earlier turn made.
 */
export async function readMessages(messages: readonly ChatMessage[], context: MediaContext): Promise<InputMessage[]> {
  const answered = answeredCalls(messages);
  return Promise.all(
    messages.map(async (message, at): Promise<InputMessage> => {
      const param = `messages.${at}`;
      switch (message.role) {
        case 'system':
        case 'developer':
          return { role: 'system', parts: textParts(message.content) };
        case 'user':
          return { role: 'user', parts: await mediaParts(message.content, param, context) };
        case 'assistant':
          return readAssistant(message, at);
        case 'tool': {
          const parts = await mediaParts(message.content, param, context);
          return { role: 'tool', parts, toolCallId: answered.get(at) ?? '' };
        }
        case 'function':
          return { role: 'tool', parts: textParts(message.content), toolCallId: answered.get(at) ?? '' };
        default:
          return message satisfies never;
      }
    }),
  );
}

/** The call that each turn of a tool answers, by the turn's place. The old form names no calls: it answers the last one. */
function answeredCalls(messages: readonly ChatMessage[]): ReadonlyMap<number, string> {
  const called = new Set<string>();
  const answered = new Map<number, string>();
  let lastFunction: string | null = null;
  for (const [at, message] of messages.entries()) {
    if (message.role === 'assistant') {
      for (const { id } of message.tool_calls ?? []) called.add(id);
      if (!isAbsent(message.function_call)) lastFunction = functionCallId(at);
    } else if (message.role === 'tool') {
      if (!called.has(message.tool_call_id)) {
        throw new GatewayError(
          'invalid_request',
          `messages with role 'tool' must answer a preceding message with 'tool_calls'; none of them has the id "${message.tool_call_id.slice(0, 100)}"`,
          { param: `messages.${at}.tool_call_id` },
        );
      }
      answered.set(at, message.tool_call_id);
    } else if (message.role === 'function') {
      if (lastFunction === null) {
        throw new GatewayError(
          'invalid_request',
          "messages with role 'function' must answer a preceding message with 'function_call'",
          { param: `messages.${at}.role` },
        );
      }
      answered.set(at, lastFunction);
    }
  }
  return answered;
}

function functionCallId(at: number): string {
  return `call_of_message_${at}`;
}

function readAssistant(message: AssistantMessage, at: number): InputMessage {
  const calls: ToolCall[] = (message.tool_calls ?? []).map((call) => ({ id: call.id, ...call.function }));
  if (!isAbsent(message.function_call)) calls.push({ id: functionCallId(at), ...message.function_call });
  const reasoning = message.reasoning_content ?? message.reasoning ?? '';
  return {
    role: 'assistant',
    parts: textParts(wordsOf(message, at)),
    ...(calls.length > 0 && { toolCalls: calls }),
    ...(reasoning !== '' && { reasoning }),
  };
}

/** What it said; of a spoken answer that is the transcript. */
function wordsOf({ content, refusal, audio }: AssistantMessage, at: number): AssistantMessage['content'] {
  const words = content ?? refusal ?? audio?.transcript;
  if (isAbsent(words) && !isAbsent(audio)) {
    throw new GatewayError(
      'unsupported_value',
      `messages.${at}.audio: spoken answers are not kept; send the message back whole, with audio.transcript`,
      { param: `messages.${at}.audio` },
    );
  }
  return words;
}

function textParts(content: AssistantMessage['content']): InputPart[] {
  if (isAbsent(content)) return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return content.map((part) => ({ kind: 'text', text: part.type === 'refusal' ? part.refusal : part.text }));
}

async function mediaParts(
  content: Extract<ChatMessage, { role: 'user' }>['content'],
  param: string,
  context: MediaContext,
): Promise<InputPart[]> {
  if (typeof content === 'string') return textParts(content);
  return Promise.all(content.map((part, at) => readPart(part, `${param}.content.${at}`, context)));
}
