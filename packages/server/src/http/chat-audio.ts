import type { AnswerAudio, ChatMessage, SpokenAnswer } from '@concert/protocol';
import { randomUUID } from 'node:crypto';
import type { AudioEncoder } from '../pipeline/audio-encode/create-audio-encoder.ts';
import type { AnswerEvent } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import type { AppDeps } from './app-deps.ts';
import { Base64Pieces } from './base64-pieces.ts';
import { isAbsent } from './is-absent.ts';
import type { SpokenAnswers } from './spoken-answers.ts';

/** A piece of a spoken answer, as `delta.audio` carries it. */
export type AudioDelta = Partial<AnswerAudio>;

type Sound = Extract<AnswerEvent, { kind: 'speech-delta' }>;

export interface ChatAudioOptions {
  readonly format: SpokenAnswer['format'];
  /** How many choices the answer has. */
  readonly choices: number;
  /** Whether its pieces are sent as they come: headers then leave the length open. */
  readonly streaming: boolean;
  readonly createAudioEncoder: AppDeps['createAudioEncoder'];
  /** Where the transcripts are kept for later turns. */
  readonly kept: SpokenAnswers;
}

/**
 * The sound of a chat answer in OpenAI's form: what is written becomes the transcript, as soon as it is written, and the sound comes
 * as base64 whose pieces can be joined. The owner disposes of it, which gives the encoders' memory back.
 */
export class ChatAudio implements Disposable {
  readonly #choices: readonly ChoiceAudio[];

  private constructor(choices: readonly ChoiceAudio[]) {
    this.#choices = choices;
  }

  /** Throws `unsupported_value` for a format that is not written here. */
  static async open({ format, choices, streaming, createAudioEncoder, kept }: ChatAudioOptions): Promise<ChatAudio> {
    const opened: ChoiceAudio[] = [];
    for (let at = 0; at < choices; at++) {
      opened.push(new ChoiceAudio(await createEncoder(format, { streaming, createAudioEncoder }), kept));
    }
    return new ChatAudio(opened);
  }

  /** More words of a choice. */
  text(choice: number, text: string): AudioDelta {
    return this.#of(choice).text(text);
  }

  /** More sound of one; null where there is not yet enough for a piece. */
  sound(event: Sound): AudioDelta | null {
    return this.#of(event.choice).sound(event);
  }

  /** What ends a choice; nothing where nothing was said or written. Its transcript is kept from here on. */
  end(choice: number): AudioDelta[] {
    return this.#of(choice).end();
  }

  [Symbol.dispose](): void {
    for (const choice of this.#choices) choice[Symbol.dispose]();
  }

  #of(choice: number): ChoiceAudio {
    const found = this.#choices[choice];
    if (found === undefined) throw new RangeError(`the answer has no choice ${choice}`);
    return found;
  }
}

async function createEncoder(
  format: SpokenAnswer['format'],
  { streaming, createAudioEncoder }: Pick<ChatAudioOptions, 'streaming' | 'createAudioEncoder'>,
): Promise<AudioEncoder> {
  try {
    return await createAudioEncoder(format === 'pcm16' ? 'pcm' : format, { streaming });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError(error.code, error.message, { param: 'audio.format', cause: error });
  }
}

class ChoiceAudio implements Disposable {
  readonly #encoder: AudioEncoder;
  readonly #kept: SpokenAnswers;
  readonly #id = `audio_${randomUUID().replaceAll('-', '')}`;
  readonly #pieces = new Base64Pieces();
  #transcript = '';
  #told = false;
  #sounded = false;
  #finished = false;

  constructor(encoder: AudioEncoder, kept: SpokenAnswers) {
    this.#encoder = encoder;
    this.#kept = kept;
  }

  text(text: string): AudioDelta {
    this.#transcript += text;
    return { ...this.#introduced(), transcript: text };
  }

  sound({ samples, sampleRate }: Sound): AudioDelta | null {
    this.#sounded = true;
    return this.#data(this.#pieces.push(this.#encoder.push(samples, sampleRate)));
  }

  end(): AudioDelta[] {
    const rest = this.#finish();
    if (!this.#told && !this.#sounded) return [];
    // A file without sound would only be a header.
    const last = this.#sounded ? this.#data(this.#pieces.push(rest) + this.#pieces.end()) : null;
    const expires_at = Math.floor(this.#kept.keep(this.#id, this.#transcript) / 1000);
    return [...(last === null ? [] : [last]), { expires_at }];
  }

  [Symbol.dispose](): void {
    this.#finish();
  }

  /** The encoder's last bytes; its own memory, out of the garbage collector's reach, is given back. */
  #finish(): Uint8Array {
    if (this.#finished) return new Uint8Array();
    this.#finished = true;
    return this.#encoder.finish();
  }

  #data(data: string): AudioDelta | null {
    return data === '' ? null : { ...this.#introduced(), data };
  }

  /** The id, with the first piece alone: clients join what they get under one name. */
  #introduced(): AudioDelta {
    if (this.#told) return {};
    this.#told = true;
    return { id: this.#id };
  }
}

/** The pieces of one choice as one; null where nothing sounded. */
export function joinAudio(pieces: readonly AudioDelta[]): AnswerAudio | null {
  const whole = { id: '', data: '', transcript: '', expires_at: 0 };
  const parts: string[] = [];
  for (const { id, data, transcript, expires_at } of pieces) {
    whole.id ||= id ?? '';
    if (data !== undefined) parts.push(data);
    whole.transcript += transcript ?? '';
    whole.expires_at = expires_at ?? whole.expires_at;
  }
  return parts.length === 0 ? null : { ...whole, data: parts.join('') };
}

/** The conversation with the transcripts of the spoken answers that it names by their ids alone. Throws `invalid_request` for an id that is not known, or no longer. */
export function withTranscripts(messages: readonly ChatMessage[], kept: SpokenAnswers): ChatMessage[] {
  return messages.map((message, at) => {
    if (message.role !== 'assistant' || isAbsent(message.audio)) return message;
    const { audio, content } = message;
    if (!isAbsent(audio.transcript) || isAbsent(audio.id)) return message;
    // Words that the caller sends along need no transcript.
    if (!isAbsent(content) && content.length > 0) return message;
    return { ...message, content: kept.find(audio.id, `messages.${at}.audio.id`) };
  });
}
