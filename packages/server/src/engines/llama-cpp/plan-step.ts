/** How many tokens a step may hold. */
export interface StepLimits {
  /** In all. */
  readonly capacity: number;
  /** Prompt tokens while nobody writes. */
  readonly batchTokens: number;
  /** Prompt tokens while others write, so that their next token does not wait long. */
  readonly sharedBatchTokens: number;
}

/**
 * Decides how many tokens of each request one step evaluates, given how many each has left, in order of arrival. Requests
 * with one token left are writing and always go on; what remains of the step goes to prompts, the oldest first.
 */
export function planStep(left: readonly number[], limits: StepLimits): number[] {
  const writing = left.filter((count) => count === 1).length;
  const promptLimit = writing > 0 ? limits.sharedBatchTokens : limits.batchTokens;
  let room = Math.max(0, Math.min(promptLimit, limits.capacity - writing));
  return left.map((count) => {
    if (count === 1) return 1;
    const taken = Math.min(count, room);
    room -= taken;
    return taken;
  });
}
