import decode from 'audio-decode';
import { describe, expect, test } from 'vitest';
import { createAudioEncoder, type AudioFormat } from './create-audio-encoder.ts';

/** A sweep with a beat: no two places of it are alike. Samples from -0.6 to 0.6. */
function voiceLike(seconds: number, sampleRate: number, fromSeconds = 0): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, at) => {
    const time = fromSeconds + at / sampleRate;
    return 0.6 * Math.sin(2 * Math.PI * (200 + 300 * time) * time) * (0.5 + 0.5 * Math.sin(2 * Math.PI * 3 * time));
  });
}

interface Decoded {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

async function decoded(bytes: Uint8Array): Promise<Decoded> {
  const { channelData, sampleRate } = await decode(bytes);
  return { samples: channelData[0] ?? new Float32Array(), sampleRate };
}

/** How alike the result and the source are, at the best place within `maxShift` samples of the beginning: 1 is the same. */
function likeness(result: Decoded, seconds: number, maxShift: number): number {
  const source = voiceLike(seconds, result.sampleRate);
  let best = 0;
  for (let shift = -8; shift <= maxShift; shift += 1) {
    let dot = 0;
    let energy = 0;
    let other = 0;
    for (let at = 0; at < source.length; at += 11) {
      const x = source[at] ?? 0;
      const y = result.samples[at + shift] ?? 0;
      dot += x * y;
      energy += x * x;
      other += y * y;
    }
    best = Math.max(best, dot / Math.sqrt(energy * other));
  }
  return best;
}

async function encoded(
  format: AudioFormat,
  chunks: readonly { samples: Float32Array; sampleRate: number }[],
  streaming = true,
): Promise<Uint8Array> {
  const encoder = await createAudioEncoder(format, { streaming });
  const parts = chunks.map(({ samples, sampleRate }) => encoder.push(samples, sampleRate));
  return Buffer.concat([...parts, encoder.finish()]);
}

/** Three chunks at two rates, 2 seconds in all. */
const CHUNKS = [
  { samples: voiceLike(0.7, 22_050), sampleRate: 22_050 },
  { samples: voiceLike(0.5, 22_050, 0.7), sampleRate: 22_050 },
  { samples: voiceLike(0.8, 24_000, 1.2), sampleRate: 24_000 },
];

describe('each format decodes to the sound that was pushed', () => {
  test.for([
    { format: 'wav', contentType: 'audio/wav', extraSeconds: 0.001, maxShift: 0 },
    { format: 'flac', contentType: 'audio/flac', extraSeconds: 0.001, maxShift: 0 },
    { format: 'opus', contentType: 'audio/ogg; codecs=opus', extraSeconds: 0.001, maxShift: 8 },
    { format: 'mp3', contentType: 'audio/mpeg', extraSeconds: 0.15, maxShift: 1200 },
  ] as const)('$format', async ({ format, contentType, extraSeconds, maxShift }) => {
    expect((await createAudioEncoder(format)).contentType).toBe(contentType);
    const result = await decoded(await encoded(format, CHUNKS));
    const seconds = result.samples.length / result.sampleRate;
    expect(seconds).toBeGreaterThan(2 - 0.001);
    expect(seconds).toBeLessThan(2 + extraSeconds);
    expect(likeness(result, 2, maxShift)).toBeGreaterThan(0.99);
  });

  test('pcm is 16-bit little-endian at 24 kHz', async () => {
    const bytes = await encoded('pcm', CHUNKS);
    expect(bytes.length).toBe(2 * 24_000 * 2);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const samples = Float32Array.from({ length: 48_000 }, (_, at) => view.getInt16(at * 2, true) / 32_767);
    expect(likeness({ samples, sampleRate: 24_000 }, 2, 0)).toBeGreaterThan(0.999);
  });
});

test('the bytes of a streamed wav begin with the first chunk and say that the length is unknown', async () => {
  const encoder = await createAudioEncoder('wav');
  const first = Buffer.from(encoder.push(voiceLike(0.1, 24_000), 24_000));
  expect(first.subarray(0, 4).toString()).toBe('RIFF');
  expect(first.readUInt32LE(40)).toBe(0xffff_ffff);
  expect(first.length).toBe(44 + 4800);
});

test('a wav that is not streamed tells its true length', async () => {
  const bytes = Buffer.from(await encoded('wav', CHUNKS, false));
  expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
  expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
  expect(bytes.readUInt32LE(40)).toBe(2 * 24_000 * 2);
});

test('an answer without any sound is still a file of its format', async () => {
  for (const format of ['wav', 'opus', 'flac'] as const) {
    const magic = Buffer.from(await encoded(format, []))
      .subarray(0, 4)
      .toString('latin1');
    expect(magic).toBe({ wav: 'RIFF', opus: 'OggS', flac: 'fLaC' }[format]);
  }
});

test('a pause is put between two chunks, not before the first or after the last', async () => {
  const encoder = await createAudioEncoder('pcm', { pauseMs: 100 });
  const loud = new Float32Array(2400).fill(0.5);
  const bytes = Buffer.concat([encoder.push(loud, 24_000), encoder.push(loud, 24_000), encoder.finish()]);
  expect(bytes.length).toBe(2 * (2400 + 2400 + 2400));
  expect(bytes.readInt16LE(2 * 3600)).toBe(0);
  expect(bytes.readInt16LE(0)).not.toBe(0);
  expect(bytes.readInt16LE(bytes.length - 2)).not.toBe(0);
});

test('too loud samples are clipped and do not wrap around', async () => {
  const encoder = await createAudioEncoder('pcm');
  const bytes = Buffer.from(encoder.push(Float32Array.from([2, -2, Number.NaN]), 24_000));
  expect([bytes.readInt16LE(0), bytes.readInt16LE(2), bytes.readInt16LE(4)]).toEqual([32_767, -32_768, 0]);
});

test('many opus answers at a time do not disturb each other', async () => {
  const alone = Buffer.from((await decoded(await encoded('opus', CHUNKS))).samples.buffer);
  const encoders = await Promise.all(Array.from({ length: 24 }, () => createAudioEncoder('opus')));
  const parts = encoders.map(() => [] as Uint8Array[]);
  for (const { samples, sampleRate } of CHUNKS) {
    encoders.forEach((encoder, at) => parts[at]?.push(encoder.push(samples, sampleRate)));
  }
  const files = encoders.map((encoder, at) => Buffer.concat([...(parts[at] ?? []), encoder.finish()]));
  for (const file of [files[0], files[11], files[23]]) {
    const { samples } = await decoded(file ?? new Uint8Array());
    expect(Buffer.from(samples.buffer).equals(alone)).toBe(true);
  }
});

test('aac is refused with the formats that can be had', async () => {
  await expect(createAudioEncoder('aac')).rejects.toMatchObject({
    code: 'unsupported_value',
    message: expect.stringContaining('opus'),
  });
});
