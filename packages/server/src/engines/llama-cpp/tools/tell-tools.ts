import { type ChatMessage, contentText, type ToolCall, type ToolDefinition } from '../../engine.ts';
import { CALL_CLOSE, CALL_OPEN, RESULT_CLOSE, RESULT_OPEN } from './hermes.ts';

/** Without this small models call again instead of answering. */
const AFTER_RESULT = '\nThis is the result. Answer with it in words.';

/** A turn of a conversation in words alone. */
export interface PlainMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A function as OpenAI's API states it, which is how models have seen them. */
export function statedTool({ name, description, parameters }: ToolDefinition): object {
  return { type: 'function', function: { name, ...(description !== null && { description }), parameters } };
}

/**
 * A conversation with functions for a model whose chat template knows of none: the functions stand in the system message, calls and their
 * results in the turns, in the form that `hermes.ts` names.
 */
export function tellTools(messages: readonly ChatMessage[], tools: readonly ToolDefinition[]): PlainMessage[] {
  const told: PlainMessage[] = [];
  for (const message of messages) {
    const content = wordsOf(message);
    const last = told.at(-1);
    if (message.role === 'tool' && last?.role === 'user' && last.content.endsWith(AFTER_RESULT)) {
      const results = last.content.slice(0, -AFTER_RESULT.length);
      told[told.length - 1] = { role: 'user', content: `${results}\n${content}` };
    } else told.push({ role: message.role === 'tool' ? 'user' : message.role, content });
  }
  if (tools.length === 0) return told;
  const [first] = told;
  const stated = statement(tools);
  return first?.role === 'system'
    ? [{ role: 'system', content: `${first.content}\n\n${stated}` }, ...told.slice(1)]
    : [{ role: 'system', content: `You are a helpful assistant.\n\n${stated}` }, ...told];
}

function wordsOf({ role, content, toolCalls = [] }: ChatMessage): string {
  const text = contentText(content);
  if (role === 'tool') return `${RESULT_OPEN}\n${text}\n${RESULT_CLOSE}${AFTER_RESULT}`;
  return [text, ...toolCalls.map(callText)].filter((part) => part !== '').join('\n');
}

function callText({ name, arguments: given }: ToolCall): string {
  return `${CALL_OPEN}\n{"name": ${JSON.stringify(name)}, "arguments": ${given.trim() === '' ? '{}' : given}}\n${CALL_CLOSE}`;
}

function statement(tools: readonly ToolDefinition[]): string {
  return [
    '# Functions',
    '',
    'You can call these functions:',
    '<tools>',
    ...tools.map((tool) => JSON.stringify(statedTool(tool))),
    '</tools>',
    '',
    `When a function is needed, answer with its call alone, a JSON object between ${CALL_OPEN} and ${CALL_CLOSE}:`,
    CALL_OPEN,
    '{"name": "function name", "arguments": {"argument name": "value"}}',
    CALL_CLOSE,
    'When no function is needed, or its result is known, answer the user in words.',
  ].join('\n');
}
