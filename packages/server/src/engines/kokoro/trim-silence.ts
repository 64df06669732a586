const FRAME_SECONDS = 0.005;
/** Of the loudest frame (root mean square): quieter than this is silence. About -46 dB, below the softest consonant heard. */
const SILENCE = 0.005;

export interface KeptSilence {
  readonly beforeSeconds: number;
  readonly afterSeconds: number;
}

/**
 * Shortens the silence at both ends to what `keep` says; shorter silence stays as it is. Audio that is silent all over comes back
 * unchanged. The result shares the samples' memory.
 */
export function trimSilence(samples: Float32Array, sampleRate: number, keep: KeptSilence): Float32Array {
  const frame = Math.round(sampleRate * FRAME_SECONDS);
  const loudness = frameLoudness(samples, frame);
  const threshold = loudness.reduce((most, value) => Math.max(most, value), 0) * SILENCE;
  const first = loudness.findIndex((value) => value > threshold);
  if (first < 0) return samples;
  const last = loudness.findLastIndex((value) => value > threshold);
  const start = first * frame - Math.round(keep.beforeSeconds * sampleRate);
  const end = (last + 1) * frame + Math.round(keep.afterSeconds * sampleRate);
  return samples.subarray(Math.max(0, start), Math.min(samples.length, end));
}

function frameLoudness(samples: Float32Array, frame: number): Float32Array {
  const loudness = new Float32Array(Math.ceil(samples.length / frame));
  for (let index = 0; index < loudness.length; index += 1) {
    const part = samples.subarray(index * frame, (index + 1) * frame);
    loudness[index] = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
  }
  return loudness;
}

/** The pause to leave after a clause, by the mark that ends it, so that clauses put together sound like one speech. */
export function pauseAfter(text: string): KeptSilence {
  const mark = text.replace(/[”"』」)\s]+$/u, '').at(-1) ?? '';
  const afterSeconds = /[.!?…]/.test(mark) ? 0.35 : /[,;:—]/.test(mark) ? 0.2 : 0.1;
  return { beforeSeconds: 0.03, afterSeconds };
}
