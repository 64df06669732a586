import { setImmediate } from 'node:timers/promises';
import type { PcmStore } from './pcm-store.ts';
import type { Span } from './plan-windows.ts';
import { SAMPLE_RATE, type SherpaVad, VAD_STEP } from './sherpa.ts';

/** Steps of the detector between two looks at other work (about a second of audio). */
const STEPS_PER_TURN = 32;
/** Speech without a pause is handed on after so many samples; the planner joins such pieces again. */
const LONGEST_PIECE = 20 * SAMPLE_RATE;

/**
 * Finds where somebody speaks, from the start to the end, while the caller reads. Speech that goes on without a pause
 * comes in pieces that touch. The detector is this call's alone until the end; throws the signal's reason.
 */
export async function* speechSpans(vad: SherpaVad, samples: PcmStore, signal: AbortSignal): AsyncGenerator<Span> {
  vad.reset();
  let speakingSince: number | null = null;
  // A little silence behind the end makes the detector look at the last samples too.
  const end = samples.length + 4 * VAD_STEP;
  for (let start = 0, steps = 1; start < end; start += VAD_STEP, steps++) {
    vad.acceptWaveform(samples.read(start, start + VAD_STEP));
    if (!vad.isDetected()) speakingSince = null;
    else if (speakingSince === null) speakingSince = start;
    else if (start - speakingSince > LONGEST_PIECE) {
      vad.flush();
      speakingSince = null;
    }
    yield* finishedSpans(vad, samples.length);
    if (steps % STEPS_PER_TURN === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  vad.flush();
  yield* finishedSpans(vad, samples.length);
}

function* finishedSpans(vad: SherpaVad, length: number): Generator<Span> {
  for (; !vad.isEmpty(); vad.pop()) {
    const { start, samples } = vad.front(false);
    const span = { start: Math.min(start, length), end: Math.min(start + samples.length, length) };
    if (span.end > span.start) yield span;
  }
}
