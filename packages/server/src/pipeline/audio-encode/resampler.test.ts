import { expect, test } from 'vitest';
import { Resampler } from './resampler.ts';

function tone(hertz: number, seconds: number, sampleRate: number): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, at) =>
    Math.sin((2 * Math.PI * hertz * at) / sampleRate),
  );
}

function resampled(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to);
  return Float32Array.from([...resampler.push(samples), ...resampler.finish()]);
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

test.for([
  [22_050, 24_000],
  [16_000, 24_000],
  [48_000, 24_000],
  [44_100, 24_000],
] as const)('a tone of 1 kHz keeps its shape and place from %i to %i Hz', ([from, to]) => {
  const result = resampled(tone(1000, 0.5, from), from, to);
  const wanted = tone(1000, 0.5, to);
  expect(result.length).toBe(wanted.length);
  const middle = result.subarray(500, -500).map((sample, at) => sample - (wanted[at + 500] ?? 0));
  expect(rms(middle)).toBeLessThan(0.001);
});

test('what the lower rate cannot hold is taken out instead of folded back', () => {
  expect(rms(resampled(tone(15_000, 0.5, 48_000), 48_000, 24_000).subarray(500, -500))).toBeLessThan(0.002);
});

test('the result does not depend on how the stream was cut', () => {
  const source = tone(440, 0.3, 22_050);
  const whole = resampled(source, 22_050, 24_000);
  const resampler = new Resampler(22_050, 24_000);
  const parts: number[] = [];
  for (let at = 0, size = 1; at < source.length; at += size, size = (size * 7 + 3) % 501) {
    parts.push(...resampler.push(source.subarray(at, at + size)));
    if (size === 0) size = 1;
  }
  expect(Float32Array.from([...parts, ...resampler.finish()])).toEqual(whole);
});

test('after finish a new stream begins without a trace of the old one', () => {
  const resampler = new Resampler(22_050, 24_000);
  resampler.push(tone(3000, 0.1, 22_050));
  resampler.finish();
  const second = Float32Array.from([...resampler.push(tone(440, 0.1, 22_050)), ...resampler.finish()]);
  expect(second).toEqual(resampled(tone(440, 0.1, 22_050), 22_050, 24_000));
});
