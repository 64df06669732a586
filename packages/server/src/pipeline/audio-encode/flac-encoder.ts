import { createRequire } from 'node:module';
import { toInt16 } from './int16.ts';
import { joined, type SampleEncoder, type SampleEncoderOptions } from './sample-encoder.ts';

/** The part of libflacjs that is used. */
interface LibFlac {
  isReady(): boolean;
  on(event: 'ready', listener: () => void): void;
  create_libflac_encoder(
    sampleRate: number,
    channels: number,
    bits: number,
    level: number,
    totalSamples: number,
    verify: boolean,
    blockSize: number,
  ): number;
  init_encoder_stream(encoder: number, write: (bytes: Uint8Array) => void): number;
  FLAC__stream_encoder_process_interleaved(encoder: number, samples: Int32Array, count: number): number;
  FLAC__stream_encoder_finish(encoder: number): number;
  FLAC__stream_encoder_delete(encoder: number): void;
}

const LEVEL = 5;

/** FLAC, 16 bits, mono, by libFLAC (the build without WebAssembly: the other fetches its code by URL, which Node refuses). */
export async function createFlacEncoder({ sampleRate }: SampleEncoderOptions): Promise<SampleEncoder> {
  const require = createRequire(import.meta.url);
  const flac = (require('libflacjs') as (variant: string) => LibFlac)('release');
  if (!flac.isReady()) await new Promise<void>((resolve) => flac.on('ready', resolve));
  const encoder = flac.create_libflac_encoder(sampleRate, 1, 16, LEVEL, 0, false, 0);
  let written: Uint8Array[] = [];
  if (encoder === 0 || flac.init_encoder_stream(encoder, (bytes) => written.push(bytes.slice())) !== 0) {
    throw new Error(`libFLAC refused to begin a stream of ${sampleRate} Hz`);
  }
  const take = (): Uint8Array => {
    const bytes = joined(written);
    written = [];
    return bytes;
  };
  return {
    contentType: 'audio/flac',
    push(samples) {
      if (
        flac.FLAC__stream_encoder_process_interleaved(encoder, Int32Array.from(toInt16(samples)), samples.length) === 0
      ) {
        throw new Error('libFLAC failed to encode');
      }
      return take();
    },
    finish() {
      flac.FLAC__stream_encoder_finish(encoder);
      flac.FLAC__stream_encoder_delete(encoder);
      return take();
    },
  };
}
