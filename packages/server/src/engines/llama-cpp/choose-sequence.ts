import type { SequenceView } from './sequence-pool.ts';

/** Where a request runs and what it needs not compute again. */
export interface SequenceChoice {
  /** An idle sequence. */
  readonly target: number;
  /** The sequence whose first `reuse` tokens are the request's; the same as `target` when they stay where they are. */
  readonly source: number;
  readonly reuse: number;
}

/** What the model allows. */
export interface ReuseRules {
  /** A sequence may be cut back to a prefix. */
  readonly canCut: boolean;
  /** A prefix may be shared between sequences. */
  readonly canShare: boolean;
  /**
   * Sequences that run together should be neighbours: with a buffer for each, llama.cpp evaluates only sequences with
   * consecutive numbers at once. What is overwritten for that is parked.
   */
  readonly neighbours: boolean;
}

/** Losing so few tokens of an idle sequence costs less than a cached conversation elsewhere. */
const SMALL_LOSS = 16;

/** Fewer tokens (the start of every prompt of a template) are evaluated sooner than copied. */
const LEAST_SHARED = 16;

/** How many tokens two lists have in common from the start, at most `limit`. */
export function commonPrefix(a: readonly number[], b: readonly number[], limit: number): number {
  const end = Math.min(a.length, b.length, limit);
  let index = 0;
  while (index < end && a[index] === b[index]) index++;
  return index;
}

/**
 * Chooses the sequence for a prompt; null while none is idle. The longest common prefix wins. It is used in place when hardly
 * anything behind it is lost (the next turn of the same conversation); else the prefix is shared into an empty sequence, or
 * into the one that was idle longest, so that the other conversation keeps its cache. Sequences of another scope are never
 * looked into. The last token is never reused: its logits are needed.
 */
export function chooseSequence(
  { tokens: prompt, scope }: { readonly tokens: readonly number[]; readonly scope: string },
  sequences: readonly SequenceView[],
  rules: ReuseRules,
): SequenceChoice | null {
  const reuseOf = (index: number): number => {
    const sequence = sequences[index];
    return sequence?.scope === scope ? reusable(prompt, sequence, rules) : 0;
  };
  let best: { source: number; reuse: number } | null = null;
  let idle: number | null = null;
  for (const [index, sequence] of sequences.entries()) {
    if (!sequence.busy && (idle === null || isBetterTarget(index, idle, sequences, rules))) idle = index;
    const reuse = reuseOf(index);
    if (reuse > 0 && (best === null || reuse > best.reuse || (reuse === best.reuse && !sequence.busy))) {
      best = { source: index, reuse };
    }
  }
  if (idle === null) return null;
  if (best === null) return { target: idle, source: idle, reuse: 0 };
  const source = sequences[best.source];
  const lost = (source?.tokens.length ?? 0) - best.reuse;
  const inPlace = source?.busy === false && (!rules.canShare || lost <= Math.max(SMALL_LOSS, best.reuse / 8));
  if (inPlace) return { target: best.source, source: best.source, reuse: best.reuse };
  if (best.reuse < LEAST_SHARED) return { target: idle, source: idle, reuse: reuseOf(idle) };
  return { target: idle, source: best.source, reuse: best.reuse };
}

function reusable(prompt: readonly number[], sequence: SequenceView, rules: ReuseRules): number {
  if (sequence.busy && !rules.canShare) return 0;
  return reusableTokens(prompt, sequence.tokens, rules.canCut);
}

/** How many tokens of a prompt a cache that holds `held` saves; the last one is always evaluated. */
export function reusableTokens(prompt: readonly number[], held: readonly number[], canCut: boolean): number {
  const common = commonPrefix(prompt, held, prompt.length - 1);
  return canCut || common === held.length ? common : 0;
}

/** Neighbours of running ones first where that matters, then empty ones, then the one used longest ago. */
function isBetterTarget(
  candidate: number,
  current: number,
  sequences: readonly SequenceView[],
  rules: ReuseRules,
): boolean {
  const neighbours = rules.neighbours ? busyNeighbours(sequences, candidate) - busyNeighbours(sequences, current) : 0;
  if (neighbours !== 0) return neighbours > 0;
  const [a, b] = [sequences[candidate], sequences[current]];
  if (a === undefined || b === undefined) return false;
  const candidateEmpty = a.tokens.length === 0;
  if (candidateEmpty !== (b.tokens.length === 0)) return candidateEmpty;
  return a.lastUsed < b.lastUsed;
}

function busyNeighbours(sequences: readonly SequenceView[], index: number): number {
  return Number(sequences[index - 1]?.busy === true) + Number(sequences[index + 1]?.busy === true);
}
