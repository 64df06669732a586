import type { RealtimeAudioFormat } from '@concert/protocol';
import { int16Bytes, toInt16 } from '../../pipeline/audio-encode/int16.ts';
import { wavHeader } from '../../pipeline/audio-encode/wav-encoder.ts';
import { decodeAlaw, decodeUlaw, encodeAlaw, encodeUlaw } from './g711.ts';

/** How sound lies in the bytes of a format. */
interface Layout {
  /** Samples per second. */
  readonly rate: number;
  readonly bytesPerSample: number;
}

const LAYOUTS = {
  pcm16: { rate: 24_000, bytesPerSample: 2 },
  g711_ulaw: { rate: 8_000, bytesPerSample: 1 },
  g711_alaw: { rate: 8_000, bytesPerSample: 1 },
} as const satisfies Record<RealtimeAudioFormat, Layout>;

/** How sound lies in the bytes of a format; all are mono. */
export function layoutOf(format: RealtimeAudioFormat): Layout {
  return LAYOUTS[format];
}

/** How many bytes of a format hold so many milliseconds. */
export function bytesOfMs(format: RealtimeAudioFormat, ms: number): number {
  const { rate, bytesPerSample } = LAYOUTS[format];
  return Math.round((ms * rate) / 1000) * bytesPerSample;
}

/** How long so many bytes of a format last, in milliseconds. */
export function msOfBytes(format: RealtimeAudioFormat, bytes: number): number {
  const { rate, bytesPerSample } = LAYOUTS[format];
  return (bytes / bytesPerSample / rate) * 1000;
}

/** Samples from -1 to 1, at the format's own rate. An odd last byte of PCM is left out. */
export function decodeSound(bytes: Uint8Array, format: RealtimeAudioFormat): Float32Array {
  switch (format) {
    case 'pcm16': {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Float32Array.from({ length: bytes.length >> 1 }, (_, at) => view.getInt16(at * 2, true) / 32_768);
    }
    case 'g711_ulaw':
      return Float32Array.from(bytes, (byte) => decodeUlaw(byte) / 32_768);
    case 'g711_alaw':
      return Float32Array.from(bytes, (byte) => decodeAlaw(byte) / 32_768);
    default:
      return format satisfies never;
  }
}

/** Samples from -1 to 1 at the format's own rate, as its bytes. */
export function encodeSound(samples: Float32Array, format: RealtimeAudioFormat): Uint8Array {
  switch (format) {
    case 'pcm16':
      return int16Bytes(samples);
    case 'g711_ulaw':
      return Uint8Array.from(toInt16(samples), encodeUlaw);
    case 'g711_alaw':
      return Uint8Array.from(toInt16(samples), encodeAlaw);
    default:
      return format satisfies never;
  }
}

/** The sound as a WAV file. */
export function wavOf(bytes: Uint8Array, format: RealtimeAudioFormat): Uint8Array {
  const pcm = format === 'pcm16' ? bytes.subarray(0, bytes.length & ~1) : int16Bytes(decodeSound(bytes, format));
  return Buffer.concat([wavHeader(LAYOUTS[format].rate, pcm.length), pcm]);
}
