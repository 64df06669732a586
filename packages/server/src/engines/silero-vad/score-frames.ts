/** Samples that the network judges at once: 32 ms. */
export const FRAME = 512;
/** Samples of the frame before, which the network sees with each frame. */
const CONTEXT = 64;
/** Numbers that the network itself carries from frame to frame. */
const STATE = 256;

/** One step of the network: a frame with its context, and the state before it. */
export type RunFrame = (
  input: Float32Array,
  state: Float32Array,
) => Promise<{ readonly score: number; readonly state: Float32Array }>;

/** What a run of frames gave: a score for each, and what the next run must be given. */
export interface ScoredFrames {
  readonly scores: Float32Array;
  readonly memory: Float32Array;
}

/**
 * Judges frame by frame. `memory` holds the network's state and the last samples of the stream; null at its beginning. Throws a
 * RangeError where samples or memory have another length than they must.
 */
export async function scoreFrames(
  run: RunFrame,
  samples: Float32Array,
  memory: Float32Array | null,
  signal: AbortSignal,
): Promise<ScoredFrames> {
  if (samples.length % FRAME !== 0) throw new RangeError(`${samples.length} samples are not whole frames of ${FRAME}`);
  if (memory !== null && memory.length !== STATE + CONTEXT)
    throw new RangeError(`a memory of ${memory.length} numbers is not this detector's`);
  let state: Float32Array = memory?.slice(0, STATE) ?? new Float32Array(STATE);
  const input = new Float32Array(CONTEXT + FRAME);
  if (memory !== null) input.set(memory.subarray(STATE));
  const scores = new Float32Array(samples.length / FRAME);
  for (let frame = 0; frame < scores.length; frame += 1) {
    signal.throwIfAborted();
    input.set(samples.subarray(frame * FRAME, (frame + 1) * FRAME), CONTEXT);
    const judged = await run(input, state);
    scores[frame] = judged.score;
    state = judged.state;
    input.copyWithin(0, FRAME);
  }
  const next = new Float32Array(STATE + CONTEXT);
  next.set(state);
  next.set(input.subarray(0, CONTEXT), STATE);
  return { scores, memory: next };
}
