import { int16Bytes } from './int16.ts';
import { joined, type SampleEncoder, type SampleEncoderOptions } from './sample-encoder.ts';

const HEADER_BYTES = 44;
/** Stands for "until the end" where the length is not known yet; OpenAI streams the same. */
const UNKNOWN = 0xffff_ffff;

/** The header of 16-bit mono PCM in a WAV file; `dataBytes` null when the length is not known. */
export function wavHeader(sampleRate: number, dataBytes: number | null): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  const text = (at: number, value: string): void => header.set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  view.setUint32(4, dataBytes === null ? UNKNOWN : HEADER_BYTES - 8 + dataBytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, dataBytes ?? UNKNOWN, true);
  return header;
}

/** WAV: streamed with an open length, or whole with the true one. */
export function createWavEncoder({ sampleRate, streaming }: SampleEncoderOptions): SampleEncoder {
  const contentType = 'audio/wav';
  const kept: Uint8Array[] = [];
  if (!streaming) {
    return {
      contentType,
      push(samples) {
        kept.push(int16Bytes(samples));
        return new Uint8Array();
      },
      finish() {
        const data = joined(kept);
        return joined([wavHeader(sampleRate, data.length), data]);
      },
    };
  }
  let begun = false;
  const begin = (): Uint8Array => {
    const header = begun ? new Uint8Array() : wavHeader(sampleRate, null);
    begun = true;
    return header;
  };
  return { contentType, push: (samples) => joined([begin(), int16Bytes(samples)]), finish: begin };
}
