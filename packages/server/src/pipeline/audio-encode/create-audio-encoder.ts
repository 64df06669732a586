import { GatewayError } from '../../shared/errors.ts';
import { Resampler } from './resampler.ts';
import { joined, type SampleEncoder, type SampleEncoderOptions } from './sample-encoder.ts';

/** The formats of OpenAI's speech endpoint. */
export type AudioFormat = 'wav' | 'pcm' | 'mp3' | 'opus' | 'flac' | 'aac';

/** Encodes one answer; bytes come in order and `finish` yields the last of them. Used once. */
export interface AudioEncoder {
  readonly contentType: string;
  /** Mono samples from -1 to 1; each call may have a rate of its own, in Hz. */
  push(samples: Float32Array, sampleRate: number): Uint8Array;
  finish(): Uint8Array;
}

export interface AudioEncoderOptions {
  /** Samples per second of the result; 24000, as OpenAI's, by default. Opus takes 8, 12, 16, 24 and 48 kHz only. */
  readonly sampleRate?: number;
  /** Silence between two pushes, in milliseconds; none by default. */
  readonly pauseMs?: number;
  /** False when the bytes are sent only once all are there: the header then tells the true length. True by default. */
  readonly streaming?: boolean;
}

/** An encoder for one answer. Its code is loaded at the first use of a format. Throws `unsupported_value` for aac. */
export async function createAudioEncoder(
  format: AudioFormat,
  options: AudioEncoderOptions = {},
): Promise<AudioEncoder> {
  const { sampleRate = 24_000, pauseMs = 0, streaming = true } = options;
  return new ResamplingEncoder(await createSampleEncoder(format, { sampleRate, streaming }), { sampleRate, pauseMs });
}

async function createSampleEncoder(format: AudioFormat, options: SampleEncoderOptions): Promise<SampleEncoder> {
  switch (format) {
    case 'wav':
      return (await import('./wav-encoder.ts')).createWavEncoder(options);
    case 'pcm':
      return (await import('./pcm-encoder.ts')).createPcmEncoder();
    case 'mp3':
      return (await import('./mp3-encoder.ts')).createMp3Encoder(options);
    case 'opus':
      return (await import('./opus-encoder.ts')).createOpusEncoder(options);
    case 'flac':
      return (await import('./flac-encoder.ts')).createFlacEncoder(options);
    case 'aac':
      throw new GatewayError('unsupported_value', 'this server does not write aac; use mp3, opus, flac, wav or pcm', {
        param: 'response_format',
      });
    default:
      return format satisfies never;
  }
}

/** Brings every chunk to the encoder's rate; chunks of one rate are one stream, so that their joints are smooth. */
class ResamplingEncoder implements AudioEncoder {
  readonly contentType: string;
  readonly #encoder: SampleEncoder;
  readonly #sampleRate: number;
  readonly #pauseMs: number;
  readonly #resamplers = new Map<number, Resampler>();
  #currentRate: number | null = null;

  constructor(encoder: SampleEncoder, options: { readonly sampleRate: number; readonly pauseMs: number }) {
    this.contentType = encoder.contentType;
    this.#encoder = encoder;
    this.#sampleRate = options.sampleRate;
    this.#pauseMs = options.pauseMs;
  }

  push(samples: Float32Array, sampleRate: number): Uint8Array {
    const parts: Uint8Array[] = [];
    if (this.#currentRate !== null) {
      if (this.#currentRate !== sampleRate) parts.push(this.#endCurrent());
      const pause = Math.round((sampleRate * this.#pauseMs) / 1000);
      if (pause > 0) parts.push(this.#encode(new Float32Array(pause), sampleRate));
    }
    this.#currentRate = sampleRate;
    parts.push(this.#encode(samples, sampleRate));
    return joined(parts);
  }

  finish(): Uint8Array {
    return joined([this.#endCurrent(), this.#encoder.finish()]);
  }

  #encode(samples: Float32Array, sampleRate: number): Uint8Array {
    if (sampleRate === this.#sampleRate) return this.#encoder.push(samples);
    return this.#encoder.push(this.#resampler(sampleRate).push(samples));
  }

  #endCurrent(): Uint8Array {
    const rate = this.#currentRate;
    if (rate === null || rate === this.#sampleRate) return new Uint8Array();
    return this.#encoder.push(this.#resampler(rate).finish());
  }

  #resampler(sampleRate: number): Resampler {
    const known = this.#resamplers.get(sampleRate);
    if (known !== undefined) return known;
    if (!Number.isInteger(sampleRate) || sampleRate < 4000 || sampleRate > 384_000)
      throw new RangeError(`${sampleRate} Hz is no sample rate`);
    const made = new Resampler(sampleRate, this.#sampleRate);
    this.#resamplers.set(sampleRate, made);
    return made;
  }
}
