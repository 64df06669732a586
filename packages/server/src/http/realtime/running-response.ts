import type { AnswerEvent, FinishReason } from '../../pipeline/request.ts';
import type { GatewayError } from '../../shared/errors.ts';
import { ERRORS } from '../../shared/errors.ts';
import { type AssistantItem, type CallItem, type Item, transcriptOf } from './item.ts';
import { renderItem } from './render-item.ts';
import { type ApiShape, modalitiesOf, renderOutput } from './render-session.ts';
import type { ServerEvent } from './server-event.ts';
import type { AnswerSettings } from './session-settings.ts';
import { SpokenOutput } from './spoken-output.ts';

/** How a response ended. */
export type ResponseEnd =
  | { readonly kind: 'finished' }
  | { readonly kind: 'cancelled'; readonly reason: 'turn_detected' | 'client_cancelled' }
  | { readonly kind: 'failed'; readonly error: GatewayError };

export interface RunningResponseOptions {
  readonly id: string;
  /** Whether its items become part of the conversation. */
  readonly conversationId: string | null;
  readonly settings: AnswerSettings;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly shape: ApiShape;
  readonly newId: (prefix: string) => string;
  readonly send: (event: ServerEvent) => void;
  /** Takes an item into the conversation; returns the id of the one before it. */
  readonly addItem: (item: Item) => string | null;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Placed<T extends Item> {
  readonly item: T;
  readonly outputIndex: number;
  readonly previousId: string | null;
}

interface Place {
  readonly response_id: string;
  readonly item_id: string;
  readonly output_index: number;
}

type Usage = Pick<
  Extract<AnswerEvent, { kind: 'finish' }>,
  'promptTokens' | 'completionTokens' | 'reasoningTokens' | 'cachedTokens'
>;

/** Turns the events of an answer into those of a response, and keeps what was said. */
export class RunningResponse {
  readonly #options: RunningResponseOptions;
  readonly #output: Item[] = [];
  readonly #calls = new Map<number, Placed<CallItem>>();
  readonly #voice: SpokenOutput;
  #message: Placed<AssistantItem> | null = null;
  #reason: FinishReason = 'stop';
  #usage: Usage | null = null;
  #spokenMs = 0;
  #firstSoundAtMs: number | null = null;

