import { percentile, ratiosOf } from '../measure.ts';
import type { Row } from '../report.ts';
import type { SideRun } from './run-figures.ts';

const LEAST_RATIO = 0.97;
/** What the server's own process may add to the CPU time of the bare loop. */
const MOST_SERVER_SHARE = 0.03;

/** The rounds of both sides with so many streams at once. */
export interface Compared {
  readonly streams: number;
  readonly bare: readonly SideRun[];
  readonly http: readonly SideRun[];
}

const speed = (run: SideRun): number => run.tokens / run.seconds;
const cpuPerThousand = (cpu: number, run: SideRun): number => (cpu / run.tokens) * 1000;

/** The lines of the table for one number of streams. */
export function rowsOf({ streams, bare, http }: Compared): Row[] {
  const head = streams === 1 ? '1 stream' : `${streams} streams`;
  const row = (what: string, unit: string, values: readonly number[], target?: Row['target']): Row => ({
    what: `${head}: ${what}`,
    unit,
    values,
    ...(target === undefined ? {} : { target }),
  });
  const cpuUnit = 'CPU s / 1,000 tokens';
  const bareCpu = bare.map((run) => cpuPerThousand(run.engineCpu, run));
  const httpCpu = http.map((run) => cpuPerThousand(run.engineCpu + run.serverCpu, run));
  return [
    row('bare loop', 'tokens/s', bare.map(speed)),
    row('over HTTP', 'tokens/s', http.map(speed)),
    row('over HTTP / bare loop', 'ratio', ratiosOf(http.map(speed), bare.map(speed)), { atLeast: LEAST_RATIO }),
    row('bare loop', cpuUnit, bareCpu),
    row(
      'engine over HTTP',
      cpuUnit,
      http.map((run) => cpuPerThousand(run.engineCpu, run)),
    ),
    row(
      'server',
      cpuUnit,
      http.map((run) => cpuPerThousand(run.serverCpu, run)),
    ),
    row(
      'server / bare loop, CPU',
      'ratio',
      ratiosOf(
        http.map((run) => cpuPerThousand(run.serverCpu, run)),
        bareCpu,
      ),
      { atMost: MOST_SERVER_SHARE },
    ),
    row('engine and server / bare loop, CPU', 'ratio', ratiosOf(httpCpu, bareCpu)),
    row(
      'first text, p50',
      'ms',
      http.map((run) => percentile(run.firstTextMs, 0.5)),
    ),
    row(
      'first text, p95',
      'ms',
      http.map((run) => percentile(run.firstTextMs, 0.95)),
    ),
  ];
}

/** What would make the two sides unequal, in sentences. */
export function inequalities(compared: readonly Compared[]): string[] {
  const sum = (runs: (one: Compared) => readonly SideRun[], of: (run: SideRun) => number): number =>
    compared.flatMap(runs).reduce((total, run) => total + of(run), 0);
  const ended = { bare: sum(bareRuns, (run) => run.ended), http: sum(httpRuns, (run) => run.ended) };
  const prompt = { bare: sum(bareRuns, (run) => run.promptTokens), http: sum(httpRuns, (run) => run.promptTokens) };
  const answers = sum(httpRuns, (run) => run.firstTextMs.length);
  const cached = sum(httpRuns, (run) => run.cachedTokens) / answers;
  const notes = [
    `the server took ${cached.toFixed(1)} of ${Math.round(prompt.http / answers)} prompt tokens an answer from its cache, the bare loop none`,
  ];
  if (prompt.bare !== prompt.http) {
    notes.push(`the prompts differ: ${prompt.http} tokens over HTTP and ${prompt.bare} in the bare loop`);
  }
  if (ended.bare + ended.http > 0) {
    notes.push(
      `answers that ended early: about ${ended.bare} of the bare loop, ${ended.http} over HTTP; tokens are counted as written`,
    );
  }
  return notes;
}

const bareRuns = (one: Compared): readonly SideRun[] => one.bare;
const httpRuns = (one: Compared): readonly SideRun[] => one.http;
