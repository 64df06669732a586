import { int16Bytes } from './int16.ts';
import type { SampleEncoder } from './sample-encoder.ts';

/** Bare samples: signed 16-bit, little-endian, mono. */
export function createPcmEncoder(): SampleEncoder {
  return { contentType: 'audio/pcm', push: int16Bytes, finish: () => new Uint8Array() };
}
