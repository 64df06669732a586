import { joined } from '../pipeline/audio-encode/sample-encoder.ts';
import { wavHeader } from '../pipeline/audio-encode/wav-encoder.ts';

/** OpenAI's rate for sound without a header. */
const USUAL_RATE = 24_000;
const RAW = ['pcm', 'pcm16'];

/** What a request says of a recording's form. */
export interface AudioHint {
  readonly format?: string | null | undefined;
  /** Samples a second, for sound without a header. */
  readonly sample_rate?: number | null | undefined;
}

/** Sound that is announced as bare 16-bit mono samples (little-endian) gets the header of a WAV file; other bytes speak for themselves. */
export function withHeader(bytes: Uint8Array, { format, sample_rate: rate }: AudioHint): Uint8Array {
  if (!RAW.includes(format?.toLowerCase() ?? '')) return bytes;
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'RIFF') return bytes;
  const samples = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return joined([wavHeader(rate ?? USUAL_RATE, samples.length), samples]);
}
