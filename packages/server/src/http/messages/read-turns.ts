import type { AssistantBlock, MediaBlock, MessageParam, ToolResultBlock, UserBlock } from '@concert/protocol';
import type { InputMessage, InputPart } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { MediaContext } from '../read-part.ts';
import { readBlock, readToolResult } from './read-blocks.ts';

/** A conversation, and the words with which its answer begins. */
export interface Turns {
  readonly messages: readonly InputMessage[];
  /** Empty: the answer begins by itself. */
  readonly prefill: string;
}

/**
 * Anthropic's turns in our terms: results of calls are turns of their own, before what the user says beside them; turns of one role
 * that follow each other are one, as at Anthropic's; a last turn of the assistant is the answer's beginning. Throws what is wrong.
 */
export async function readTurns(turns: readonly MessageParam[], context: MediaContext): Promise<Turns> {
  refuseStrayResults(turns);
  const read = await Promise.all(turns.map((turn, at) => readTurn(turn, `messages.${at}`, context)));
  const messages = joined(read.flat());
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return { messages, prefill: '' };
  return { messages: messages.slice(0, -1), prefill: prefillOf(last, turns.length - 1, messages.length) };
}

function prefillOf(last: InputMessage, at: number, count: number): string {
  const param = `messages.${at}`;
  if (count === 1) {
    throw new GatewayError(
      'invalid_request',
      'messages holds nothing but the beginning of the answer; send a user message before it',
      { param },
    );
  }
  if (last.toolCalls !== undefined) {
    throw new GatewayError(
      'invalid_request',
      'the last message calls tools, and nothing says what they gave; send their tool_result blocks in a user message after it',
      { param },
    );
  }
  return last.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}

/** A result must answer a call that came before it: templates and models are lost otherwise. */
function refuseStrayResults(turns: readonly MessageParam[]): void {
  const calls = new Set<string>();
  for (const [at, { content }] of turns.entries()) {
    if (typeof content === 'string') continue;
    for (const [place, block] of content.entries()) {
      if (block.type === 'tool_use') calls.add(block.id);
      if (block.type !== 'tool_result' || calls.has(block.tool_use_id)) continue;
      throw new GatewayError(
        'invalid_request',
        `this tool_result answers ${JSON.stringify(block.tool_use_id.slice(0, 100))}, and no tool_use before it has that id`,
        { param: `messages.${at}.content.${place}.tool_use_id` },
      );
    }
  }
}

async function readTurn(turn: MessageParam, param: string, context: MediaContext): Promise<InputMessage[]> {
  const { role, content } = turn;
  if (typeof content === 'string') return [{ role, parts: [{ kind: 'text', text: content }] }];
  if (role === 'assistant') return [assistantTurn(turn.content as readonly AssistantBlock[])];
  return userTurn(role, turn.content as readonly UserBlock[], `${param}.content`, context);
}

function assistantTurn(blocks: readonly AssistantBlock[]): InputMessage {
  const calls = blocks.filter((block) => block.type === 'tool_use');
  const reasoning = blocks.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('');
  return {
    role: 'assistant',
    parts: blocks.flatMap((block): InputPart[] =>
      block.type === 'text' && block.text !== '' ? [{ kind: 'text', text: block.text }] : [],
    ),
    ...(calls.length > 0 && {
      toolCalls: calls.map(({ id, name, input }) => ({ id, name, arguments: JSON.stringify(input) })),
    }),
    ...(reasoning !== '' && { reasoning }),
  };
}

async function userTurn(
  role: 'user' | 'system',
  blocks: readonly UserBlock[],
  param: string,
  context: MediaContext,
): Promise<InputMessage[]> {
  const results: Promise<InputMessage>[] = [];
  const said: Promise<InputPart[]>[] = [];
  for (const [at, block] of blocks.entries()) {
    if (isResult(block)) results.push(readToolResult(block, `${param}.${at}`, context));
    else said.push(readBlock(block, `${param}.${at}`, context));
  }
  const [turns, parts] = await Promise.all([Promise.all(results), Promise.all(said)]);
  return said.length === 0 && turns.length > 0 ? turns : [...turns, { role, parts: parts.flat() }];
}

function isResult(block: UserBlock): block is ToolResultBlock {
  return block.type === 'tool_result';
}

/** Turns of the user, or of the assistant, that follow each other made one: many templates want the roles in turn. */
function joined(messages: readonly InputMessage[]): InputMessage[] {
  const result: InputMessage[] = [];
  for (const message of messages) {
    const before = result.at(-1);
    if (before === undefined || before.role !== message.role || message.role === 'tool') result.push(message);
    else result[result.length - 1] = join(before, message);
  }
  return result;
}

function join(first: InputMessage, second: InputMessage): InputMessage {
  const toolCalls = [...(first.toolCalls ?? []), ...(second.toolCalls ?? [])];
  const reasoning = [first.reasoning, second.reasoning].filter((text) => text !== undefined).join('\n');
  return {
    role: first.role,
    parts: [...first.parts, ...second.parts],
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(reasoning !== '' && { reasoning }),
  };
}

/** How many pictures the turns hold, those in results and documents included. */
export function countImages(turns: readonly MessageParam[]): number {
  return turns.reduce(
    (sum, { content }) =>
      sum + (typeof content === 'string' ? 0 : content.reduce((all, block) => all + inBlock(block), 0)),
    0,
  );
}

function inBlock(block: UserBlock | AssistantBlock): number {
  const inList = (blocks: string | readonly MediaBlock[] | null | undefined): number =>
    typeof blocks === 'object' && blocks !== null ? blocks.reduce((sum, inner) => sum + inBlock(inner), 0) : 0;
  if (block.type === 'image') return 1;
  if (block.type === 'tool_result') return inList(block.content);
  return block.type === 'document' && block.source.type === 'content' ? inList(block.source.content) : 0;
}
