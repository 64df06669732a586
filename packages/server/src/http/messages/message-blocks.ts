import type { AnswerBlock, MessageStreamEvent } from '@concert/protocol';
import { createHash, type Hash } from 'node:crypto';
import type { AnswerEvent } from '../../pipeline/request.ts';

type BlockEvent = Extract<
  MessageStreamEvent,
  { type: 'content_block_start' | 'content_block_delta' | 'content_block_stop' }
>;

type Open =
  | { readonly type: 'text' }
  | { readonly type: 'tool_use' }
  /** `signs`: what was thought so far. */
  | { readonly type: 'thinking'; readonly signs: Hash };

/**
 * Cuts an answer into Anthropic's content blocks: one after the other, each begun, filled and ended. A block of thinking ends with a
 * signature, which says nothing more than what was thought: clients send it back, and nothing here depends on it.
 */
export class MessageBlocks {
  readonly #hidesThinking: boolean;
  readonly #calls = new Map<number, number>();
  #open: Open | null = null;
  #count = 0;

  /** `hidesThinking`: blocks of thinking come without their text. */
  constructor(options: { readonly hidesThinking: boolean }) {
    this.#hidesThinking = options.hidesThinking;
  }

  /** What an event of the answer changes; events that are no content change nothing. */
  push(event: AnswerEvent): BlockEvent[] {
    switch (event.kind) {
      case 'reasoning-delta':
        return event.text === '' ? [] : this.#think(event.text);
      case 'text-delta':
        if (event.text === '') return [];
        return [
          ...(this.#open?.type === 'text' ? [] : this.#begin({ type: 'text', text: '', citations: null })),
          this.#delta({ type: 'text_delta', text: event.text }),
        ];
      case 'tool-call': {
        const { id, name } = event;
        const begun = this.#begin({ type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } });
        this.#calls.set(event.index, this.#count - 1);
        return begun;
      }
      case 'tool-call-delta':
        if (event.text === '') return [];
        return [this.#delta({ type: 'input_json_delta', partial_json: event.text }, this.#calls.get(event.index))];
      default:
        return [];
    }
  }

  /** Ends the block that is open. */
  end(): BlockEvent[] {
    const open = this.#open;
    if (open === null) return [];
    this.#open = null;
    const ended: BlockEvent = { type: 'content_block_stop', index: this.#count - 1 };
    if (open.type !== 'thinking') return [ended];
    return [this.#delta({ type: 'signature_delta', signature: open.signs.digest('base64') }), ended];
  }

  #think(text: string): BlockEvent[] {
    const begun: BlockEvent[] = [];
    let open = this.#open;
    if (open?.type !== 'thinking') {
      begun.push(...this.#begin({ type: 'thinking', thinking: '', signature: '' }));
      this.#open = open = { type: 'thinking', signs: createHash('sha256') };
    }
    open.signs.update(text);
    return this.#hidesThinking ? begun : [...begun, this.#delta({ type: 'thinking_delta', thinking: text })];
  }

  #begin(block: AnswerBlock): BlockEvent[] {
    const ended = this.end();
    const index = this.#count++;
    if (block.type !== 'thinking') this.#open = { type: block.type };
    return [...ended, { type: 'content_block_start', index, content_block: block }];
  }

  #delta(
    delta: Extract<BlockEvent, { type: 'content_block_delta' }>['delta'],
    index: number = this.#count - 1,
  ): BlockEvent {
    return { type: 'content_block_delta', index, delta };
  }
}

/** Puts an answer's blocks together again from their events. */
export class CollectedBlocks {
  readonly #blocks: AnswerBlock[] = [];
  readonly #inputs = new Map<number, string>();

  add(event: BlockEvent): void {
    if (event.type === 'content_block_start') this.#blocks.push({ ...event.content_block });
    if (event.type !== 'content_block_delta') return;
    const block = this.#blocks[event.index];
    const { delta, index } = event;
    if (delta.type === 'text_delta' && block?.type === 'text') block.text += delta.text;
    else if (delta.type === 'thinking_delta' && block?.type === 'thinking') block.thinking += delta.thinking;
    else if (delta.type === 'signature_delta' && block?.type === 'thinking') block.signature = delta.signature;
    else if (delta.type === 'input_json_delta')
      this.#inputs.set(index, (this.#inputs.get(index) ?? '') + delta.partial_json);
  }

  /** The blocks, once all events were added. */
  finish(): AnswerBlock[] {
    return this.#blocks.map((block, at) =>
      block.type === 'tool_use' ? { ...block, input: inputOf(this.#inputs.get(at) ?? '') } : block,
    );
  }
}

/** The arguments of a call. Those that the token limit cut off are no JSON: the stop reason says so, and nothing of them can be told. */
function inputOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
