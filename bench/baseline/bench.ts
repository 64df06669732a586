import type { Bench, BenchContext } from '../bench.ts';
import { conversationsOf, MAX_TOKENS } from '../chat/prompts.ts';
import { interleave } from '../measure.ts';
import { ggufPath, withConcert } from '../peer/pair.ts';
import { processMegabytes } from '../process-figures.ts';
import type { Findings } from '../report.ts';
import type { ChatSide } from '../stream/chat-side.ts';
import { benchPython } from './python.ts';
import { baselineRows, type ConcertRun } from './rows.ts';
import { type Dtype, type GenerateRun, TransformersSide } from './transformers-side.ts';

const BATCH = 4;
const SEQUENCE_TOKENS = 1024;
const DTYPES = ['float32', 'bfloat16'] as const satisfies readonly Dtype[];

/** Concert against Transformers on the same weights. */
export const baselineBench: Bench = {
  name: 'baseline',
  sentence:
    'Four conversations at once against Transformers’ generate on the same weights, dequantised: tokens/s and memory.',
  rounds: 3,
  byModel: true,
  apart: true,
  async run(context) {
    const python = await benchPython();
    const limits = { sequences: BATCH, sequenceTokens: SEQUENCE_TOKENS };
    return withConcert(context, limits, (side) => measure(context, side, python));
  },
};

async function measure(context: BenchContext, side: ChatSide, python: string): Promise<Findings> {
  const path = await ggufPath(context);
  const opened: [Dtype, TransformersSide][] = [];
  try {
    for (const dtype of DTYPES) {
      console.log(`  loading the weights as ${dtype} …`);
      opened.push([dtype, await TransformersSide.open(python, { path, dtype, threads: context.threads })]);
    }
    const conversations = (round: number) => conversationsOf({ round, streams: BATCH, set: 0 });
    const concert = async (round: number): Promise<ConcertRun> => {
      const run = await side.run(conversations(round), MAX_TOKENS);
      return { ...run, peakMegabytes: await peakMegabytes(side) };
    };
    const generate = (other: TransformersSide) => (round: number) => other.generate(conversations(round), MAX_TOKENS);
    await concert(-1);
    for (const [, other] of opened) await generate(other)(-1);
    const others = Object.fromEntries(opened.map(([dtype, other]) => [dtype, generate(other)]));
    const taken = await interleave<string, ConcertRun | GenerateRun>(context.rounds, { concert, ...others });
    const ours = taken['concert'] as readonly ConcertRun[];
    const theirs = Object.fromEntries(opened.map(([dtype]) => [dtype, taken[dtype] as readonly GenerateRun[]]));
    return { rows: baselineRows(ours, theirs), notes: notesOf(context, ours, Object.values(theirs)[0] ?? []) };
  } finally {
    for (const [, other] of opened) other.close();
  }
}

/** The most that the engine ever held, loading included, and what the server holds. */
async function peakMegabytes({ enginePid, serverPid }: ChatSide): Promise<number> {
  const engine = (await processMegabytes(enginePid)).peak;
  return engine + (serverPid === null ? 0 : (await processMegabytes(serverPid)).proportional);
}

function notesOf(context: BenchContext, ours: readonly ConcertRun[], theirs: readonly GenerateRun[]): string[] {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return [
    `${context.model}, batch of ${BATCH}, ${MAX_TOKENS} new tokens each, greedy, threads: ${context.threads} on both sides, both warm`,
    `prompts: ${sum(ours.map((run) => run.promptTokens))} tokens in Concert (${sum(ours.map((run) => run.cachedTokens))} from its cache), ${sum(theirs.map((run) => run.promptTokens))} in Transformers; answers of Concert that ended early: ${sum(ours.map((run) => run.ended))}`,
    'Transformers’ memory is counted after the load, which holds more for a while; Concert’s with the load',
  ];
}
