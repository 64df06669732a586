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
}

/** Losing so few tokens of an idle sequence costs less than a cached conversation elsewhere. */
const SMALL_LOSS = 16;

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
 * into the one that was idle longest, so that the other conversation keeps its cache. The last token is never reused: its
 * logits are needed.
 */
export function chooseSequence(
  prompt: readonly number[],
  sequences: readonly SequenceView[],
  rules: ReuseRules,
): SequenceChoice | null {
  const limit = prompt.length - 1;
  let best: { source: number; reuse: number } | null = null;
  let idle: number | null = null;
  for (const [index, sequence] of sequences.entries()) {
    if (!sequence.busy && (idle === null || isBetterTarget(sequence, sequences[idle]))) idle = index;
    const reuse = reusable(prompt, sequence, limit, rules);
    if (reuse > 0 && (best === null || reuse > best.reuse || (reuse === best.reuse && !sequence.busy))) {
      best = { source: index, reuse };
    }
  }
  if (idle === null) return null;
  if (best === null) return { target: idle, source: idle, reuse: 0 };
  const source = sequences[best.source];
  const lost = (source?.tokens.length ?? 0) - best.reuse;
  const inPlace = source?.busy === false && (!rules.canShare || lost <= Math.max(SMALL_LOSS, best.reuse / 8));
  return { target: inPlace ? best.source : idle, source: best.source, reuse: best.reuse };
}

function reusable(prompt: readonly number[], sequence: SequenceView, limit: number, rules: ReuseRules): number {
  if (sequence.busy && !rules.canShare) return 0;
  const common = commonPrefix(prompt, sequence.tokens, limit);
  return rules.canCut || common === sequence.tokens.length ? common : 0;
}

/** Empty ones first, then the one used longest ago. */
function isBetterTarget(candidate: SequenceView, current: SequenceView | undefined): boolean {
  if (current === undefined) return true;
  const candidateEmpty = candidate.tokens.length === 0;
  if (candidateEmpty !== (current.tokens.length === 0)) return candidateEmpty;
  return candidate.lastUsed < current.lastUsed;
}
