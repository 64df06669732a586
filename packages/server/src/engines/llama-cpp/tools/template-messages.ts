import { type ChatMessage, contentText, type ToolCall } from '../../engine.ts';

/** How a template wants the arguments of earlier calls. */
export type ArgumentsForm = 'object' | 'text';

/** A turn as chat templates know it from the makers of models. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly object[];
  readonly tool_call_id?: string;
  /** Of a tool's turn: the function that was called. */
  readonly name?: string;
}

/** The turns for a template that writes calls and results itself. `guard` is put over what arguments hold once they are read as JSON. */
export function templateMessages(
  messages: readonly ChatMessage[],
  form: ArgumentsForm,
  guard: (value: unknown) => unknown,
): TemplateMessage[] {
  const called = new Map(
    messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name] as const)),
  );
  return messages.map(({ role, content, toolCalls = [], toolCallId, reasoning }) => {
    const name = toolCallId === undefined ? undefined : called.get(toolCallId);
    return {
      role,
      content: contentText(content),
      ...(reasoning !== undefined && { reasoning_content: reasoning }),
      ...(toolCalls.length > 0 && { tool_calls: toolCalls.map((call) => statedCall(call, form, guard)) }),
      ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
      ...(name !== undefined && { name }),
    };
  });
}

function statedCall(
  { id, name, arguments: given }: ToolCall,
  form: ArgumentsForm,
  guard: (value: unknown) => unknown,
): object {
  return { id, type: 'function', function: { name, arguments: form === 'text' ? given : guard(parsed(given)) } };
}

/** Arguments that are no JSON, which models write too, are shown as they are. */
function parsed(given: string): unknown {
  try {
    return JSON.parse(given.trim() === '' ? '{}' : given);
  } catch {
    return given;
  }
}
