import type { ResponseInputPart, ResponseListedItem } from '@concert/protocol';
import { readMedia } from '../../pipeline/media/read-media.ts';
import type { InputMessage, InputPart, ToolCall } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { isAbsent } from '../is-absent.ts';
import { type MediaContext, readAudio, readFilePart, readImage } from '../read-part.ts';

/** An item and the field that brought it, for errors. */
export interface PlacedItem {
  readonly item: ResponseListedItem;
  /** `input.3`, or `previous_response_id` for what went before. */
  readonly param: string;
}

type Part = Extract<ResponseListedItem, { type: 'message' }>['content'][number];

/** An assistant's turn, which comes in several items: thoughts, words, calls. */
interface AssistantTurn {
  readonly role: 'assistant';
  readonly parts: InputPart[];
  readonly toolCalls: ToolCall[];
  reasoning: string;
}

/**
 * The turns of a conversation, their media fetched and checked. Throws what is wrong with the media, and `invalid_request` for calls
 * without output and outputs without call.
 */
export async function readItems(items: readonly PlacedItem[], context: MediaContext): Promise<InputMessage[]> {
  refuseUnpaired(items);
  // Media are fetched only once all items were found to be in order.
  const turns: (AssistantTurn | (() => Promise<InputMessage>))[] = [];
  const turnOf = (fits: (turn: AssistantTurn) => boolean): AssistantTurn => {
    const last = turns.at(-1);
    if (typeof last === 'object' && fits(last)) return last;
    const turn: AssistantTurn = { role: 'assistant', parts: [], toolCalls: [], reasoning: '' };
    turns.push(turn);
    return turn;
  };
  for (const { item, param } of items) {
    switch (item.type) {
      case 'message':
        if (item.role === 'assistant') {
          // Words beside a call belong to its turn; words after words are another turn.
          const turn = turnOf(({ parts, toolCalls }) => parts.length === 0 || toolCalls.length > 0);
          turn.parts.push(...item.content.map((part, at) => textPart(part, `${param}.content.${at}`)));
        } else turns.push(() => readMessage(item, param, context));
        break;
      case 'reasoning': {
        const turn = turnOf(({ parts, toolCalls }) => parts.length === 0 && toolCalls.length === 0);
        turn.reasoning += thoughtsOf(item);
        break;
      }
      case 'function_call': {
        const { call_id: id, name, arguments: given } = item;
        turnOf(() => true).toolCalls.push({ id, name, arguments: given });
        break;
      }
      case 'function_call_output':
        turns.push(() => readOutput(item, param, context));
        break;
      default:
        item satisfies never;
    }
  }
  return Promise.all(turns.map(async (turn) => (typeof turn === 'object' ? finished(turn) : turn())));
}

/** How many pictures the items name as such. */
export function countImages(items: readonly PlacedItem[]): number {
  return items.reduce((count, { item }) => {
    const parts = item.type === 'message' ? item.content : item.type === 'function_call_output' ? item.output : [];
    return typeof parts === 'string' ? count : count + parts.filter(({ type }) => type === 'input_image').length;
  }, 0);
}

function refuseUnpaired(items: readonly PlacedItem[]): void {
  const open = new Map<string, string>();
  const called = new Set<string>();
  for (const { item, param } of items) {
    if (item.type === 'function_call') {
      called.add(item.call_id);
      open.set(item.call_id, param);
    } else if (item.type === 'function_call_output') {
      if (!called.has(item.call_id)) {
        throw new GatewayError(
          'invalid_request',
          `no tool call found for the function call output with call_id "${item.call_id.slice(0, 100)}"; send its function_call before it, or previous_response_id`,
          { param: `${param}.call_id` },
        );
      }
      open.delete(item.call_id);
    }
  }
  const [unanswered] = open;
  if (unanswered === undefined) return;
  throw new GatewayError(
    'invalid_request',
    `no tool output found for the function call "${unanswered[0].slice(0, 100)}"; send a function_call_output for it`,
    { param: unanswered[1] === 'previous_response_id' ? 'input' : unanswered[1] },
  );
}

async function readMessage(
  { role, content }: Extract<ResponseListedItem, { type: 'message' }>,
  param: string,
  context: MediaContext,
): Promise<InputMessage> {
  if (role !== 'user')
    return { role: 'system', parts: content.map((part, at) => textPart(part, `${param}.content.${at}`)) };
  const parts = await Promise.all(content.map((part, at) => readPart(part, `${param}.content.${at}`, context)));
  return { role, parts };
}

async function readOutput(
  { call_id: toolCallId, output }: Extract<ResponseListedItem, { type: 'function_call_output' }>,
  param: string,
  context: MediaContext,
): Promise<InputMessage> {
  if (typeof output === 'string') return { role: 'tool', toolCallId, parts: [{ kind: 'text', text: output }] };
  const parts = await Promise.all(output.map((part, at) => readPart(part, `${param}.output.${at}`, context)));
  return { role: 'tool', toolCallId, parts };
}

async function readPart(part: Part, param: string, context: MediaContext): Promise<InputPart> {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'refusal':
      return textPart(part, param);
    case 'input_image':
      if (isAbsent(part.image_url)) throw lacking(part, 'image_url', param);
      return readImage(part.image_url, `${param}.image_url`, context);
    case 'input_audio':
      return readAudio(part.input_audio.data, `${param}.input_audio.data`);
    case 'input_file':
      return readFile(part, param, context);
    default:
      return part satisfies never;
  }
}

async function readFile(
  part: Extract<ResponseInputPart, { type: 'input_file' }>,
  param: string,
  context: MediaContext,
): Promise<InputPart> {
  const { file_data: data, file_url: url, filename } = part;
  if (!isAbsent(data)) return readFilePart({ file_data: data, filename }, param, context);
  if (isAbsent(url)) throw lacking(part, 'file_data', param);
  const bytes = await readMedia(url, { ...context, param: `${param}.file_url` });
  return readFilePart({ file_data: Buffer.from(bytes).toString('base64'), filename }, param, context);
}

function lacking(part: { readonly file_id?: string | null | undefined }, field: string, param: string): GatewayError {
  if (isAbsent(part.file_id)) {
    return new GatewayError('invalid_request', `${param}.${field} is missing; it is required`, {
      param: `${param}.${field}`,
    });
  }
  return new GatewayError('unsupported_value', `${param}.file_id: files are not kept; send ${field} instead`, {
    param: `${param}.file_id`,
  });
}

function textPart(part: Part, param: string): InputPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
      return { kind: 'text', text: part.text };
    case 'refusal':
      return { kind: 'text', text: part.refusal };
    case 'input_image':
    case 'input_audio':
    case 'input_file':
      throw new GatewayError('invalid_request', `${param} is a file, which only users and functions send`, { param });
    default:
      return part satisfies never;
  }
}

function thoughtsOf({ content, summary }: Extract<ResponseListedItem, { type: 'reasoning' }>): string {
  const told = content === undefined || content.length === 0 ? summary : content;
  return told.map(({ text }) => text).join('\n');
}

function finished({ parts, toolCalls, reasoning }: AssistantTurn): InputMessage {
  return {
    role: 'assistant',
    parts,
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(reasoning !== '' && { reasoning }),
  };
}
