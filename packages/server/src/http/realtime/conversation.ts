import { GatewayError } from '../../shared/errors.ts';
import { type Item, soundsOf } from './item.ts';

/** A longer conversation fits no model's context; each item costs memory. */
const MOST_ITEMS = 5_000;
/** Sound of earlier turns is kept for clients that ask for it again. */
const MOST_SOUND_BYTES = 8 * 1024 * 1024;
const MOST_TEXT = 8 * 1024 * 1024;

/** The items of a session in their order. */
export class Conversation {
  #items: Item[] = [];

  get items(): readonly Item[] {
    return this.#items;
  }

  get lastId(): string | null {
    return this.#items.at(-1)?.id ?? null;
  }

  /** Throws `not_found`. */
  get(id: string, param = 'item_id'): Item {
    const item = this.#items.find((one) => one.id === id);
    if (item === undefined)
      throw new GatewayError('not_found', `there is no item ${id.slice(0, 100)} in the conversation`, { param });
    return item;
  }

  /**
   * Puts an item behind another one: null for the last, `root` for the beginning. Returns the id of the item before it. Throws
   * `not_found`, and `invalid_request` for an id that is taken or a conversation that is full.
   */
  add(item: Item, after: string | null = null): string | null {
    if (this.#items.some(({ id }) => id === item.id))
      throw new GatewayError('invalid_request', `there is an item ${item.id} already; choose another id`, {
        param: 'item.id',
      });
    if (this.#items.length >= MOST_ITEMS || textLength(this.#items) > MOST_TEXT)
      throw new GatewayError('too_large', 'the conversation is full; delete items, or begin a new session');
    let at = this.#items.length;
    if (after === 'root') at = 0;
    else if (after !== null) at = this.#items.indexOf(this.get(after, 'previous_item_id')) + 1;
    this.#items.splice(at, 0, item);
    this.#dropOldSound();
    return this.#items[at - 1]?.id ?? null;
  }

  /** Throws `not_found`. */
  delete(id: string): Item {
    const item = this.get(id);
    this.#items = this.#items.filter((one) => one !== item);
    return item;
  }

  #dropOldSound(): void {
    let left = MOST_SOUND_BYTES;
    for (const item of this.#items.toReversed()) {
      for (const { sound } of soundsOf(item)) {
        left -= sound.bytes?.length ?? 0;
        if (left < 0 && sound.hearing.kind !== 'pending') sound.bytes = null;
      }
    }
  }
}

function textLength(items: readonly Item[]): number {
  return items.reduce((sum, item) => {
    if (item.kind === 'call') return sum + item.arguments.length;
    if (item.kind === 'output') return sum + item.output.length;
    if (item.role === 'system') return sum + item.text.length;
    return sum + item.parts.reduce((length, part) => length + lengthOf(part), 0);
  }, 0);
}

function lengthOf(part: { readonly kind: string; readonly text?: string; readonly url?: string }): number {
  return (part.text?.length ?? 0) + (part.url?.length ?? 0);
}
