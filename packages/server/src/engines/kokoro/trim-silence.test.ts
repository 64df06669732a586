import { expect, test } from 'vitest';
import { pauseAfter, trimSilence } from './trim-silence.ts';

const RATE = 1000;
const KEEP = { beforeSeconds: 0.02, afterSeconds: 0.1 };

/** Seconds of silence, tone, silence at 1 kHz. */
function audio(before: number, tone: number, after: number): Float32Array {
  const samples = new Float32Array((before + tone + after) * RATE);
  for (let at = before * RATE; at < (before + tone) * RATE; at += 1) samples[at] = at % 2 === 0 ? 0.5 : -0.5;
  return samples;
}

test('long silence at both ends is shortened to what is asked', () => {
  expect(trimSilence(audio(1, 1, 1), RATE, KEEP)).toHaveLength(1120);
});

test('silence that is short already stays', () => {
  expect(trimSilence(audio(0.01, 1, 0.05), RATE, KEEP)).toHaveLength(1060);
});

test('a quiet pause inside the speech is not touched', () => {
  const samples = Float32Array.from([...audio(0.5, 0.3, 0.5), ...audio(0, 0.3, 0.5)]);
  expect(trimSilence(samples, RATE, KEEP)).toHaveLength(20 + 300 + 500 + 300 + 100);
});

test('audio that is silent all over, or empty, comes back as it is', () => {
  expect(trimSilence(new Float32Array(500), RATE, KEEP)).toHaveLength(500);
  expect(trimSilence(new Float32Array(0), RATE, KEEP)).toHaveLength(0);
});

test('the pause after a sentence is longer than after a clause, and there it is longer than after none', () => {
  const sentence = pauseAfter('“xau↓. ”').afterSeconds;
  const clause = pauseAfter('xau↓,').afterSeconds;
  expect(sentence).toBeGreaterThan(clause);
  expect(clause).toBeGreaterThan(pauseAfter('xau↓').afterSeconds);
});
