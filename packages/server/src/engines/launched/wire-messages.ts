import { type ChatMessage, contentText, type ToolCall } from '../engine.ts';

/**
 * The turns as OpenAI's API says them. Pictures become data URIs in their place: an engine is never given a path or an address to read.
 */
export function wireMessages(messages: readonly ChatMessage[]): object[] {
  return messages.map((message) => {
    const { role, content, toolCalls = [], toolCallId, reasoning } = message;
    return {
      role,
      content: toolCalls.length > 0 && contentText(content) === '' ? null : wireContent(content),
      ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(wireCall) }),
      ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
      ...(reasoning !== undefined && { reasoning_content: reasoning }),
    };
  });
}

function wireContent(content: ChatMessage['content']): string | object[] {
  if (typeof content === 'string') return content;
  return content.map((part) =>
    part.kind === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: dataUri(part.mediaType, part.bytes) } },
  );
}

function wireCall({ id, name, arguments: given }: ToolCall): object {
  return { id, type: 'function', function: { name, arguments: asJson(given) } };
}

/** Engines read the arguments of earlier calls as JSON, and fail on what a model broke. */
function asJson(given: string): string {
  try {
    JSON.parse(given);
    return given;
  } catch {
    return given.trim() === '' ? '{}' : JSON.stringify({ arguments: given });
  }
}

function dataUri(mediaType: string, bytes: Uint8Array): string {
  return `data:${mediaType};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;
}