  constructor(options: RunningResponseOptions) {
    this.#options = options;
    this.#voice = new SpokenOutput(options.settings.outputFormat);
    options.send({ type: 'response.created', response: this.#render('in_progress', null) });
  }

  get id(): string {
    return this.#options.id;
  }

  get settings(): AnswerSettings {
    return this.#options.settings;
  }

  /** Whether anything was said yet. */
  get begun(): boolean {
    return this.#output.length > 0;
  }

  /** Whether its items become part of the conversation. */
  get inConversation(): boolean {
    return this.#options.conversationId !== null;
  }

  /** When a listener who plays the sound as it comes has heard all of it, by the clock. */
  get playedAtMs(): number {
    return (this.#firstSoundAtMs ?? this.#options.now()) + this.#spokenMs;
  }

  take(event: AnswerEvent): void {
    switch (event.kind) {
      case 'text-delta':
        this.#takeText(event.text);
        break;
      case 'speech-delta':
        this.#takeSpeech(event);
        break;
      case 'tool-call':
        this.#beginCall(event);
        break;
      case 'tool-call-delta':
        this.#takeArguments(event);
        break;
      case 'choice-finished':
        this.#reason = event.reason;
        break;
      case 'finish':
        this.#usage = event;
        break;
      case 'start':
      case 'step-started':
      case 'step-finished':
      case 'reasoning-delta':
        break;
      default:
        event satisfies never;
    }
  }

  /** Closes all that is open and tells the end. Called once. */
  end(end: ResponseEnd): void {
    const whole = end.kind === 'finished' && this.#reason !== 'length';
    if (this.#message !== null) this.#closeMessage(this.#message, whole);
    for (const call of this.#calls.values()) this.#closeCall(call, whole);
    const [status, details] = this.#outcome(end);
    this.#options.send({ type: 'response.done', response: this.#render(status, details) });
  }

  #outcome(end: ResponseEnd): [status: string, details: object | null] {
    switch (end.kind) {
      case 'cancelled':
        return ['cancelled', { type: 'cancelled', reason: end.reason }];
      case 'failed': {
        const { code, message } = end.error;
        return ['failed', { type: 'failed', error: { type: ERRORS[code].type, code, message } }];
      }
      case 'finished':
        if (this.#reason !== 'length') return ['completed', null];
        return ['incomplete', { type: 'incomplete', reason: 'max_output_tokens' }];
      default:
        return end satisfies never;
    }
  }

  #takeText(text: string): void {
    if (text === '') return;
    const message = this.#openMessage();
    const [part] = message.item.parts;
    if (part?.kind === 'speech') part.written += text;
    else if (part?.kind === 'text') {
      part.text += text;
      this.#options.send({ type: 'response.output_text.delta', ...this.#at(message), delta: text });
    }
  }

  #takeSpeech({ transcript, samples, sampleRate }: Extract<AnswerEvent, { kind: 'speech-delta' }>): void {
    const message = this.#openMessage();
    const [part] = message.item.parts;
    if (part?.kind !== 'speech') return;
    const ms = (samples.length / sampleRate) * 1000;
    const last = part.pieces.at(-1);
    if (transcript === '' && last !== undefined) last.ms += ms;
    else part.pieces.push({ transcript, ms });
    if (transcript !== '')
      this.#options.send({ type: 'response.output_audio_transcript.delta', ...this.#at(message), delta: transcript });
    this.#firstSoundAtMs ??= this.#options.now();
    this.#spokenMs += ms;
    this.#sendSound(message, this.#voice.push(samples, sampleRate));
  }

  #sendSound(message: Placed<AssistantItem>, pieces: readonly string[]): void {
    for (const delta of pieces)
      this.#options.send({ type: 'response.output_audio.delta', ...this.#at(message), delta });
  }

  #openMessage(): Placed<AssistantItem> {
    if (this.#message !== null) return this.#message;
    const { settings, newId, send } = this.#options;
    const part: AssistantItem['parts'][number] = settings.speaks
      ? { kind: 'speech', written: '', pieces: [], truncated: false }
      : { kind: 'text', text: '' };
    const item: AssistantItem = {
      kind: 'message',
      id: newId('item'),
      role: 'assistant',
      parts: [],
      status: 'in_progress',
    };
    const message = this.#place(item);
    item.parts.push(part);
    this.#message = message;
    const shown = settings.speaks
      ? ({ type: 'audio', transcript: '' } as const)
      : ({ type: 'text', text: '' } as const);
    send({ type: 'response.content_part.added', ...this.#at(message), part: shown });
    return message;
  }

  #closeMessage(message: Placed<AssistantItem>, whole: boolean): void {
    const { send } = this.#options;
    const { item } = message;
    const at = this.#at(message);
    const [part] = item.parts;
    if (part?.kind === 'speech') {
      this.#sendSound(message, this.#voice.finish());
      if (whole && part.pieces.length === 0 && part.written !== '') {
        // Nothing of it could be spoken, such as a table alone; it is told all the same.
        part.pieces.push({ transcript: part.written, ms: 0 });
        send({ type: 'response.output_audio_transcript.delta', ...at, delta: part.written });
      }
      const transcript = transcriptOf(part.pieces);
      send({ type: 'response.output_audio.done', ...at });
      send({ type: 'response.output_audio_transcript.done', ...at, transcript });
      send({ type: 'response.content_part.done', ...at, part: { type: 'audio', transcript } });
    } else if (part?.kind === 'text') {
      send({ type: 'response.output_text.done', ...at, text: part.text });
      send({ type: 'response.content_part.done', ...at, part: { type: 'text', text: part.text } });
    }
    item.status = whole ? 'completed' : 'incomplete';
    this.#finishItem(message);
  }

  #beginCall({ index, id, name }: Extract<AnswerEvent, { kind: 'tool-call' }>): void {
    const item: CallItem = {
      kind: 'call',
      id: this.#options.newId('item'),
      callId: id,
      name,
      arguments: '',
      status: 'in_progress',
    };
    this.#calls.set(index, this.#place(item));
  }

  #takeArguments({ index, text }: Extract<AnswerEvent, { kind: 'tool-call-delta' }>): void {
    const call = this.#calls.get(index);
    if (call === undefined || text === '') return;
    call.item.arguments += text;
    const event = { ...this.#in(call), call_id: call.item.callId, delta: text };
    this.#options.send({ type: 'response.function_call_arguments.delta', ...event });
  }

  #closeCall(call: Placed<CallItem>, whole: boolean): void {
    const { callId, name, arguments: text } = call.item;
    call.item.status = whole ? 'completed' : 'incomplete';
    const event = { ...this.#in(call), call_id: callId, name, arguments: text };
    this.#options.send({ type: 'response.function_call_arguments.done', ...event });
    this.#finishItem(call);
  }

  #place<T extends Item>(item: T): Placed<T> {
    const { send, addItem, shape } = this.#options;
    const outputIndex = this.#output.push(item) - 1;
    const shown = renderItem(item, shape);
    send({ type: 'response.output_item.added', response_id: this.id, output_index: outputIndex, item: shown });
    const previousId = this.inConversation ? addItem(item) : null;
    if (this.inConversation) send({ type: 'conversation.item.added', previous_item_id: previousId, item: shown });
    return { item, outputIndex, previousId };
  }

  #finishItem({ item, outputIndex, previousId }: Placed<Item>): void {
    const { send, shape } = this.#options;
    const shown = renderItem(item, shape);
    if (this.inConversation) send({ type: 'conversation.item.done', previous_item_id: previousId, item: shown });
    send({ type: 'response.output_item.done', response_id: this.id, output_index: outputIndex, item: shown });
  }

  #in({ item, outputIndex }: Placed<Item>): Place {
    return { response_id: this.id, item_id: item.id, output_index: outputIndex };
  }

  #at(message: Placed<Item>): Place & { readonly content_index: number } {
    return { ...this.#in(message), content_index: 0 };
  }

  #render(status: string, details: object | null): object {
    const { id, conversationId, settings, metadata, shape } = this.#options;
    const modalities = modalitiesOf(settings, shape);
    return {
      object: 'realtime.response',
      id,
      status,
      status_details: details,
      output: this.#output.map((item) => renderItem(item, shape)),
      conversation_id: conversationId,
      max_output_tokens: settings.maxTokens ?? 'inf',
      metadata,
      usage: this.#usage === null ? null : renderUsage(this.#usage),
      ...(shape === 'ga'
        ? { output_modalities: modalities, audio: { output: renderOutput(settings) } }
        : {
            modalities,
            voice: settings.voice,
            output_audio_format: settings.outputFormat,
            temperature: settings.temperature ?? 0.8,
          }),
    };
  }
}

/** Sound is no tokens here: all of them are of text. */
function renderUsage({ promptTokens, completionTokens, cachedTokens }: Usage): object {
  return {
    total_tokens: promptTokens + completionTokens,
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    input_token_details: {
      text_tokens: promptTokens,
      audio_tokens: 0,
      image_tokens: 0,
      cached_tokens: cachedTokens,
      cached_tokens_details: { text_tokens: cachedTokens, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: completionTokens, audio_tokens: 0 },
  };
}
