import type { Bench, BenchContext } from '../bench.ts';
import { inTurn } from '../chat/in-turn.ts';
import { MAX_TOKENS } from '../chat/prompts.ts';
import { interleave } from '../measure.ts';
import { withPair } from '../peer/pair.ts';
import type { Findings } from '../report.ts';
import { DISTURBED_SEQUENCE_TOKENS, DISTURBED_STREAMS, disturb, disturbanceRows } from './disturb.ts';
import { type Throughput, throughputNotes, throughputRows } from './rows.ts';
import { speculationFindings } from './speculation.ts';

const STREAMS = [1, 4, 8, 16];
const MOST_STREAMS = Math.max(...STREAMS);
const SEQUENCE_TOKENS = 1024;
/** Few streams run several times a round, so that a round is long enough for CPU time. */
const LEAST_ANSWERS = 8;
/** A long prompt takes long; one round of it in two of the others'. */
const DISTURBED_SHARE = 0.5;

/** Concert against llama.cpp's own server, through HTTP, with the same model and settings. */
export const engineBench: Bench = {
  name: 'engine',
  sentence:
    'Concert against llama-server through HTTP: tokens/s and first text at 1 to 16 streams, streams beside a long prompt, speculation.',
  rounds: 5,
  byModel: true,
  async run(context) {
    console.log('  tokens/s …');
    const throughput = await measureThroughput(context);
    console.log('  streams beside a long prompt …');
    const disturbed = await measureDisturbance(context);
    console.log('  speculation on real chats …');
    const speculation = await speculationFindings(context);
    return {
      rows: [...throughput.rows, ...disturbed.rows, ...speculation.rows],
      notes: [
        `${context.model}, threads: ${context.threads} on both sides, both warm, temperature 0; ${MAX_TOKENS} tokens a stream; Concert as it comes, speculation included, but for its choice of threads`,
        ...throughput.notes,
        ...disturbed.notes,
        ...speculation.notes,
      ],
    };
  },
};

async function measureThroughput(context: BenchContext): Promise<Findings> {
  return withPair(context, { sequences: MOST_STREAMS, sequenceTokens: SEQUENCE_TOKENS }, async ({ sides }) => {
    const counts = context.quick ? [1, MOST_STREAMS] : STREAMS;
    await inTurn(sides, { round: -1, streams: Math.max(...counts), sets: 1 });
    const variants = counts.map((streams) => {
      const sets = context.quick ? 1 : Math.ceil(LEAST_ANSWERS / streams);
      return [String(streams), (round: number) => inTurn(sides, { round, streams, sets })] as const;
    });
    const results = await interleave(context.rounds, Object.fromEntries(variants));
    const measured = counts.map((streams): Throughput => {
      const rounds = results[String(streams)] ?? [];
      return {
        streams,
        concert: rounds.map((round) => round.concert),
        llama: rounds.map((round) => round.llama),
      };
    });
    return {
      rows: measured.flatMap((one) => throughputRows(one, MOST_STREAMS)),
      notes: throughputNotes(measured),
    };
  });
}

async function measureDisturbance(context: BenchContext): Promise<Findings> {
  const limits = { sequences: DISTURBED_STREAMS + 1, sequenceTokens: DISTURBED_SEQUENCE_TOKENS };
  return withPair(context, limits, async ({ sides }) => {
    await inTurn(sides, { round: -2, streams: DISTURBED_STREAMS, sets: 1 });
    const rounds = await interleave(Math.ceil(context.rounds * DISTURBED_SHARE), {
      concert: (round) => disturb(sides.concert, round, context.quick),
      llama: (round) => disturb(sides.llama, round, context.quick),
    });
    const all = [...rounds.concert, ...rounds.llama];
    const ended = all.reduce((sum, round) => sum + round.ended, 0);
    return {
      rows: disturbanceRows(rounds),
      notes: [
        `the long prompt had ${all[0]?.longPromptTokens} tokens beside ${DISTURBED_STREAMS} streams; p95 is over all times between two pieces of text that reach into its evaluation` +
          (ended > 0 ? `; ${ended} streams had ended before` : ''),
      ],
    };
  });
}
