/** Streams that write while something else may hold them up; times in milliseconds of one clock. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The times between one piece of text and the next, of every stream, as far as they fall into the window in part: so a stall
 * counts that began before it or goes on after it.
 */
export function gapsIn(streams: readonly (readonly number[])[], { fromMs, toMs }: Window): number[] {
  return streams.flatMap((times) =>
    times.flatMap((time, index) => {
      const before = times[index - 1];
      return before !== undefined && before < toMs && time > fromMs ? [time - before] : [];
    }),
  );
}
