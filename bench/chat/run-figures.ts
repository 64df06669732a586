/** What one side of the comparison took for the streams of one round. */
export interface SideRun {
  readonly seconds: number;
  /** Tokens written, by all streams. */
  readonly tokens: number;
  /** Answers that ended by themselves before they had as many tokens as was asked for. */
  readonly ended: number;
  /** CPU seconds of the process with the model. */
  readonly engineCpu: number;
  /** CPU seconds of the server's process; 0 where there is none. */
  readonly serverCpu: number;
  /** Milliseconds to the first text of each stream; empty where nothing streams. */
  readonly firstTextMs: readonly number[];
  readonly promptTokens: number;
  /** Of these, what came out of a cache. */
  readonly cachedTokens: number;
}

/** The runs of several sets as one. */
export function sumOf(runs: readonly SideRun[]): SideRun {
  const total = (of: (run: SideRun) => number): number => runs.reduce((sum, run) => sum + of(run), 0);
  return {
    seconds: total((run) => run.seconds),
    tokens: total((run) => run.tokens),
    ended: total((run) => run.ended),
    engineCpu: total((run) => run.engineCpu),
    serverCpu: total((run) => run.serverCpu),
    firstTextMs: runs.flatMap((run) => run.firstTextMs),
    promptTokens: total((run) => run.promptTokens),
    cachedTokens: total((run) => run.cachedTokens),
  };
}
