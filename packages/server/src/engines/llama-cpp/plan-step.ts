/**
 * llama.cpp's attention on a CPU takes another path, with other rounding, from so many tokens in a batch on
 * (`GGML_FA_TILE_Q`). Each token of a prompt always takes the path that its own place in the prompt gives it, so an
 * answer does not depend on what else ran in the same step.
 */
export const TILE_TOKENS = 64;

/** `tiles`: whole tiles of prompts. `singles`: answers being written, and the ends of prompts. */
export type StepKind = 'tiles' | 'singles';

export interface StepPlan {
  readonly kind: StepKind;
  /** Tokens to evaluate for each request. */
  readonly counts: readonly number[];
}

/**
 * Decides how many tokens of each request the next step evaluates, given how many each has left, in order of arrival.
 * While prompts are evaluated and answers written at the same time, the two kinds of step take turns, so that answers keep
 * streaming. `batchTokens` is a multiple of the tile.
 */
export function planStep(left: readonly number[], batchTokens: number, previous: StepKind): StepPlan {
  const hasTiles = left.some((count) => count >= TILE_TOKENS);
  const hasSingles = left.some((count) => count < TILE_TOKENS);
  const kind: StepKind = hasTiles && (!hasSingles || previous === 'singles') ? 'tiles' : 'singles';
  return { kind, counts: kind === 'tiles' ? planTiles(left, batchTokens) : planSingles(left) };
}

function planTiles(left: readonly number[], batchTokens: number): number[] {
  let room = batchTokens;
  return left.map((count) => {
    const taken = Math.min(count - (count % TILE_TOKENS), room);
    room -= taken;
    return taken;
  });
}

/** Everybody who writes goes on; ends of prompts fill the step up to where the other path would begin. */
function planSingles(left: readonly number[]): number[] {
  const writing = left.filter((count) => count === 1).length;
  let room = Math.max(0, TILE_TOKENS - 1 - writing);
  return left.map((count) => {
    if (count === 1) return 1;
    if (count >= TILE_TOKENS) return 0;
    const taken = Math.min(count, room);
    room -= taken;
    return taken;
  });
}
