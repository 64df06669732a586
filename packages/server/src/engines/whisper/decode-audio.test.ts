import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { decodeAudio } from './decode-audio.ts';
import { SAMPLE_RATE } from './sherpa.ts';

const options = { maxSeconds: 60, signal: new AbortController().signal };

/** A 16-bit PCM wav of sines, one frequency per channel, at half of full loudness. */
function sineWav(rate: number, seconds: number, frequencies: readonly number[]): Buffer {
  const frames = Math.round(rate * seconds);
  const data = Buffer.alloc(frames * frequencies.length * 2);
  for (let frame = 0; frame < frames; frame++) {
    frequencies.forEach((frequency, channel) => {
      const value = Math.round(16_384 * Math.sin((2 * Math.PI * frequency * frame) / rate));
      data.writeInt16LE(value, (frame * frequencies.length + channel) * 2);
    });
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(frequencies.length, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * frequencies.length * 2, 28);
  header.writeUInt16LE(frequencies.length * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** How loud a frequency is in the samples (its amplitude), leaving out the ends. */
function amplitude(samples: Float32Array, frequency: number): number {
  const middle = samples.subarray(2_000, samples.length - 2_000);
  let real = 0;
  let imaginary = 0;
  middle.forEach((sample, index) => {
    const angle = (2 * Math.PI * frequency * index) / SAMPLE_RATE;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  return (2 * Math.hypot(real, imaginary)) / middle.length;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error);
  }
}

test.each([8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])(
  'a tone recorded at %d Hz keeps its pitch and loudness at 16 kHz',
  async (rate) => {
    const { samples, durationSeconds } = await decodeAudio(sineWav(rate, 2, [1_000]), options);
    expect(durationSeconds).toBeCloseTo(2, 3);
    expect(Math.abs(samples.length - 2 * SAMPLE_RATE)).toBeLessThan(20);
    expect(amplitude(samples.read(0, samples.length), 1_000)).toBeCloseTo(0.5, 2);
  },
);

test('what 16 kHz cannot hold does not come back as another tone', async () => {
  const { samples } = await decodeAudio(sineWav(48_000, 2, [11_000]), options);
  const loudest = samples
    .read(2_000, samples.length - 2_000)
    .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(loudest).toBeLessThan(0.005);
});

test('channels are mixed', async () => {
  const { samples } = await decodeAudio(sineWav(44_100, 2, [500, 2_000]), options);
  const mono = samples.read(0, samples.length);
  expect(amplitude(mono, 500)).toBeCloseTo(0.25, 2);
  expect(amplitude(mono, 2_000)).toBeCloseTo(0.25, 2);
});

test.each(['flac', 'm4a', 'webm', 'opus', 'aac'])('a %s file is decoded to its end', async (extension) => {
  const file = await readFile(new URL(`../../../../../test/fixtures/audio/spoken.${extension}`, import.meta.url));
  const { samples, durationSeconds } = await decodeAudio(file, options);
  expect(durationSeconds).toBeCloseTo(4.876, 2);
  expect(samples.length / SAMPLE_RATE).toBeCloseTo(4.876, 2);
});

test('the bytes may lie anywhere in memory', async () => {
  const file = sineWav(16_000, 1, [440]);
  const shifted = Buffer.concat([Buffer.alloc(1), file]).subarray(1);
  expect((await decodeAudio(shifted, options)).samples.length).toBe(16_000);
});

test('audio without samples is told from audio that cannot be read', async () => {
  expect(await codeOf(decodeAudio(new Uint8Array(0), options))).toBe('empty_media');
  expect(await codeOf(decodeAudio(sineWav(16_000, 0, [440]), options))).toBe('empty_media');
  expect(await codeOf(decodeAudio(Buffer.from('this is no audio at all'), options))).toBe('invalid_media');
  const badWav = sineWav(16_000, 1, [440]);
  badWav.writeUInt16LE(77, 20);
  expect(await codeOf(decodeAudio(badWav, options))).toBe('invalid_media');
});

test('the message for unknown audio names what may be sent', async () => {
  await expect(decodeAudio(Buffer.from('this is no audio at all'), options)).rejects.toThrow(
    /wav, mp3, m4a, aac, ogg, opus, flac, webm or aiff/,
  );
});

test('audio that lasts too long is refused', async () => {
  expect(await codeOf(decodeAudio(sineWav(16_000, 3, [440]), { ...options, maxSeconds: 2 }))).toBe('too_large');
});

test('an aborted signal stops decoding', async () => {
  const reason = new Error('left');
  await expect(decodeAudio(sineWav(16_000, 3, [440]), { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
});
