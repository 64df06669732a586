import type { RealtimeAudioFormat } from '@concert/protocol';
import { GatewayError } from '../../shared/errors.ts';
import { bytesOfMs, layoutOf, msOfBytes } from './wire-audio.ts';

/** Most sound that waits to be committed: five minutes of PCM are 14 MB. */
const LONGEST_MS = 300_000;

/**
 * Sound that was sent and not yet made a turn. Its times are milliseconds of all sound that was ever written to it, so they go on when it
 * is emptied.
 */
export class InputBuffer {
  #format: RealtimeAudioFormat;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #startMs = 0;

  constructor(format: RealtimeAudioFormat) {
    this.#format = format;
  }

  get format(): RealtimeAudioFormat {
    return this.#format;
  }

  get lengthMs(): number {
    return msOfBytes(this.#format, this.#bytes);
  }

  get startMs(): number {
    return this.#startMs;
  }

  get endMs(): number {
    return this.#startMs + this.lengthMs;
  }

  /** Takes sound of another format from now on. Throws `invalid_request` while there is sound of the present one. */
  setFormat(format: RealtimeAudioFormat): void {
    if (format === this.#format) return;
    if (this.#bytes > 0)
      throw new GatewayError(
        'invalid_request',
        'the input format cannot change while the input audio buffer holds sound; commit or clear it first',
        { param: 'session.audio.input.format' },
      );
    this.#format = format;
  }

  /** Throws `invalid_media` for half a sample, and `too_large` when it is full; then nothing is taken. */
  append(bytes: Uint8Array): void {
    if (bytes.length % layoutOf(this.#format).bytesPerSample !== 0)
      throw new GatewayError(
        'invalid_media',
        'audio ends in the middle of a sample; 16-bit sound has an even number of bytes',
        { param: 'audio' },
      );
    if (this.lengthMs + msOfBytes(this.#format, bytes.length) > LONGEST_MS)
      throw new GatewayError(
        'too_large',
        `the input audio buffer holds ${LONGEST_MS / 60_000} minutes at most; commit or clear it`,
        { param: 'audio' },
      );
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
  }

  /** Takes out the sound from `fromMs` on up to `toMs`; what lies before is dropped. */
  take(fromMs: number, toMs: number): Uint8Array {
    const whole = this.#whole();
    const from = this.#at(fromMs);
    const to = Math.max(from, this.#at(toMs));
    this.#keep(whole.subarray(to));
    return whole.subarray(from, to);
  }

  /** Drops all but the last part. */
  keepLast(ms: number): void {
    // Not with each append: what is kept must be moved.
    if (this.lengthMs > ms * 2) this.#keep(this.#whole().subarray(this.#at(this.endMs - ms)));
  }

  /** The sound between two times, which stays. */
  peek(fromMs: number, toMs: number): Uint8Array {
    return this.#whole().subarray(this.#at(fromMs), this.#at(toMs));
  }

  clear(): void {
    this.#keep(new Uint8Array());
  }

  #at(ms: number): number {
    return Math.max(0, Math.min(this.#bytes, bytesOfMs(this.#format, ms - this.#startMs)));
  }

  #whole(): Uint8Array {
    return Buffer.concat(this.#pieces, this.#bytes);
  }

  /** Goes on with the last bytes of what it holds. */
  #keep(rest: Uint8Array): void {
    this.#startMs = this.endMs - msOfBytes(this.#format, rest.length);
    // A copy, so that a small rest does not keep all of the old sound in memory.
    this.#pieces = rest.length === 0 ? [] : [rest.slice()];
    this.#bytes = rest.length;
  }
}
