import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BenchError } from '../options.ts';

const run = promisify(execFile);
const MOST_OUTPUT_BYTES = 16 * 2 ** 20;

/** What llama.cpp's own batch benchmark measured for so many sequences at once. */
export interface BatchLine {
  readonly streams: number;
  /** Seconds for all prompts, one token after the other for all answers, and both. */
  readonly promptSeconds: number;
  readonly decodeSeconds: number;
  readonly seconds: number;
  /** Tokens that each stream wrote. */
  readonly tokens: number;
}

/** Reads the JSON lines of llama-batched-bench; its other output is skipped. Throws BenchError when there is none. */
export function parseBatchedBench(output: string): BatchLine[] {
  const lines = output.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { pl, t_pp, t_tg, tg } = JSON.parse(line) as Readonly<Record<string, number>>;
    if (pl === undefined || t_pp === undefined || t_tg === undefined || tg === undefined) return [];
    return [{ streams: pl, promptSeconds: t_pp, decodeSeconds: t_tg, seconds: t_pp + t_tg, tokens: tg }];
  });
  if (lines.length === 0) throw new BenchError('llama-batched-bench told no figures');
  return lines;
}

/** What the benchmark is to do. */
export interface BatchedBenchOptions {
  readonly program: string;
  /** A GGUF file. */
  readonly path: string;
  readonly threads: number;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly streams: readonly number[];
}

/** Runs it once. Throws BenchError when it fails. */
export async function runBatchedBench(options: BatchedBenchOptions): Promise<BatchLine[]> {
  const { program, path, threads, promptTokens, tokens, streams } = options;
  const context = Math.max(...streams) * (promptTokens + tokens);
  const flags = {
    '--model': path,
    '--threads': threads,
    '--threads-batch': threads,
    '--ctx-size': context,
    '-npp': promptTokens,
    '-ntg': tokens,
    '-npl': streams.join(','),
    '--output-format': 'jsonl',
  };
  const args = Object.entries(flags).flat().map(String);
  try {
    const { stdout } = await run(program, args, { maxBuffer: MOST_OUTPUT_BYTES });
    return parseBatchedBench(stdout);
  } catch (error) {
    if (error instanceof BenchError) throw error;
    throw new BenchError(`llama-batched-bench failed; try it by hand: ${[program, ...args].join(' ')}`, {
      cause: error,
    });
  }
}
