import type { SideRun } from '../chat/run-figures.ts';
import { percentile, ratiosOf } from '../measure.ts';
import type { Row } from '../report.ts';

const LEAST_SPEED = 1.1;
const MOST_LATE = 1.5;
/** The server's own process against the engine's; the bench `chat` holds it against the bare loop. */
const MOST_SERVER_SHARE = 0.03;

/** The rounds of both servers with so many streams at once. */
export interface Throughput {
  readonly streams: number;
  readonly concert: readonly SideRun[];
  readonly llama: readonly SideRun[];
}

/** Tokens written per second, prompts included. */
export function speedOf(run: SideRun): number {
  return run.tokens / run.seconds;
}

/** The lines of the table for one number of streams; `most` is the greatest of those that are measured. */
export function throughputRows({ streams, concert, llama }: Throughput, most: number): Row[] {
  const head = streams === 1 ? '1 stream' : `${streams} streams`;
  const cpu = (run: SideRun): number => ((run.engineCpu + run.serverCpu) / run.tokens) * 1000;
  const first = (runs: readonly SideRun[], share: number): number[] =>
    runs.map((run) => percentile(run.firstTextMs, share));
  const late = (runs: readonly SideRun[]): number[] => ratiosOf(first(runs, 0.95), first(runs, 0.5));
  const speed = ratiosOf(concert.map(speedOf), llama.map(speedOf));
  return [
    { what: `${head}: Concert`, unit: 'tokens/s', values: concert.map(speedOf) },
    { what: `${head}: llama-server`, unit: 'tokens/s', values: llama.map(speedOf) },
    {
      what: `${head}: Concert / llama-server, tokens/s`,
      unit: 'ratio',
      values: speed,
      target: { atLeast: LEAST_SPEED },
    },
    { what: `${head}: Concert, all processes`, unit: 'CPU s / 1,000 tokens', values: concert.map(cpu) },
    { what: `${head}: llama-server`, unit: 'CPU s / 1,000 tokens', values: llama.map(cpu) },
    {
      what: `${head}: Concert's server / engine, CPU`,
      unit: 'ratio',
      values: concert.map((run) => run.serverCpu / run.engineCpu),
      ...(streams === most ? { target: { atMost: MOST_SERVER_SHARE } } : {}),
    },
    { what: `${head}: Concert, first text, p50`, unit: 'ms', values: first(concert, 0.5) },
    { what: `${head}: Concert, first text, p95`, unit: 'ms', values: first(concert, 0.95) },
    { what: `${head}: llama-server, first text, p50`, unit: 'ms', values: first(llama, 0.5) },
    { what: `${head}: llama-server, first text, p95`, unit: 'ms', values: first(llama, 0.95) },
    ...(streams === 1
      ? []
      : [
          {
            what: `${head}: Concert, first text, p95 / p50`,
            unit: 'ratio',
            values: late(concert),
            ...(streams === most ? { target: { atMost: MOST_LATE } } : {}),
          },
          { what: `${head}: llama-server, first text, p95 / p50`, unit: 'ratio', values: late(llama) },
        ]),
  ];
}

/** What would make the two sides unequal, in sentences. */
export function throughputNotes(measured: readonly Throughput[]): string[] {
  const all = (side: 'concert' | 'llama', of: (run: SideRun) => number): number =>
    measured.flatMap((one) => one[side]).reduce((sum, run) => sum + of(run), 0);
  const answers = all('concert', (run) => run.firstTextMs.length);
  const each = (side: 'concert' | 'llama', of: (run: SideRun) => number): string =>
    (all(side, of) / answers).toFixed(1);
  const pair = (of: (run: SideRun) => number): string =>
    `${each('concert', of)} (Concert) and ${each('llama', of)} (llama-server)`;
  return [
    `an answer's prompt had ${pair((run) => run.promptTokens)} tokens, of which ${pair((run) => run.cachedTokens)} came from a cache; it had ${pair((run) => run.tokens)} tokens`,
  ];
}
