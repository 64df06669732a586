/**
 * llama.cpp's attention on a CPU takes another path, faster and with other rounding, from so many tokens of one sequence in a
 * batch on (`GGML_FA_TILE_Q`). While no answer is being written, each token of a prompt takes the path that its own place in
 * the prompt gives it, so that an answer does not depend on the prompts that are evaluated beside it.
 */
export const TILE_TOKENS = 64;

/** `tiles`: whole tiles of prompts. `pieces`: less than a tile of one prompt. `singles`: answers being written, and the ends of prompts. */
export type StepKind = 'tiles' | 'pieces' | 'singles';

export interface StepPlan {
  readonly kind: StepKind;
  /** Tokens to evaluate for each request. */
  readonly counts: readonly number[];
}

/** What a step may take. */
export interface StepLimits {
  /** Prompt tokens of a step of tiles, a multiple of the tile. */
  readonly batchTokens: number;
  /** Prompt tokens for which the answers being written may be held up. */
  readonly promptTokens: number;
  /** Whether all sequences lie in one pool: then they count together for the path, and rows of any of them are evaluated at once. */
  readonly onePool: boolean;
  /** Counts the steps that held answers up, so that prompts take turns in them. */
  readonly turn: number;
  /** Each request while no answer is being written; null while answers are written. */
  readonly newcomers: readonly Newcomer[] | null;
}

/** A request that does not answer yet. */
interface Newcomer {
  /** Tokens of its prompt that were not known when it came. */
  readonly size: number;
  /** The same for requests that came together. */
  readonly group: number;
}

/** Kernels for rearranged weights evaluate so many rows at the price of ten, and a rest at nearly twice the price for each. */
const ROWS_AT_ONCE = 16;
/** A step of ends has about so many rows. */
const LEAST_END_ROWS = 48;
const MOST_END_ROWS = 80;

/**
 * Decides how many tokens of each request the next step evaluates, given how many each has left, in order of arrival.
 * While prompts are evaluated and answers written at the same time, the two take turns, so that answers keep streaming; in one pool,
 * where even one tile would hold them up too long, a piece of the prompt goes along with each of their steps.
 */
export function planStep(left: readonly number[], limits: StepLimits, previous: StepKind): StepPlan {
  if (limits.newcomers !== null) return planNewcomers(left, limits, limits.newcomers);
  if (!limits.onePool) return planBeside(left, limits, previous);
  const tileRoom = Math.min(limits.batchTokens, limits.promptTokens);
  const hasTiles = tileRoom >= TILE_TOKENS && left.some((count) => wholeTiles(count) > 0);
  if (hasTiles && previous === 'singles') return { kind: 'tiles', counts: planTiles(left, tileRoom) };
  return { kind: 'singles', counts: planSingles(left, limits, hasTiles) };
}

/** Tokens in whole tiles; the last token always stays, for with it an answer begins. */
function wholeTiles(count: number): number {
  const most = Math.max(0, count - 1);
  return most - (most % TILE_TOKENS);
}

/**
 * Answers, and by turns prompts, each in a step of its own: with a buffer for each sequence llama.cpp evaluates rows together only where all
 * sequences have as many, so that nothing is gained by mixing them, and odd numbers of rows are dear.
 */
function planBeside(left: readonly number[], limits: StepLimits, previous: StepKind): StepPlan {
  const prompts = left.flatMap((count, index) => (count > 1 ? [index] : []));
  const next = prompts[limits.turn % prompts.length];
  const answersGoOn = previous !== 'singles' && prompts.length < left.length;
  if (next === undefined || answersGoOn) {
    return { kind: 'singles', counts: left.map((count) => (count === 1 ? 1 : 0)) };
  }
  const [kind, taken] = planPiece(left[next] ?? 0, limits);
  return { kind, counts: left.map((_, index) => (index === next ? taken : 0)) };
}

function planPiece(count: number, { batchTokens, promptTokens }: StepLimits): readonly ['tiles' | 'pieces', number] {
  const room = Math.min(batchTokens, promptTokens);
  const whole = Math.min(wholeTiles(count), room - (room % TILE_TOKENS));
  return whole > 0 ? ['tiles', whole] : ['pieces', Math.max(1, Math.min(count, room, TILE_TOKENS - 1))];
}

function planTiles(left: readonly number[], batchTokens: number): number[] {
  let room = batchTokens - (batchTokens % TILE_TOKENS);
  return left.map((count) => {
    const taken = Math.min(wholeTiles(count), room);
    room -= taken;
    return taken;
  });
}

/**
 * The prompts while nobody writes. Those of about one length that came together begin to answer together, else the first would soon hold up
 * the others: their tiles one after the other, then their ends side by side. Much shorter ones don't wait; longer and later ones go on beside their answers.
 */
function planNewcomers(left: readonly number[], limits: StepLimits, newcomers: readonly Newcomer[]): StepPlan {
  const sizeOf = (index: number): number => newcomers[index]?.size ?? 1;
  if (newcomers.some(({ size }) => size === 1)) {
    return { kind: 'singles', counts: left.map((_, index) => (sizeOf(index) === 1 ? 1 : 0)) };
  }
  const leader = newcomers.reduce((least, newcomer) => (newcomer.size < least.size ? newcomer : least));
  const together = newcomers.map(({ size, group }) => group === leader.group && size < 2 * leader.size);
  const theirs = left.map((count, index) => (together[index] === true ? count : 0));
  if (theirs.some((count) => wholeTiles(count) > 0)) {
    return { kind: 'tiles', counts: planTiles(theirs, limits.batchTokens) };
  }
  return { kind: 'singles', counts: planEnds(theirs, limits.onePool) };
}

/** The ends of prompts, each of a tile at most: all by as many tokens, and the last token of all in one step. */
function planEnds(left: readonly number[], onePool: boolean): number[] {
  const sequences = left.filter((count) => count > 0).length;
  if (sequences === 1) return left.map((count) => (count < TILE_TOKENS ? count : count / 2));
  const pending = left.filter((count) => count > 1).length;
  const each = rowsEach(pending, onePool ? TILE_TOKENS - 1 - sequences : MOST_END_ROWS);
  const before = left.map((count) => Math.min(each, Math.max(0, count - 1)));
  return before.every((count, index) => count >= (left[index] ?? 0) - 1) ? [...left] : before;
}

/** How many rows each of so many sequences gets in one step, so that the fewest are left over of those that kernels take at once. */
function rowsEach(sequences: number, most: number): number {
  if (sequences === 0) return 0;
  let best = Math.max(1, Math.floor(most / sequences));
  for (let each = best; each >= 1 && each * sequences >= Math.min(LEAST_END_ROWS, most); each--) {
    if ((each * sequences) % ROWS_AT_ONCE < (best * sequences) % ROWS_AT_ONCE) best = each;
  }
  return Math.min(best, LEAST_END_ROWS);
}

/** In one pool: everybody who writes goes on; prompts share the room equally, so that those who came together start together. */
function planSingles(left: readonly number[], limits: StepLimits, tilesFollow: boolean): number[] {
  const writing = left.filter((count) => count === 1).length;
  const room = Math.max(0, Math.min(TILE_TOKENS - 1 - writing, limits.promptTokens));
  const wanted = left.map((count) => {
    if (count === 1 || (tilesFollow && wholeTiles(count) > 0)) return 0;
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
