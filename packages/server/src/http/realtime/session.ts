import type { RealtimeClientEvent, RealtimeResponseSettings } from '@concert/protocol';
import { decodeBase64 } from '../../pipeline/media/decode-base64.ts';
import { GatewayError } from '../../shared/errors.ts';
import { Conversation } from './conversation.ts';
import type { Effect, SessionInput } from './effect.ts';
import { type HeardEvent, Hearing, type HeardTurn } from './hearing.ts';
import { type Item, readItem, soundsOf, truncateSpeech } from './item.ts';
import { renderItem } from './render-item.ts';
import { type ApiShape, renderSession } from './render-session.ts';
import { Responses } from './responses.ts';
import type { RunningResponse } from './running-response.ts';
import { errorOf, type ServerEvent } from './server-event.ts';
import { applyResponse, applySession, type SessionSettings } from './session-settings.ts';
import { Transcriptions } from './transcriptions.ts';

export interface SessionOptions {
  readonly settings: SessionSettings;
  readonly shape: ApiShape;
  readonly imagePixels: number;
  /** A new id with that prefix. */
  readonly newId: (prefix: string) => string;
  /** Milliseconds. */
  readonly now: () => number;
  /** Throws where no model or voice here can do what is asked. */
  readonly check: (settings: SessionSettings) => void;
}

type Client<T extends RealtimeClientEvent['type']> = Extract<RealtimeClientEvent, { type: T }>;

/**
 * A session of the Realtime API as a machine: what happens goes in, what is to be done comes out, in order. It does nothing itself and
 * knows no time but `now`. What a client did wrong becomes an `error` event, and the session goes on.
 */
export class RealtimeSession {
  readonly #options: SessionOptions;
  readonly #effects: Effect[] = [];
  readonly #conversation = new Conversation();
  readonly #hearing: Hearing;
  readonly #transcriptions: Transcriptions;
  readonly #responses: Responses;
  readonly #id: string;
  #settings: SessionSettings;
  /** The spoken turn that is answered as soon as its words are there and nothing else is being answered. */
  #due: string | null = null;
  #warmed = false;

