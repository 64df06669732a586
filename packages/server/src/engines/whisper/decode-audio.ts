import { setImmediate } from 'node:timers/promises';
import decode, { type AudioData, type StreamDecoder } from 'audio-decode';
import { GatewayError } from '../../shared/errors.ts';
import { ACCEPTED_AUDIO, audioContainer, type AudioContainer } from './audio-container.ts';
import { PcmStore } from './pcm-store.ts';
import { loadSherpa, SAMPLE_RATE, type SherpaResampler } from './sherpa.ts';

/** Decoded audio: mono, 16,000 samples a second. */
export interface DecodedAudio {
  readonly samples: PcmStore;
  /** Of the file as it was sent. */
  readonly durationSeconds: number;
}

/**
 * Bytes decoded at once. Small, because a few bytes of a compressed format can stand for minutes of silence; MP4 gathers
 * what it has until its header is complete, which may be the last thing in the file, so there small pieces are slow.
 */
const PIECE_BYTES = 16_384;
const MP4_PIECE_BYTES = 262_144;

const LOWEST_RATE = 4_000;
const HIGHEST_RATE = 384_000;

/**
 * Decodes an audio file piece by piece. Throws `empty_media` when it holds no samples, `invalid_media` when it cannot be
 * decoded, `too_large` when it lasts longer than `maxSeconds`, or the signal's reason.
 */
export async function decodeAudio(
  bytes: Uint8Array,
  options: { readonly maxSeconds: number; readonly signal: AbortSignal },
): Promise<DecodedAudio> {
  if (bytes.length === 0)
    throw new GatewayError('empty_media', 'the audio file is empty; send one with sound in it', { param: 'file' });
  const container = audioContainer(bytes);
  if (container === null) {
    throw new GatewayError('invalid_media', `the audio is of no known kind; send ${ACCEPTED_AUDIO}`, { param: 'file' });
  }
  const sink = new MonoSink();
  for await (const part of decodedParts(bytes, container)) {
    options.signal.throwIfAborted();
    sink.push(part);
    if (sink.seconds > options.maxSeconds) {
      const limit = `${Math.floor(options.maxSeconds)} seconds`;
      throw new GatewayError(
        'too_large',
        `the audio lasts longer than the ${limit} this model takes; send it in parts`,
        { param: 'file' },
      );
    }
  }
  sink.finish();
  if (sink.samples.length === 0) {
    throw new GatewayError('empty_media', 'the audio has no samples; send a recording with sound in it', {
      param: 'file',
    });
  }
  return { samples: sink.samples, durationSeconds: Math.round(sink.seconds * 1e6) / 1e6 };
}

/** What the decoder gives, piece by piece; lets other work run in between. Throws `invalid_media`. */
async function* decodedParts(bytes: Uint8Array, container: AudioContainer): AsyncGenerator<AudioData> {
  const step = container === 'm4a' ? MP4_PIECE_BYTES : PIECE_BYTES;
  // A Buffer's slice does not copy, which the decoders rely on; and their views want aligned memory.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder: StreamDecoder = await decode[container]();
  try {
    for (let start = 0; start < plain.length;) {
      // The FLAC decoder gives only one frame when it is flushed, so the last piece must be long enough to end several.
      const end = plain.length - start < 3 * step ? plain.length : start + step;
      const piece = plain.subarray(start, end);
      yield await readable(container, () => decoder(piece));
      await setImmediate();
      start = end;
    }
    yield await readable(container, () => decoder());
  } finally {
    decoder.free();
  }
}

/** Runs a step of the decoder; its errors mean that the file is bad. */
async function readable(container: AudioContainer, step: () => Promise<AudioData>): Promise<AudioData> {
  try {
    return await step();
  } catch (cause) {
    const kind = container === 'oga' ? 'ogg' : container;
    throw new GatewayError(
      'invalid_media',
      `the audio looks like ${kind} but cannot be decoded; send ${ACCEPTED_AUDIO}`,
      {
        param: 'file',
        cause,
      },
    );
  }
}

/** Mixes channels down and resamples, as the pieces come. */
class MonoSink {
  readonly samples = new PcmStore();
  seconds = 0;
  #resampler: { readonly rate: number; readonly native: SherpaResampler | null } | null = null;

  push({ channelData, sampleRate }: AudioData): void {
    const mono = mixDown(channelData);
    if (mono.length === 0) return;
    if (!(sampleRate >= LOWEST_RATE && sampleRate <= HIGHEST_RATE)) {
      throw new GatewayError(
        'invalid_media',
        `the audio has ${sampleRate} samples a second; send ${LOWEST_RATE} to ${HIGHEST_RATE}`,
        {
          param: 'file',
        },
      );
    }
    if (this.#resampler?.rate !== sampleRate) {
      this.finish();
      const native =
        sampleRate === SAMPLE_RATE ? null : new (loadSherpa().LinearResampler)(Math.round(sampleRate), SAMPLE_RATE);
      this.#resampler = { rate: sampleRate, native };
    }
    this.seconds += mono.length / sampleRate;
    this.samples.push(this.#resampler.native?.resample(mono) ?? mono);
  }

  /** Takes what the resampler still holds. */
  finish(): void {
    const rest = this.#resampler?.native?.flush(new Float32Array(0));
    this.#resampler = null;
    if (rest !== undefined) this.samples.push(rest);
  }
}

/** The mean of the channels. */
function mixDown(channels: readonly Float32Array[]): Float32Array {
  const first = channels[0];
  if (first === undefined) return new Float32Array(0);
  if (channels.length === 1) return first;
  const mono = new Float32Array(first.length);
  for (const channel of channels) {
    for (let index = 0; index < mono.length; index++)
      mono[index] = (mono[index] as number) + (channel[index] ?? 0) / channels.length;
  }
  return mono;
}
