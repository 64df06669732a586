import type { ResponseObject, ResponseStreamEvent } from '@concert/protocol';
import type { AnswerEvent, TokenLogprob } from '../../pipeline/request.ts';
import { ERRORS, type GatewayError } from '../../shared/errors.ts';
import { logprobsOf, planReport } from '../chat-wire.ts';
import { errorBody } from '../render-error.ts';
import { OpenCall, type OpenItem, OpenMessage, OpenReasoning, type UnnumberedEvent } from './output-items.ts';

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;
type ItemStatus = 'completed' | 'incomplete';

/**
 * Folds the events of an answer into a response, and tells each change as OpenAI's events, in OpenAI's order. One item is written at a
 * time, but calls, whose arguments may come in turns, stay open to the end.
 */
export class ResponseFold {
  readonly #options: { readonly trace: boolean; readonly nowMs: () => number };
  #response: ResponseObject;
  #count = 0;
  #begun = false;
  /** By their place among the items. */
  readonly #items = new Map<number, OpenItem>();
  readonly #calls = new Map<number, OpenCall>();
  #writing: { readonly index: number; readonly item: OpenMessage | OpenReasoning } | null = null;
  #next = 0;
  #cut = false;

  constructor(response: ResponseObject, options: { readonly trace: boolean; readonly nowMs: () => number }) {
    this.#response = response;
    this.#options = options;
  }