  constructor(options: SessionOptions) {
    const { newId, settings, shape, now } = options;
    const emit = (effect: Effect): void => void this.#effects.push(effect);
    this.#options = options;
    this.#settings = settings;
    this.#id = newId('sess');
    const conversationId = newId('conv');
    this.#hearing = new Hearing(settings, newId, emit);
    this.#transcriptions = new Transcriptions(newId, emit);
    const addItem = (item: Item): string | null => this.#conversation.add(item);
    this.#responses = new Responses({ conversationId, shape, newId, now, emit, addItem });
    this.#send({ type: 'session.created', session: this.#rendered() });
    if (shape === 'beta')
      this.#send({
        type: 'conversation.created',
        conversation: { id: conversationId, object: 'realtime.conversation' },
      });
  }

  /** Whether nothing is under way that a client waits for. */
  get idle(): boolean {
    return this.#responses.running === 0 && this.#transcriptions.running === 0;
  }

  /** What is to be done at the beginning. */
  start(): Effect[] {
    return this.#effects.splice(0);
  }

  /** Takes what happened; what is to be done now. */
  handle(input: SessionInput): Effect[] {
    try {
      this.#take(input);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#fail(error, input.kind === 'client' ? (input.event.event_id ?? null) : null);
    }
    return this.#effects.splice(0);
  }

  /** What is to be done about an event that could not even be read. */
  refuse(error: GatewayError, eventId: string | null): Effect[] {
    this.#fail(error, eventId);
    return this.#effects.splice(0);
  }

  #take(input: SessionInput): void {
    switch (input.kind) {
      case 'client':
        return this.#takeClient(input.event);
      case 'scores':
        return this.#takeScores(input);
      case 'detector-failed':
        return this.#stopDetecting(input.error);
      case 'heard-more':
        return this.#transcriptions.heardMore(input.id, input.text);
      case 'heard':
        return this.#heard(this.#transcriptions.heard(input.id));
      case 'not-heard':
        return this.#heard(this.#transcriptions.failed(input.id, input.error));
      case 'answer-event':
        return this.#takeAnswer(input.id, input.event);
      case 'answered':
        return this.#responseEnded(this.#responses.finished(input.id));
      case 'not-answered':
        return this.#responseEnded(this.#responses.failed(input.id, input.error));
      case 'woken':
        return this.#promptSilentUser();
      default:
        return input satisfies never;
    }
  }

  #takeClient(event: RealtimeClientEvent): void {
    switch (event.type) {
      case 'session.update':
      case 'transcription_session.update':
        return this.#update(event);
      case 'input_audio_buffer.append':
        this.#warm();
        return this.#hearing.append(decodeBase64(event.audio, 'audio'));
      case 'input_audio_buffer.commit':
        this.#transcriptions.admit();
        this.#transcriptions.dropGuess();
        return this.#commit(this.#hearing.commit());
      case 'input_audio_buffer.clear':
        this.#hearing.clear();
        this.#transcriptions.dropGuess();
        return this.#send({ type: 'input_audio_buffer.cleared' });
      case 'conversation.item.create':
        return this.#createItem(event);
      case 'conversation.item.retrieve': {
        const item = renderItem(this.#conversation.get(event.item_id), this.#options.shape, 'with-sound');
        return this.#send({ type: 'conversation.item.retrieved', item });
      }
      case 'conversation.item.truncate':
        return this.#truncate(event);
      case 'conversation.item.delete':
        this.#conversation.delete(event.item_id);
        this.#transcriptions.stop(event.item_id);
        return this.#send({ type: 'conversation.item.deleted', item_id: event.item_id });
      case 'response.create':
        return this.#createResponse(event);
      case 'response.cancel':
        return this.#responses.cancel(event.response_id ?? null, 'client_cancelled');
      case 'output_audio_buffer.clear':
        return undefined;
      default:
        return event satisfies never;
    }
  }

  #update({ type, session }: Client<'session.update' | 'transcription_session.update'>): void {
    const purpose = type === 'session.update' ? session.type : 'transcription';
    const settings = applySession(this.#settings, { ...session, type: purpose });
    this.#options.check(settings);
    this.#hearing.configure(settings);
    this.#settings = settings;
    if (settings.turns === null) this.#transcriptions.dropGuess();
    this.#emit({ kind: 'settings', settings });
    this.#send({ type: 'session.updated', session: this.#rendered() });
    if (this.#warmed) this.#emit({ kind: 'warm' });
  }

  #createItem({ item: wanted, previous_item_id: after }: Client<'conversation.item.create'>): void {
    this.#warm();
    const { newId, imagePixels } = this.#options;
    const item = readItem(wanted, { newId, imagePixels, inputFormat: this.#settings.inputFormat, param: 'item' });
    if (soundsOf(item).length > 0) this.#transcriptions.admit();
    this.#addItem(item, after ?? null);
  }

  #truncate({ item_id, content_index, audio_end_ms }: Client<'conversation.item.truncate'>): void {
    truncateSpeech(this.#conversation.get(item_id), content_index, audio_end_ms);
    this.#send({ type: 'conversation.item.truncated', item_id, content_index, audio_end_ms });
  }

  #createResponse({ response }: Client<'response.create'>): void {
    if (this.#settings.purpose === 'transcription')
      throw new GatewayError('invalid_request', 'a transcription session writes turns down and answers none');
    this.#warm();
    const wanted: RealtimeResponseSettings = response ?? {};
    this.#responses.create({
      model: this.#settings.model,
      settings: applyResponse(this.#settings, wanted),
      context:
        wanted.input === undefined || wanted.input === null ? this.#conversation.items : this.#context(wanted.input),
      inConversation: wanted.conversation !== 'none',
      metadata: wanted.metadata ?? null,
    });
    if (wanted.conversation !== 'none') this.#due = null;
    this.#emit({ kind: 'wake', ms: null });
  }

  /** The items that a response is given instead of the conversation. */
  #context(input: NonNullable<RealtimeResponseSettings['input']>): Item[] {
    const { newId, imagePixels } = this.#options;
    const items = input.map((wanted, at) => {
      const param = `response.input.${at}`;
      if (wanted.type === 'item_reference') return this.#conversation.get(wanted.id, `${param}.id`);
      return readItem(wanted, { newId, imagePixels, inputFormat: this.#settings.inputFormat, param });
    });
    for (const item of items) {
      if (this.#conversation.items.includes(item) || soundsOf(item).length === 0) continue;
      this.#transcriptions.admit();
      void this.#transcriptions.begin(item, { ...this.#settings, transcription: null });
    }
    return items;
  }

  #takeScores({ stream, scores }: Extract<SessionInput, { kind: 'scores' }>): void {
    for (const event of this.#hearing.takeScores(stream, scores)) {
      switch (event.kind) {
        case 'started':
          this.#turnStarted(event.itemId, event.audioStartMs);
          break;
        case 'paused':
          this.#transcriptions.guess(event.sound, this.#settings);
          break;
        case 'resumed':
          this.#transcriptions.dropGuess();
          break;
        case 'stopped':
          this.#turnStopped(event);
          break;
        default:
          event satisfies never;
      }
    }
  }

  #turnStopped({ turn, audioEndMs }: Extract<HeardEvent, { kind: 'stopped' }>): void {
    this.#send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: audioEndMs, item_id: turn.itemId });
    const answers = this.#settings.turns?.createsResponse === true && this.#settings.purpose === 'realtime';
    if (answers) this.#due = turn.itemId;
    this.#transcriptions.confirmGuess(turn.sound);
    this.#commit(turn);
  }

  #turnStarted(itemId: string, audioStartMs: number): void {
    this.#send({ type: 'input_audio_buffer.speech_started', audio_start_ms: audioStartMs, item_id: itemId });
    this.#emit({ kind: 'wake', ms: null });
    if (this.#settings.turns?.interruptsResponse === true) {
      this.#due = null;
      if (this.#responses.active !== null) this.#responses.cancel(null, 'turn_detected');
    }
    this.#emit({ kind: 'warm' });
  }

  #commit({ itemId, sound }: HeardTurn): void {
    this.#emit({ kind: 'wake', ms: null });
    const previous = this.#conversation.lastId;
    this.#send({ type: 'input_audio_buffer.committed', item_id: itemId, previous_item_id: previous });
    this.#addItem({ kind: 'message', id: itemId, role: 'user', parts: [{ kind: 'sound', sound }] }, null);
  }

  #addItem(item: Item, after: string | null): void {
    const previous = this.#conversation.add(item, after);
    const event = { previous_item_id: previous, item: renderItem(item, this.#options.shape) };
    this.#send({ type: 'conversation.item.added', ...event });
    this.#send({ type: 'conversation.item.done', ...event });
    if (this.#transcriptions.begin(item, this.#settings)) this.#heard(item.id);
  }

  #heard(itemId: string | null): void {
    if (itemId === null) return;
    // Noise that held no words is no question.
    if (this.#due === itemId && !this.#hasWords(itemId)) this.#due = null;
    this.#responses.answerHeard();
    this.#answerDue();
  }

  /** Whether a turn says something, or what it says could not be told. */
  #hasWords(itemId: string): boolean {
    const item = this.#conversation.items.find(({ id }) => id === itemId);
    if (item === undefined) return false;
    return soundsOf(item).some(({ sound: { hearing } }) => hearing.kind !== 'heard' || hearing.transcript !== '');
  }

  #answerDue(): void {
    const item = this.#conversation.items.find(({ id }) => id === this.#due);
    if (item === undefined || this.#responses.active !== null) return;
    if (soundsOf(item).some(({ sound }) => sound.hearing.kind === 'pending')) return;
    this.#due = null;
    this.#answerConversation();
  }

  #answerConversation(notice = ''): void {
    const { model } = this.#settings;
    const context = this.#conversation.items;
    const wanted = { model, settings: this.#settings, context, inConversation: true, metadata: null, notice };
    this.#responses.create(wanted);
  }

  #takeAnswer(id: string, event: Extract<SessionInput, { kind: 'answer-event' }>['event']): void {
    try {
      this.#responses.take(id, event);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.#emit({ kind: 'stop-answering', id });
      this.#responseEnded(this.#responses.failed(id, error));
    }
  }

  #responseEnded(response: RunningResponse | null): void {
    if (response?.inConversation !== true) return;
    const idleMs = this.#settings.turns?.idleTimeoutMs ?? null;
    const playing = Math.max(0, response.playedAtMs - this.#options.now());
    if (idleMs !== null && !this.#hearing.speaking) this.#emit({ kind: 'wake', ms: idleMs + playing });
    this.#answerDue();
  }

  /** Nobody spoke for as long as the session allows: the model is asked to go on. */
  #promptSilentUser(): void {
    const idleMs = this.#settings.turns?.idleTimeoutMs ?? null;
    if (idleMs === null || this.#hearing.speaking || !this.idle) return;
    const { itemId, sound, startMs, endMs } = this.#hearing.takeSilence(idleMs);
    const times = { audio_start_ms: startMs, audio_end_ms: endMs };
    this.#send({ type: 'input_audio_buffer.timeout_triggered', ...times, item_id: itemId });
    this.#commit({ itemId, sound });
    const seconds = Math.round(idleMs / 1000);
    this.#answerConversation(
      `The user has said nothing for ${seconds} seconds. Ask briefly whether they want to go on.`,
    );
  }

  /** Without a detector the session goes on by hand, and its client is told so. */
  #stopDetecting(error: GatewayError): void {
    if (this.#settings.turns === null) return;
    this.#fail(error, null);
    this.#settings = { ...this.#settings, turns: null };
    this.#hearing.configure(this.#settings);
    this.#send({ type: 'session.updated', session: this.#rendered() });
  }

  /** The first thing that needs a model has come. */
  #warm(): void {
    if (this.#warmed) return;
    this.#warmed = true;
    this.#emit({ kind: 'warm' });
  }

  #rendered(): object {
    return renderSession(this.#id, this.#settings, this.#options.shape);
  }

  #fail(error: GatewayError, eventId: string | null): void {
    this.#send({ type: 'error', error: errorOf(error, eventId) });
  }

  #send(event: ServerEvent): void {
    this.#emit({ kind: 'send', event });
  }

  #emit(effect: Effect): void {
    this.#effects.push(effect);
  }
}
