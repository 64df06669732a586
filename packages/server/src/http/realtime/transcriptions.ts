import { GatewayError } from '../../shared/errors.ts';
import type { Emit } from './effect.ts';
import { type Item, type Sound, soundsOf } from './item.ts';
import { errorOf } from './server-event.ts';
import type { SessionSettings } from './session-settings.ts';
import { msOfBytes, wavOf } from './wire-audio.ts';

/** More sounds wait only for a client that sends faster than anybody speaks. */
const MOST_PENDING = 16;
const MOST_PENDING_SECONDS = 600;

interface Pending {
  readonly itemId: string;
  readonly contentIndex: number;
  readonly sound: Sound;
  readonly seconds: number;
  /** Whether the client is told of the transcript. */
  readonly told: boolean;
  text: string;
}

/** A turn that may be over, written down ahead. */
interface Guess {
  readonly id: string;
  /** The turn's sound, once it was over indeed. */
  sound: Sound | null;
  text: string;
  done: boolean;
}

/** What is being written down of a conversation's sounds. */
export class Transcriptions {
  readonly #emit: Emit;
  readonly #newId: (prefix: string) => string;
  readonly #pending = new Map<string, Pending>();
  #guess: Guess | null = null;

  constructor(newId: (prefix: string) => string, emit: Emit) {
    this.#newId = newId;
    this.#emit = emit;
  }

  get running(): number {
    return this.#pending.size;
  }

  /** Throws `queue_full` where too many sounds wait already. */
  admit(): void {
    const seconds = [...this.#pending.values()].reduce((sum, pending) => sum + pending.seconds, 0);
    if (this.#pending.size < MOST_PENDING && seconds < MOST_PENDING_SECONDS) return;
    const waiting = `${this.#pending.size} turns of this session (${Math.round(seconds)} s) wait to be written down`;
    throw new GatewayError('queue_full', `${waiting}; send slower`);
  }

  /** Begins to write down a turn that may be over; the words are nobody's until it is. Not while others wait: they go first. */
  guess(sound: Sound, settings: SessionSettings): void {
    this.dropGuess();
    if (this.#pending.size > 0) return;
    const id = this.#newId('trans');
    this.#guess = { id, sound: null, text: '', done: false };
    this.#write(id, sound, settings);
  }

  /** The turn went on: what was begun is of no use. */
  dropGuess(): void {
    const guess = this.#guess;
    this.#guess = null;
    if (guess !== null && !guess.done) this.#emit({ kind: 'stop-transcribing', id: guess.id });
  }

  /** The turn was over: what was begun are its words. */
  confirmGuess(sound: Sound): void {
    if (this.#guess !== null) this.#guess.sound = sound;
  }

  /** Begins to write down the sounds of an item, or goes on where that was begun ahead. Returns whether its words are all there already. */
  begin(item: Item, settings: SessionSettings): boolean {
    let heardAll = false;
    for (const { sound, contentIndex } of soundsOf(item)) {
      if (sound.hearing.kind !== 'pending' || sound.bytes === null) continue;
      const guess = this.#takeGuess(sound);
      const id = guess?.id ?? this.#newId('trans');
      const seconds = msOfBytes(sound.format, sound.bytes.length) / 1000;
      const told = settings.transcription !== null;
      this.#pending.set(id, { itemId: item.id, contentIndex, sound, seconds, told, text: '' });
      if (guess === null) this.#write(id, sound, settings);
      else this.heardMore(id, guess.text);
      if (guess?.done === true) heardAll = this.heard(id) !== null;
    }
    return heardAll;
  }

  /** Gives up what belongs to an item that is gone. */
  stop(itemId: string): void {
    for (const [id, pending] of this.#pending) {
      if (pending.itemId !== itemId) continue;
      this.#pending.delete(id);
      this.#emit({ kind: 'stop-transcribing', id });
    }
  }

  heardMore(id: string, text: string): void {
    if (this.#guess?.id === id) this.#guess.text += text;
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    const delta = pending.text === '' ? text.trimStart() : text;
    pending.text += delta;
    if (!pending.told || delta === '') return;
    const { itemId, contentIndex } = pending;
    const type = 'conversation.item.input_audio_transcription.delta';
    this.#emit({ kind: 'send', event: { type, item_id: itemId, content_index: contentIndex, delta } });
  }

  /** The item whose sound was written down to its end; null for one that is gone, or is none yet. */
  heard(id: string): string | null {
    if (this.#guess?.id === id) this.#guess.done = true;
    const pending = this.#pending.get(id);
    if (pending === undefined) return null;
    this.#pending.delete(id);
    const { itemId, contentIndex, sound, seconds } = pending;
    const transcript = pending.text.trim();
    sound.hearing = { kind: 'heard', transcript };
    if (pending.told) {
      const type = 'conversation.item.input_audio_transcription.completed';
      const usage = { type: 'duration', seconds } as const;
      this.#emit({ kind: 'send', event: { type, item_id: itemId, content_index: contentIndex, transcript, usage } });
    }
    return itemId;
  }

  /** The item whose sound could not be written down; null for one that is gone, or is none yet and is tried again. */
  failed(id: string, error: GatewayError): string | null {
    if (this.#guess?.id === id) this.#guess = null;
    const pending = this.#pending.get(id);
    if (pending === undefined) return null;
    this.#pending.delete(id);
    const { itemId, contentIndex, sound } = pending;
    sound.hearing = { kind: 'failed', error };
    if (pending.told) {
      const { event_id: _none, ...body } = errorOf(error, null);
      const type = 'conversation.item.input_audio_transcription.failed';
      this.#emit({ kind: 'send', event: { type, item_id: itemId, content_index: contentIndex, error: body } });
    }
    return itemId;
  }

  #takeGuess(sound: Sound): Guess | null {
    const guess = this.#guess;
    if (guess === null || guess.sound !== sound) return null;
    this.#guess = null;
    return guess;
  }

  #write(id: string, { bytes, format }: Sound, settings: SessionSettings): void {
    const { model, language } = settings.transcription ?? { model: 'whisper-1', language: null };
    this.#emit({ kind: 'transcribe', id, audio: wavOf(bytes ?? new Uint8Array(), format), model, language });
  }
}
