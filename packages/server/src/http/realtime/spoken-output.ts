import type { RealtimeAudioFormat } from '@concert/protocol';
import { Resampler } from '../../pipeline/audio-encode/resampler.ts';
import { bytesOfMs, encodeSound, layoutOf } from './wire-audio.ts';

/** Clients play, and cut off, in pieces of this length at most. */
const PIECE_MS = 250;

/** Turns the sound of an answer into pieces of the session's format, base64. Chunks of one rate are one stream, so their joints are smooth. */
export class SpokenOutput {
  readonly #format: RealtimeAudioFormat;
  #current: { readonly rate: number; readonly resampler: Resampler | null } | null = null;

  constructor(format: RealtimeAudioFormat) {
    this.#format = format;
  }

  /** The pieces that are certain now. */
  push(samples: Float32Array, rate: number): string[] {
    const before = this.#current !== null && this.#current.rate !== rate ? this.finish() : [];
    const target = layoutOf(this.#format).rate;
    this.#current ??= { rate, resampler: rate === target ? null : new Resampler(rate, target) };
    return [...before, ...this.#pieces(this.#current.resampler?.push(samples) ?? samples)];
  }

  /** What is left of the stream. */
  finish(): string[] {
    const rest = this.#current?.resampler?.finish() ?? new Float32Array();
    this.#current = null;
    return this.#pieces(rest);
  }

  #pieces(samples: Float32Array): string[] {
    const bytes = Buffer.from(encodeSound(samples, this.#format));
    const step = bytesOfMs(this.#format, PIECE_MS);
    const count = Math.ceil(bytes.length / step);
    return Array.from({ length: count }, (_, at) => bytes.subarray(at * step, (at + 1) * step).toString('base64'));
  }
}
