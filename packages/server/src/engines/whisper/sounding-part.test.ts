import { expect, test } from 'vitest';
import { SAMPLE_RATE } from './sherpa.ts';
import { soundingPart } from './sounding-part.ts';

/** Silence with a tone of this loudness from one second to the other. */
function tone(from: number, to: number, loudness = 0.5): Float32Array {
  return Float32Array.from({ length: 4 * SAMPLE_RATE }, (_, at) =>
    at >= from * SAMPLE_RATE && at < to * SAMPLE_RATE ? Math.sin(at) * loudness : 0.001,
  );
}

test('silence around the sound is left out', () => {
  expect(soundingPart(tone(1, 1.5), { start: 0.5, end: 3 })).toEqual({ start: 1, end: 1.5 });
});

test('a span that sounds throughout stays as it is, and so does a silent one', () => {
  expect(soundingPart(tone(0, 4), { start: 0.505, end: 3.205 })).toEqual({ start: 0.505, end: 3.205 });
  expect(soundingPart(new Float32Array(SAMPLE_RATE), { start: 0.2, end: 0.4 })).toEqual({ start: 0.2, end: 0.4 });
  expect(soundingPart(tone(0, 4), { start: 5, end: 6 })).toEqual({ start: 5, end: 6 });
});
