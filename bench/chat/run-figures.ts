import type { StreamRecord } from '../stream/stream-chat.ts';

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

/** The figures of streamed answers that ran together. */
export function sideRunOf(
  records: readonly StreamRecord[],
  took: Pick<SideRun, 'seconds' | 'engineCpu' | 'serverCpu'> & { readonly maxTokens: number },
): SideRun {
  const total = (of: (record: StreamRecord) => number): number => records.reduce((sum, record) => sum + of(record), 0);
  return {
    seconds: took.seconds,
    tokens: total((record) => record.completionTokens),
    ended: records.filter((record) => record.completionTokens < took.maxTokens).length,
    engineCpu: took.engineCpu,
    serverCpu: took.serverCpu,
    firstTextMs: records.map((record) => record.firstTextMs),
    promptTokens: total((record) => record.promptTokens),
    cachedTokens: total((record) => record.cachedTokens),
  };
}
