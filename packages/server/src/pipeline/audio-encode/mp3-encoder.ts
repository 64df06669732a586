import { createMp3Encoder as createLame } from 'wasm-media-encoders';
import type { SampleEncoder, SampleEncoderOptions } from './sample-encoder.ts';

/** Kilobits per second: transparent for one voice at 24 kHz. */
const BITRATE = 64;

/** MP3 by LAME (WebAssembly), constant bit rate, mono. */
export async function createMp3Encoder({ sampleRate }: SampleEncoderOptions): Promise<SampleEncoder> {
  const lame = await createLame();
  lame.configure({ sampleRate: sampleRate as 24000, channels: 1, bitrate: BITRATE });
  return {
    contentType: 'audio/mpeg',
    // LAME's answer lies in its own memory, which the next call overwrites.
    push: (samples) => lame.encode([samples]).slice(),
    finish: () => lame.finalize().slice(),
  };
}
