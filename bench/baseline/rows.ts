import type { SideRun } from '../chat/run-figures.ts';
import { speedOf } from '../engine/rows.ts';
import { ratiosOf } from '../measure.ts';
import type { Row } from '../report.ts';
import type { GenerateRun } from './transformers-side.ts';

const LEAST_SPEED = 2.3;
const MOST_MEMORY = 0.6;

/** One round of Concert, with the most its processes ever held. */
export interface ConcertRun extends SideRun {
  readonly peakMegabytes: number;
}

/** The lines for one number of conversations at once. */
export function baselineRows(
  concert: readonly ConcertRun[],
  others: Readonly<Record<string, readonly GenerateRun[]>>,
): Row[] {
  const speed = concert.map(speedOf);
  const memory = concert.map((run) => run.peakMegabytes);
  const cpu = concert.map((run) => ((run.engineCpu + run.serverCpu) / run.tokens) * 1000);
  return [
    { what: 'Concert', unit: 'tokens/s', values: speed },
    { what: 'Concert, all processes', unit: 'CPU s / 1,000 tokens', values: cpu },
    { what: 'Concert, all processes, at most', unit: 'MB', values: memory },
    ...Object.entries(others).flatMap(([dtype, runs]): Row[] => {
      const name = `Transformers, ${dtype}`;
      const theirs = runs.map((run) => run.tokens / run.seconds);
      const peaks = runs.map((run) => (run.peakBytes ?? Number.NaN) / 1e6);
      return [
        { what: name, unit: 'tokens/s', values: theirs },
        { what: name, unit: 'CPU s / 1,000 tokens', values: runs.map((run) => (run.cpuSeconds / run.tokens) * 1000) },
        { what: `${name}, at most while it generates`, unit: 'MB', values: peaks },
        {
          what: `tokens/s: Concert / ${name}`,
          unit: 'ratio',
          values: ratiosOf(speed, theirs),
          target: { atLeast: LEAST_SPEED },
        },
        {
          what: `memory: Concert / ${name}`,
          unit: 'ratio',
          values: ratiosOf(memory, peaks),
          target: { atMost: MOST_MEMORY },
        },
      ];
    }),
  ];
}
