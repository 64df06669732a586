import { randomBytes } from 'node:crypto';

/** 192 random bits: nobody finds another caller's response by trying. */
const RANDOM_BYTES = 24;
const ITEM_ID = /^[a-z]{2,4}_([0-9a-f]{48})([io])([0-9a-f]{4})$/;
const PREFIXES = { message: 'msg', function_call: 'fc', function_call_output: 'fco', reasoning: 'rs' } as const;

/** The kinds of items that have ids. */
type ItemKind = keyof typeof PREFIXES;

/** A new response's id; unguessable. */
export function createResponseId(): string {
  return `resp_${randomBytes(RANDOM_BYTES).toString('hex')}`;
}

/** The id of a response's item: what was sent with its request (`input`) or answered (`output`), by its place from 0. */
export function itemId(kind: ItemKind, responseId: string, side: 'input' | 'output', index: number): string {
  const place = index.toString(16).padStart(4, '0');
  return `${PREFIXES[kind]}_${responseId.slice('resp_'.length)}${side === 'input' ? 'i' : 'o'}${place}`;
}

/** The response that an item's id belongs to; null where it is no id of ours. */
export function responseOfItem(id: string): string | null {
  const hex = ITEM_ID.exec(id)?.[1];
  return hex === undefined ? null : `resp_${hex}`;
}
