import type { AnswerEvent, ChatInput, InputMessage } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { Emit } from './effect.ts';
import { type Item, type Sound, soundsOf } from './item.ts';
import { toMessages } from './item-messages.ts';
import type { ApiShape } from './render-session.ts';
import { type ResponseEnd, RunningResponse } from './running-response.ts';
import type { AnswerSettings } from './session-settings.ts';

/** Answers beside the conversation that a session may have at once. */
const MOST_BESIDE = 4;

export interface ResponsesOptions {
  readonly conversationId: string;
  readonly shape: ApiShape;
  readonly newId: (prefix: string) => string;
  readonly now: () => number;
  readonly emit: Emit;
  readonly addItem: (item: Item) => string | null;
}

export interface WantedResponse {
  readonly model: string;
  readonly settings: AnswerSettings;
  /** What it answers; items whose sound is still being written down are waited for. */
  readonly context: readonly Item[];
  readonly inConversation: boolean;
  readonly metadata: Readonly<Record<string, string>> | null;
  /** What the model is told beside, after the conversation. */
  readonly notice?: string;
}

interface Entry {
  readonly response: RunningResponse;
  readonly wanted: WantedResponse;
  state: 'listening' | 'answering';
  messages: readonly InputMessage[];
}

/** The responses of a session: one in its conversation at a time, and some beside it. */
export class Responses {
  readonly #options: ResponsesOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: ResponsesOptions) {
    this.#options = options;
  }

  /** The response that is part of the conversation; null while there is none. */
  get active(): RunningResponse | null {
    return [...this.#entries.values()].find(({ response }) => response.inConversation)?.response ?? null;
  }

  get running(): number {
    return this.#entries.size;
  }

  /** Throws `conversation_already_has_active_response` or, with too many beside it, `queue_full`. */
  create(wanted: WantedResponse): void {
    const { active } = this;
    if (wanted.inConversation && active !== null)
      throw new GatewayError(
        'conversation_already_has_active_response',
        `the response ${active.id} is still running; wait for response.done or send response.cancel`,
      );
    if (!wanted.inConversation && this.running >= MOST_BESIDE)
      throw new GatewayError('queue_full', `${MOST_BESIDE} responses of this session run already; wait for one to end`);
    const { newId, shape, now, addItem, emit, conversationId } = this.#options;
    const response = new RunningResponse({
      id: newId('resp'),
      conversationId: wanted.inConversation ? conversationId : null,
      settings: wanted.settings,
      metadata: wanted.metadata,
      shape,
      newId,
      now,
      addItem,
      send: (event) => emit({ kind: 'send', event }),
    });
    this.#entries.set(response.id, { response, wanted, state: 'listening', messages: [] });
    this.answerHeard();
  }

  /** Begins those answers whose question was written down meanwhile. */
  answerHeard(): void {
    for (const entry of this.#entries.values()) {
      if (entry.state === 'listening' && !soundsIn(entry.wanted.context).some(isPending)) this.#answer(entry);
    }
  }

  take(id: string, event: AnswerEvent): void {
    this.#entries.get(id)?.response.take(event);
  }

  /** The response that ended with this; null where it was over before. */
  finished(id: string): RunningResponse | null {
    return this.#end(id, { kind: 'finished' });
  }

  /** The response that ended with this; null where it was over before, or begins again with less of the conversation. */
  failed(id: string, error: GatewayError): RunningResponse | null {
    const entry = this.#entries.get(id);
    if (entry !== undefined && error.code === 'context_length_exceeded' && !entry.response.begun) {
      const shorter = withoutOldest(entry.messages);
      if (shorter !== null) {
        this.#ask(entry, shorter);
        return null;
      }
    }
    return this.#end(id, { kind: 'failed', error });
  }

  /** Breaks off a response: that of the conversation where no id is given. Throws `response_cancel_not_active`. */
  cancel(id: string | null, reason: 'turn_detected' | 'client_cancelled'): void {
    const found = id === null ? this.active : (this.#entries.get(id)?.response ?? null);
    if (found === null)
      throw new GatewayError('response_cancel_not_active', 'there is no such response under way; it may have ended', {
        ...(id !== null && { param: 'response_id' }),
      });
    this.#options.emit({ kind: 'stop-answering', id: found.id });
    this.#end(found.id, { kind: 'cancelled', reason });
  }

  #end(id: string, end: ResponseEnd): RunningResponse | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    this.#entries.delete(id);
    entry.response.end(end);
    return entry.response;
  }

  #answer(entry: Entry): void {
    const { response, wanted } = entry;
    const last = wanted.context.findLast((item) => item.kind === 'message' && item.role === 'user');
    const deaf = last === undefined ? undefined : soundsIn([last]).find(({ hearing }) => hearing.kind === 'failed');
    if (deaf?.hearing.kind === 'failed') {
      this.#end(response.id, { kind: 'failed', error: deaf.hearing.error });
      return;
    }
    const messages = [
      ...systemMessage(wanted.settings.instructions),
      ...toMessages(wanted.context),
      ...systemMessage(wanted.notice ?? ''),
    ];
    if (messages.length > 0) {
      this.#ask(entry, messages);
      return;
    }
    const error = new GatewayError(
      'invalid_request',
      'there is nothing to answer: no words were heard, and the conversation has no messages and no instructions',
    );
    this.#end(response.id, { kind: 'failed', error });
  }

  #ask(entry: Entry, messages: readonly InputMessage[]): void {
    entry.state = 'answering';
    entry.messages = messages;
    const { id } = entry.response;
    this.#options.emit({ kind: 'answer', id, input: toChatInput(id, entry.wanted, messages) });
  }
}

const soundsIn = (items: readonly Item[]): Sound[] => items.flatMap((item) => soundsOf(item).map(({ sound }) => sound));
const isPending = ({ hearing }: Sound): boolean => hearing.kind === 'pending';

function systemMessage(text: string): InputMessage[] {
  return text === '' ? [] : [{ role: 'system', parts: [{ kind: 'text', text }] }];
}

/** The conversation without the older half of its turns, begun by a user's; null when there is nothing left to forget. */
function withoutOldest(messages: readonly InputMessage[]): readonly InputMessage[] | null {
  const instructions = messages[0]?.role === 'system' ? messages.slice(0, 1) : [];
  const turns = messages.slice(instructions.length);
  const half = turns.slice(Math.ceil(turns.length / 2));
  const begin = half.findIndex(({ role }) => role === 'user');
  return begin < 0 ? null : [...instructions, ...half.slice(begin)];
}

function toChatInput(id: string, { model, settings }: WantedResponse, messages: readonly InputMessage[]): ChatInput {
  const { tools, toolChoice, parallelTools, speaks, voice, speed, temperature, maxTokens } = settings;
  return {
    id,
    model,
    messages,
    prompt: null,
    prefill: '',
    choices: 1,
    tools:
      tools.length === 0 || toolChoice === 'none'
        ? null
        : { definitions: tools, choice: toolChoice, parallel: parallelTools },
    format: { kind: 'text' },
    logprobs: null,
    speech: speaks ? { voice, speed } : null,
    sampling: temperature === null ? {} : { temperature },
    maxTokens,
    stop: [],
    // Whoever listens waits meanwhile; and what is thought all the same must not be read aloud.
    thinking: { enabled: false, budgetTokens: null },
    returnReasoning: true,
    trace: false,
  };
}