  /** The response as it is now, with what was written of items that are not complete. */
  get response(): ResponseObject {
    if (this.#items.size === 0) return this.#response;
    const output = [...this.#response.output];
    for (const [index, item] of this.#items) output[index] = item.item('in_progress');
    return { ...this.#response, output };
  }

  /** Whether the caller was told of it. */
  get begun(): boolean {
    return this.#begun;
  }

  /** The first events; later nothing. */
  begin(): ResponseStreamEvent[] {
    if (this.#begun) return [];
    this.#begun = true;
    const created = this.#state('response.created');
    if (this.#response.status === 'queued') return [created, this.#state('response.queued')];
    return [created, this.#state('response.in_progress')];
  }

  /** What an event of the answer changes; the last is `finish`'s. */
  push(event: Exclude<AnswerEvent, Finish>): ResponseStreamEvent[] {
    switch (event.kind) {
      case 'start':
      case 'step-started':
        return this.#start();
      case 'step-finished':
      case 'speech-delta':
        return [];
      case 'reasoning-delta':
        return event.text === '' ? [] : this.#tell(() => this.#think(event.text));
      case 'text-delta':
        if (event.text === '' && (event.logprobs ?? []).length === 0) return [];
        return this.#tell(() => this.#say(event.text, event.logprobs ?? []));
      case 'tool-call':
        return this.#tell(() => this.#call(event));
      case 'tool-call-delta': {
        const call = this.#calls.get(event.index);
        return call === undefined || event.text === '' ? [] : this.#tell(() => [call.write(event.text)]);
      }
      case 'choice-finished':
        this.#cut = event.reason === 'length';
        return [];
      default:
        return event satisfies never;
    }
  }

  /** Completes the items, and the response but for its last event. */
  finish(event: Finish): ResponseStreamEvent[] {
    const events = this.#tell(() => {
      // Whoever reads an answer expects a message or a call in it.
      const isEmpty = this.#next === 0 && !this.#cut;
      return [...(isEmpty ? this.#open(new OpenMessage(this.#place())) : []), ...this.#close()];
    });
    const { trace, nowMs } = this.#options;
    this.#response = {
      ...this.#response,
      ...(this.#cut
        ? { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
        : { status: 'completed', completed_at: Math.floor(nowMs() / 1000) }),
      usage: {
        input_tokens: event.promptTokens,
        input_tokens_details: { cached_tokens: event.cachedTokens, cache_write_tokens: 0 },
        output_tokens: event.completionTokens,
        output_tokens_details: { reasoning_tokens: event.reasoningTokens },
        total_tokens: event.promptTokens + event.completionTokens,
      },
      ...(trace && { concert: { plan: planReport(event.plan) } }),
    };
    return events;
  }

  /** Says that the response, which was to be kept, could not be. */
  notKept(): void {
    this.#response = { ...this.#response, store: false };
  }

  /** The last event of a finished response. */
  end(): ResponseStreamEvent {
    return this.#state(this.#cut ? 'response.incomplete' : 'response.completed');
  }

  /** Ends the response with a failure; the items stay as far as they were written. */
  fail(error: GatewayError): void {
    this.#settle(error.code === 'request_cancelled' ? 'cancelled' : 'failed');
    if (this.#response.status === 'failed')
      this.#response = { ...this.#response, error: { code: failureCode(error), message: error.message } };
  }

  /** The last events of a failed response: that it failed, and why in the form that clients throw. */
  failure(error: GatewayError): ResponseStreamEvent[] {
    const { error: body } = errorBody(error);
    const { code, message, param } = body;
    return [
      ...this.begin(),
      ...(this.#response.status === 'failed' ? [this.#state('response.failed')] : []),
      this.#number({ type: 'error', code, message, param, error: body }),
    ];
  }

  #settle(status: 'failed' | 'cancelled'): void {
    const output = [...this.#response.output];
    for (const [index, item] of this.#items) output[index] = item.item('incomplete');
    this.#items.clear();
    this.#calls.clear();
    this.#writing = null;
    this.#response = { ...this.#response, status, output };
  }

  #start(): ResponseStreamEvent[] {
    if (this.#response.status !== 'queued') return [];
    this.#response = { ...this.#response, status: 'in_progress' };
    return this.#begun ? [this.#state('response.in_progress')] : [];
  }

  #think(text: string): UnnumberedEvent[] {
    if (this.#writing?.item.kind === 'reasoning') return [this.#writing.item.write(text)];
    const item = new OpenReasoning(this.#place(), { summarized: this.#response.reasoning.summary !== null });
    return [...this.#open(item), item.write(text)];
  }

  #say(text: string, logprobs: readonly TokenLogprob[]): UnnumberedEvent[] {
    const told = logprobsOf(logprobs).content;
    if (this.#writing?.item.kind === 'message') return [this.#writing.item.write(text, told)];
    const item = new OpenMessage(this.#place());
    return [...this.#open(item), item.write(text, told)];
  }

  #call(event: Extract<AnswerEvent, { kind: 'tool-call' }>): UnnumberedEvent[] {
    const call = new OpenCall(this.#place(), event);
    const events = this.#open(call);
    this.#calls.set(event.index, call);
    return events;
  }

  /** What is written now is complete once something else begins. */
  #open(item: OpenMessage | OpenReasoning | OpenCall): UnnumberedEvent[] {
    const closed = this.#writing === null ? [] : this.#done(this.#writing.index, 'completed');
    const index = this.#next++;
    this.#items.set(index, item);
    this.#writing = item.kind === 'function_call' ? null : { index, item };
    return [...closed, ...item.added];
  }

  /** Only the item that was begun last can have been cut. */
  #close(): UnnumberedEvent[] {
    const last = this.#next - 1;
    return [...this.#items.keys()].flatMap((index) =>
      this.#done(index, this.#cut && index === last ? 'incomplete' : 'completed'),
    );
  }

  #done(index: number, status: ItemStatus): UnnumberedEvent[] {
    const item = this.#items.get(index);
    if (item === undefined) return [];
    this.#items.delete(index);
    if (this.#writing?.index === index) this.#writing = null;
    const output = [...this.#response.output];
    output[index] = item.item(status);
    this.#response = { ...this.#response, output };
    return item.finish(status);
  }

  #place(): { readonly responseId: string; readonly index: number } {
    return { responseId: this.#response.id, index: this.#next };
  }

  #tell(change: () => UnnumberedEvent[]): ResponseStreamEvent[] {
    const first = [...this.begin(), ...this.#start()];
    return [...first, ...change().map((event) => this.#number(event))];
  }

  #state(type: Extract<ResponseStreamEvent, { readonly response: ResponseObject }>['type']): ResponseStreamEvent {
    return this.#number({ type, response: this.response });
  }

  #number(event: UnnumberedEvent): ResponseStreamEvent {
    return { ...event, sequence_number: this.#count++ };
  }
}

/** A failure in OpenAI's few words for it; the sentence says the rest. */
function failureCode(error: GatewayError): string {
  const { status } = ERRORS[error.code];
  if (status >= 500) return 'server_error';
  return status === 429 ? 'rate_limit_exceeded' : 'invalid_prompt';
}
