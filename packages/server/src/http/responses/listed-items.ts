import type { ResponseInputItem, ResponseListedItem, ResponseOutputItem, ResponsesRequest } from '@concert/protocol';
import { GatewayError } from '../../shared/errors.ts';
import { isAbsent } from '../is-absent.ts';
import { itemId } from './response-ids.ts';

/** Finds an item of a kept response by its id; null: there is none. */
export type FindItem = (id: string) => ResponseListedItem | null;

/** More items than any conversation has, and fewer than their ids can count. */
const MOST_ITEMS = 10_000;

/**
 * What was sent with a request as it is kept and listed: complete items under ids of their own, references replaced by what they refer
 * to. Throws `not_found` for a reference to nothing, and `invalid_request` where there is nothing to answer.
 */
export function toListedItems(
  wanted: Pick<ResponsesRequest, 'input' | 'previous_response_id'>,
  responseId: string,
  find: FindItem,
): ResponseListedItem[] {
  const { input } = wanted;
  if (isAbsent(input) || input.length === 0) {
    if (!isAbsent(wanted.previous_response_id)) return [];
    const fault = isAbsent(input) ? 'input is missing; it is required' : 'input must not be empty';
    throw new GatewayError('invalid_request', fault, { param: 'input' });
  }
  if (typeof input === 'string') return [userMessage(input, itemId('message', responseId, 'input', 0))];
  if (input.length > MOST_ITEMS) {
    throw new GatewayError('invalid_request', `input must have at most ${MOST_ITEMS} entries`, { param: 'input' });
  }
  return input.map((item, at) => {
    const found = item.type === 'item_reference' ? referred(item.id, at, find) : item;
    return listed(found, itemId(found.type ?? 'message', responseId, 'input', at));
  });
}

/** An answer's item as part of a conversation. */
export function listedOutput(item: ResponseOutputItem): ResponseListedItem {
  return item;
}

function referred(id: string, at: number, find: FindItem): ResponseListedItem {
  const found = find(id);
  if (found !== null) return found;
  throw new GatewayError(
    'not_found',
    `input.${at}: no item with the id "${id.slice(0, 100)}" is kept; items of responses with store: false are not, send the item itself`,
    { param: `input.${at}.id` },
  );
}

function userMessage(text: string, id: string): ResponseListedItem {
  return { type: 'message', id, role: 'user', status: 'completed', content: [{ type: 'input_text', text }] };
}

function listed(
  item: Exclude<ResponseInputItem, { type: 'item_reference' }> | ResponseListedItem,
  id: string,
): ResponseListedItem {
  const status = item.status ?? 'completed';
  switch (item.type) {
    case undefined:
    case 'message': {
      const { role, content } = item;
      if (typeof content !== 'string') return { type: 'message', id, role, status, content };
      const part =
        role === 'assistant'
          ? { type: 'output_text' as const, text: content }
          : { type: 'input_text' as const, text: content };
      return { type: 'message', id, role, status, content: [part] };
    }
    case 'function_call':
    case 'function_call_output':
      return { ...item, id, status };
    case 'reasoning': {
      const { content } = item;
      return {
        type: 'reasoning',
        id,
        summary: item.summary ?? [],
        ...(!isAbsent(content) && { content }),
        encrypted_content: null,
        status,
      };
    }
    default:
      return item satisfies never;
  }
}
