/**
 * llama.cpp's attention on a CPU takes another path, faster and with other rounding, from so many tokens of one sequence in a
 * batch on (`GGML_FA_TILE_Q`). While no answer is being written, each token of a prompt takes the path that its own place in
 * the prompt gives it, so that an answer does not depend on the prompts that are evaluated beside it.
 */
export const TILE_TOKENS = 64;

/** `tiles`: whole tiles of prompts. `singles`: answers being written, and the ends of prompts. */
export type StepKind = 'tiles' | 'singles';

export interface StepPlan {
  readonly kind: StepKind;
  /** Tokens to evaluate for each request. */
  readonly counts: readonly number[];
}

/** What a step may take. */
export interface StepLimits {
  /** Prompt tokens of a step of tiles, a multiple of the tile. */
  readonly batchTokens: number;
  /** Prompt tokens for which the answers being written may be held up; below a tile, prompts go on in small pieces. */
  readonly promptTokens: number;
  /** Whether all sequences count together for the path, because they lie in one pool. */
  readonly onePool: boolean;
  /**
   * While no answer is being written: for each request whether all but the last token of its prompt was evaluated in a step
   * that held the last one back. Null while answers are written.
   */
  readonly heldBack: readonly boolean[] | null;
}

/**
 * Decides how many tokens of each request the next step evaluates, given how many each has left, in order of arrival.
 * While prompts are evaluated and answers written at the same time, the two kinds of step take turns, so that answers keep
 * streaming; where even one tile would hold them up too long, a piece of the prompt goes along with each of their steps.
 */
export function planStep(left: readonly number[], limits: StepLimits, previous: StepKind): StepPlan {
  const tileRoom = Math.min(limits.batchTokens, limits.promptTokens);
  const hasTiles = tileRoom >= TILE_TOKENS && left.some((count) => count >= TILE_TOKENS);
  const hasSingles = left.some((count) => count < TILE_TOKENS);
  if (hasTiles && (!hasSingles || previous === 'singles')) return { kind: 'tiles', counts: planTiles(left, tileRoom) };
  if (limits.heldBack === null) return { kind: 'singles', counts: planSingles(left, limits, hasTiles) };
  return { kind: 'singles', counts: planTogether(left, limits, limits.heldBack) };
}

function planTiles(left: readonly number[], batchTokens: number): number[] {
  let room = batchTokens - (batchTokens % TILE_TOKENS);
  return left.map((count) => {
    const whole = count - (count % TILE_TOKENS);
    const taken = Math.min(whole, room);
    room -= taken;
    return taken;
  });
}

/**
 * The ends of prompts while nobody writes: one after the other, for few rows of many sequences take longer than many of few.
 * Prompts of about one length begin to answer together, else the first would soon hold up the others; much shorter ones don't wait.
 */
function planTogether(left: readonly number[], limits: StepLimits, heldBack: readonly boolean[]): number[] {
  const pending = left
    .flatMap((count, index) => (count > 1 && count < TILE_TOKENS ? [index] : []))
    .sort((a, b) => (left[a] ?? 0) - (left[b] ?? 0));
  const longest = left[pending.at(-1) ?? -1] ?? 0;
  const counts: number[] = left.map((count, index) => (count === 1 && heldBack[index] !== true ? 1 : 0));
  const waiting = left.reduce((sum, count) => sum + (count === 1 ? 1 : 0), 0);
  let room = limits.onePool ? TILE_TOKENS - 1 - waiting - pending.length : limits.batchTokens;
  let done = 0;
  for (const index of pending) {
    const count = left[index] ?? 0;
    const like = 2 * count > longest;
    const last = done === pending.length - 1;
    const taken = Math.min(last || !like ? count : count - 1, limits.onePool ? Math.max(1, room) : Infinity);
    if (done > 0 && taken > room) return counts;
    counts[index] = taken;
    room -= taken;
    done++;
  }
  // With the last of them, all begin to answer.
  return left.map((count, index) =>
    count < TILE_TOKENS && counts[index] === count - 1 ? count : (counts[index] ?? 0),
  );
}

/** Everybody who writes goes on; prompts share the room equally, so that those who came together start together. */
function planSingles(left: readonly number[], limits: StepLimits, tilesFollow: boolean): number[] {
  const writing = left.filter((count) => count === 1).length;
  const most = limits.onePool ? TILE_TOKENS - 1 - writing : limits.batchTokens;
  const room = Math.max(0, Math.min(most, limits.promptTokens));
  const wanted = left.map((count) => {
    if (count === 1 || (tilesFollow && count >= TILE_TOKENS)) return 0;
    return Math.min(count, TILE_TOKENS - 1);
  });
  const shares = shareEqually(wanted, room);
  return left.map((count, index) => (count === 1 ? 1 : (shares[index] ?? 0)));
}

/** Gives each what it wants as far as `room` reaches: nobody gets more than another who still wants. */
function shareEqually(wanted: readonly number[], room: number): readonly number[] {
  const shares = wanted.map(() => 0);
  let rest = room;
  for (;;) {
    const hungry = wanted.flatMap((want, index) => (want > (shares[index] ?? 0) ? [index] : []));
    if (hungry.length === 0 || rest === 0) return shares;
    const each = Math.max(1, Math.floor(rest / hungry.length));
    for (const index of hungry) {
      const given = Math.min(each, rest, (wanted[index] ?? 0) - (shares[index] ?? 0));
      shares[index] = (shares[index] ?? 0) + given;
      rest -= given;
    }
  }
}
