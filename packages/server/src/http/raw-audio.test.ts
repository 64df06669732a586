import { expect, test } from 'vitest';
import { decodeAudio } from '../engines/whisper/decode-audio.ts';
import { createAudioEncoder } from '../pipeline/audio-encode/create-audio-encoder.ts';
import { withHeader } from './raw-audio.ts';

const tone = Float32Array.from({ length: 24_000 }, (_, at) => Math.sin(at / 20) * 0.5);

async function encoded(format: 'wav' | 'pcm'): Promise<Uint8Array> {
  const encoder = await createAudioEncoder(format, { streaming: false });
  return Buffer.concat([encoder.push(tone, 24_000), encoder.finish()]);
}

async function secondsOf(bytes: Uint8Array): Promise<number> {
  return (await decodeAudio(bytes, { maxSeconds: 60, signal: new AbortController().signal })).durationSeconds;
}

test('bare samples are taken at OpenAI’s rate, or at the one that is given', async () => {
  const pcm = await encoded('pcm');
  expect(await secondsOf(withHeader(pcm, { format: 'pcm16' }))).toBeCloseTo(1, 3);
  expect(await secondsOf(withHeader(pcm, { format: 'PCM16', sample_rate: 16_000 }))).toBeCloseTo(1.5, 3);
  expect(await secondsOf(withHeader(pcm.subarray(0, pcm.length - 1), { format: 'pcm' }))).toBeCloseTo(1, 3);
});

test('a file keeps its own header whatever it is called, and bare samples that nobody announced stay as they are', async () => {
  const wav = await encoded('wav');
  expect(withHeader(wav, { format: 'pcm16' })).toBe(wav);
  expect(withHeader(wav, { format: 'mp3' })).toBe(wav);
  const pcm = await encoded('pcm');
  expect(withHeader(pcm, {})).toBe(pcm);
});
