import { Resampler } from '../../pipeline/audio-encode/resampler.ts';
import { TurnDetector, type TurnOptions } from '../../pipeline/turn-detection/turn-detector.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { Emit } from './effect.ts';
import { InputBuffer } from './input-buffer.ts';
import type { Sound } from './item.ts';
import type { SessionSettings, TurnSettings } from './session-settings.ts';
import { decodeSound, layoutOf } from './wire-audio.ts';

/** Samples per second that the detector takes. */
const DETECTOR_RATE = 16_000;
/** Less than this is a slip, not a turn; OpenAI's bound. */
const LEAST_MS = 100;
/** Sound that is kept while nobody speaks: a turn's beginning lies in it, and a client may commit it by hand. */
const KEPT_SILENCE_MS = 30_000;

/** Sound that became a turn. */
export interface HeardTurn {
  readonly itemId: string;
  readonly sound: Sound;
}

/** What the detector's scores settled. */
export type HeardEvent =
  /** The turn may be over: this is its sound so far. */
  | { readonly kind: 'paused'; readonly sound: Sound }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'started'; readonly itemId: string; readonly audioStartMs: number }
  | { readonly kind: 'stopped'; readonly audioEndMs: number; readonly turn: HeardTurn };

/** A session's ear: the input audio buffer, and the speaker's turns in it. */
export class Hearing {
  readonly #buffer: InputBuffer;
  readonly #newId: (prefix: string) => string;
  readonly #emit: Emit;
  #turns: TurnSettings | null = null;
  /** The sound since turns were last told, as the detector sees it. */
  #stream: { readonly id: number; readonly startMs: number; readonly detector: TurnDetector } | null = null;
  #streams = 0;
  #resampler: { readonly rate: number; readonly resampler: Resampler } | null = null;
  /** The turn that is being spoken. */
  #turn: { readonly itemId: string; readonly startMs: number } | null = null;

  constructor(settings: SessionSettings, newId: (prefix: string) => string, emit: Emit) {
    this.#buffer = new InputBuffer(settings.inputFormat);
    this.#newId = newId;
    this.#emit = emit;
    this.configure(settings);
  }

  get speaking(): boolean {
    return this.#turn !== null;
  }

  /** Throws `invalid_request` for a change of format in mid-sound. */
  configure({ inputFormat, turns }: SessionSettings): void {
    this.#buffer.setFormat(inputFormat);
    this.#turns = turns;
    if (turns === null) {
      this.#stream = null;
      this.#turn = null;
    } else if (this.#stream === null) {
      this.#streams += 1;
      const detector = new TurnDetector(withPause(turns));
      this.#stream = { id: this.#streams, startMs: this.#buffer.endMs, detector };
    } else this.#stream.detector.configure(withPause(turns));
  }

  /** Throws `invalid_media` and `too_large`. */
  append(bytes: Uint8Array): void {
    this.#buffer.append(bytes);
    if (this.#stream === null) return;
    if (!this.speaking) this.#buffer.keepLast(KEPT_SILENCE_MS);
    const samples = this.#toDetector(decodeSound(bytes, this.#buffer.format));
    if (samples.length > 0) this.#emit({ kind: 'detect', stream: this.#stream.id, samples });
  }

  /** Takes the detector's scores; those of a stream that is over say nothing. */
  takeScores(stream: number, scores: Float32Array): HeardEvent[] {
    if (this.#stream?.id !== stream || this.#turns === null) return [];
    const { startMs, detector } = this.#stream;
    const { prefixMs } = this.#turns;
    return detector.push(scores).flatMap((event): HeardEvent[] => {
      if (event.kind === 'started') {
        const from = Math.max(this.#buffer.startMs, startMs + event.atMs - prefixMs);
        this.#turn = { itemId: this.#newId('item'), startMs: from };
        return [{ kind: 'started', itemId: this.#turn.itemId, audioStartMs: Math.round(from) }];
      }
      if (this.#turn === null) return [];
      if (event.kind === 'resumed') return [event];
      const endMs = startMs + event.atMs;
      if (event.kind === 'paused')
        return [{ kind: 'paused', sound: this.#soundOf(this.#buffer.peek(this.#turn.startMs, endMs)) }];
      const { itemId } = this.#turn;
      const bytes = this.#buffer.take(this.#turn.startMs, endMs);
      this.#turn = null;
      return [{ kind: 'stopped', audioEndMs: Math.round(endMs), turn: { itemId, sound: this.#soundOf(bytes) } }];
    });
  }

  /** Makes a turn of all that is there, or of what was spoken of a turn. Throws `input_audio_buffer_commit_empty`. */
  commit(): HeardTurn {
    const { lengthMs, startMs, endMs } = this.#buffer;
    if (lengthMs < LEAST_MS)
      throw new GatewayError(
        'input_audio_buffer_commit_empty',
        `the input audio buffer holds ${Math.floor(lengthMs)} ms of sound and a turn needs at least ${LEAST_MS} ms; append more before you commit`,
      );
    const itemId = this.#turn?.itemId ?? this.#newId('item');
    const bytes = this.#buffer.take(this.#turn?.startMs ?? startMs, endMs);
    this.#turn = null;
    this.#stream?.detector.reset();
    return { itemId, sound: this.#soundOf(bytes) };
  }

  /** Makes a turn of the silence that was listened to in vain. */
  takeSilence(ms: number): HeardTurn & { readonly startMs: number; readonly endMs: number } {
    const { endMs } = this.#buffer;
    const startMs = Math.max(this.#buffer.startMs, endMs - ms);
    const sound: Sound = {
      ...this.#soundOf(this.#buffer.take(startMs, endMs)),
      hearing: { kind: 'heard', transcript: '' },
    };
    return { itemId: this.#newId('item'), sound, startMs: Math.round(startMs), endMs: Math.round(endMs) };
  }

  clear(): void {
    this.#buffer.clear();
    this.#turn = null;
    this.#stream?.detector.reset();
  }

  #soundOf(bytes: Uint8Array): Sound {
    return { format: this.#buffer.format, bytes, hearing: { kind: 'pending' } };
  }

  #toDetector(samples: Float32Array): Float32Array {
    const { rate } = layoutOf(this.#buffer.format);
    if (this.#resampler?.rate !== rate) this.#resampler = { rate, resampler: new Resampler(rate, DETECTOR_RATE) };
    return this.#resampler.resampler.push(samples);
  }
}

/** The part of a turn's last silence after which it is probably over. */
const PAUSE = 0.4;
const LEAST_PAUSE_MS = 96;

function withPause(turns: TurnSettings): TurnOptions {
  return { ...turns, pauseMs: Math.max(LEAST_PAUSE_MS, turns.silenceMs * PAUSE) };
}
