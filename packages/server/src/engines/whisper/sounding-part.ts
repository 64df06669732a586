import type { TimeSpan } from './read-words.ts';
import { SAMPLE_RATE } from './sherpa.ts';

const FRAMES_PER_SECOND = 50;
const FRAME = SAMPLE_RATE / FRAMES_PER_SECOND;
/** Softer than this part of the loudest frame is no more than breath and clicks: 16 dB below it. */
const SILENCE = 0.15;

/** The part of a span from its first to its last fiftieth of a second with sound; the whole span where all is equally loud, or silent. */
export function soundingPart(samples: Float32Array, { start, end }: TimeSpan): TimeSpan {
  const from = Math.floor(start * FRAMES_PER_SECOND);
  const to = Math.min(Math.ceil(end * FRAMES_PER_SECOND), Math.floor(samples.length / FRAME));
  const loudness: number[] = [];
  for (let frame = from; frame < to; frame++)
    loudness.push(power(samples.subarray(frame * FRAME, (frame + 1) * FRAME)));
  const least = Math.max(0, ...loudness) * SILENCE ** 2;
  const first = loudness.findIndex((value) => value > least);
  if (first < 0) return { start, end };
  const last = loudness.findLastIndex((value) => value > least);
  return {
    start: Math.max(start, (from + first) / FRAMES_PER_SECOND),
    end: Math.min(end, (from + last + 1) / FRAMES_PER_SECOND),
  };
}

function power(frame: Float32Array): number {
  return frame.reduce((sum, sample) => sum + sample * sample, 0);
}
