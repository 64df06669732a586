import type { ResponseLogprob, ResponseOutputItem, ResponseOutputText, ResponseStreamEvent } from '@concert/protocol';
import { itemId } from './response-ids.ts';

/** An event of the stream but for its number. */
export type UnnumberedEvent = ResponseStreamEvent extends infer Event
  ? Event extends ResponseStreamEvent
    ? Omit<Event, 'sequence_number'>
    : never
  : never;

type ItemStatus = ResponseOutputItem['status'];

/** An item that is being written: its events, and what it is in the end. */
export interface OpenItem {
  readonly added: readonly UnnumberedEvent[];
  /** Its last events; `status` tells whether it was written to its end. */
  finish(status: ItemStatus): UnnumberedEvent[];
  /** What it is now. */
  item(status: ItemStatus): ResponseOutputItem;
}

interface Place {
  readonly responseId: string;
  readonly index: number;
}

/** A message of one text. */
export class OpenMessage implements OpenItem {
  readonly kind = 'message';
  readonly #id: string;
  readonly #index: number;
  #text = '';
  readonly #logprobs: ResponseLogprob[] = [];

  constructor({ responseId, index }: Place) {
    this.#id = itemId('message', responseId, 'output', index);
    this.#index = index;
  }

  get added(): UnnumberedEvent[] {
    const { type, id, role } = { type: 'message', id: this.#id, role: 'assistant' } as const;
    return [
      addedEvent(this.#index, { type, id, role, status: 'in_progress', content: [] }),
      {
        type: 'response.content_part.added',
        ...this.#place(),
        part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
      },
    ];
  }

  write(delta: string, logprobs: readonly ResponseLogprob[]): UnnumberedEvent {
    this.#text += delta;
    this.#logprobs.push(...logprobs);
    return { type: 'response.output_text.delta', ...this.#place(), delta, logprobs: [...logprobs] };
  }

  finish(status: ItemStatus): UnnumberedEvent[] {
    const part = this.#part();
    return [
      { type: 'response.output_text.done', ...this.#place(), text: part.text, logprobs: part.logprobs },
      { type: 'response.content_part.done', ...this.#place(), part },
      doneEvent(this.#index, this.item(status)),
    ];
  }

  item(status: ItemStatus): ResponseOutputItem {
    return { type: 'message', id: this.#id, role: 'assistant', status, content: [this.#part()] };
  }

  #part(): ResponseOutputText {
    return { type: 'output_text', text: this.#text, annotations: [], logprobs: [...this.#logprobs] };
  }

  #place(): { item_id: string; output_index: number; content_index: number } {
    return { item_id: this.#id, output_index: this.#index, content_index: 0 };
  }
}

/** What the model thought, told as it is or under the name of a summary. */
export class OpenReasoning implements OpenItem {
  readonly kind = 'reasoning';
  readonly #id: string;
  readonly #index: number;
  readonly #summarized: boolean;
  #text = '';

  constructor({ responseId, index }: Place, options: { readonly summarized: boolean }) {
    this.#id = itemId('reasoning', responseId, 'output', index);
    this.#index = index;
    this.#summarized = options.summarized;
  }

  get added(): UnnumberedEvent[] {
    const begun = addedEvent(this.#index, {
      type: 'reasoning',
      id: this.#id,
      summary: [],
      ...(!this.#summarized && { content: [] }),
      encrypted_content: null,
      status: 'in_progress',
    });
    const part: UnnumberedEvent = this.#summarized
      ? {
          type: 'response.reasoning_summary_part.added',
          ...this.#ofSummary(),
          part: { type: 'summary_text', text: '' },
        }
      : { type: 'response.content_part.added', ...this.#ofPart(), part: { type: 'reasoning_text', text: '' } };
    return [begun, part];
  }

  write(delta: string): UnnumberedEvent {
    this.#text += delta;
    return this.#summarized
      ? { type: 'response.reasoning_summary_text.delta', ...this.#ofSummary(), delta }
      : { type: 'response.reasoning_text.delta', ...this.#ofPart(), delta };
  }

  finish(status: ItemStatus): UnnumberedEvent[] {
    const text = this.#text;
    const told: UnnumberedEvent[] = this.#summarized
      ? [
          { type: 'response.reasoning_summary_text.done', ...this.#ofSummary(), text },
          {
            type: 'response.reasoning_summary_part.done',
            ...this.#ofSummary(),
            part: { type: 'summary_text', text },
          },
        ]
      : [
          { type: 'response.reasoning_text.done', ...this.#ofPart(), text },
          { type: 'response.content_part.done', ...this.#ofPart(), part: { type: 'reasoning_text', text } },
        ];
    return [...told, doneEvent(this.#index, this.item(status))];
  }

  item(status: ItemStatus): ResponseOutputItem {
    const text = this.#text;
    return {
      type: 'reasoning',
      id: this.#id,
      summary: this.#summarized ? [{ type: 'summary_text', text }] : [],
      ...(!this.#summarized && { content: [{ type: 'reasoning_text' as const, text }] }),
      encrypted_content: null,
      status,
    };
  }

  #ofPart(): { item_id: string; output_index: number; content_index: number } {
    return { item_id: this.#id, output_index: this.#index, content_index: 0 };
  }

  #ofSummary(): { item_id: string; output_index: number; summary_index: number } {
    return { item_id: this.#id, output_index: this.#index, summary_index: 0 };
  }
}

/** A function that the model wants to be run. */
export class OpenCall implements OpenItem {
  readonly kind = 'function_call';
  readonly #id: string;
  readonly #index: number;
  readonly #call: { readonly call_id: string; readonly name: string };
  #arguments = '';

  constructor({ responseId, index }: Place, call: { readonly id: string; readonly name: string }) {
    this.#id = itemId('function_call', responseId, 'output', index);
    this.#index = index;
    this.#call = { call_id: call.id, name: call.name };
  }

  get added(): UnnumberedEvent[] {
    return [
      addedEvent(this.#index, {
        type: 'function_call',
        id: this.#id,
        ...this.#call,
        arguments: '',
        status: 'in_progress',
      }),
    ];
  }

  write(delta: string): UnnumberedEvent {
    this.#arguments += delta;
    return { type: 'response.function_call_arguments.delta', ...this.#place(), delta };
  }

  finish(status: ItemStatus): UnnumberedEvent[] {
    const told = { name: this.#call.name, arguments: this.#arguments };
    return [
      { type: 'response.function_call_arguments.done', ...this.#place(), ...told },
      doneEvent(this.#index, this.item(status)),
    ];
  }

  item(status: ItemStatus): ResponseOutputItem {
    return { type: 'function_call', id: this.#id, ...this.#call, arguments: this.#arguments, status };
  }

  #place(): { item_id: string; output_index: number } {
    return { item_id: this.#id, output_index: this.#index };
  }
}

function addedEvent(index: number, item: ResponseOutputItem): UnnumberedEvent {
  return { type: 'response.output_item.added', output_index: index, item };
}

function doneEvent(index: number, item: ResponseOutputItem): UnnumberedEvent {
  return { type: 'response.output_item.done', output_index: index, item };
}
