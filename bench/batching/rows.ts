import type { SideRun } from '../chat/run-figures.ts';
import { speedOf } from '../engine/rows.ts';
import { ratiosOf } from '../measure.ts';
import type { Row } from '../report.ts';
import type { BatchLine } from './batched-bench.ts';

const LEAST_OF_BOUND = 0.95;
/** What the article that the project follows reports: 48 → 130 requests a second. It ran on graphics cards. */
const PUBLISHED_RATIO = 2.7;

/** One round: all answers one after the other, all at once, and llama.cpp's own benchmark of both. */
export interface BatchRound {
  readonly alone: SideRun;
  readonly together: SideRun;
  readonly bound: readonly BatchLine[];
}

/** The lines of the table for so many streams. */
export function batchRows(rounds: readonly BatchRound[], streams: number): Row[] {
  const speeds = (count: number, of: 'seconds' | 'decodeSeconds'): number[] =>
    rounds.map(({ bound }) => {
      const line = bound.find((one) => one.streams === count);
      return line === undefined ? Number.NaN : (count * line.tokens) / line[of];
    });
  const alone = rounds.map((round) => speedOf(round.alone));
  const together = rounds.map((round) => speedOf(round.together));
  const ours = ratiosOf(together, alone);
  const bound = ratiosOf(speeds(streams, 'seconds'), speeds(1, 'seconds'));
  const answers = (run: SideRun): number => run.firstTextMs.length / run.seconds;
  return [
    { what: 'Concert, one at a time', unit: 'tokens/s', values: alone },
    { what: `Concert, ${streams} streams`, unit: 'tokens/s', values: together },
    { what: 'Concert, one at a time', unit: 'answers/s', values: rounds.map((round) => answers(round.alone)) },
    { what: `Concert, ${streams} streams`, unit: 'answers/s', values: rounds.map((round) => answers(round.together)) },
    {
      what: `Concert, ${streams} streams / one at a time (published: ${PUBLISHED_RATIO} on graphics cards)`,
      unit: 'ratio',
      values: ours,
    },
    { what: 'llama-batched-bench, 1 stream', unit: 'tokens/s', values: speeds(1, 'seconds') },
    { what: `llama-batched-bench, ${streams} streams`, unit: 'tokens/s', values: speeds(streams, 'seconds') },
    { what: 'the bound: llama-batched-bench, many / one', unit: 'ratio', values: bound },
    {
      what: 'the same without prompts',
      unit: 'ratio',
      values: ratiosOf(speeds(streams, 'decodeSeconds'), speeds(1, 'decodeSeconds')),
    },
    {
      what: 'our ratio / the bound',
      unit: 'ratio',
      values: ratiosOf(ours, bound),
      target: { atLeast: LEAST_OF_BOUND },
    },
    {
      what: `${streams} streams: Concert / llama-batched-bench, tokens/s`,
      unit: 'ratio',
      values: ratiosOf(together, speeds(streams, 'seconds')),
    },
  ];
}
