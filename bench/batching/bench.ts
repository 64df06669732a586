import type { Bench, BenchContext } from '../bench.ts';
import { conversationsOf, MAX_TOKENS } from '../chat/prompts.ts';
import { engineSettings } from '../limits-file.ts';
import { findLlamaServer } from '../peer/llama-server.ts';
import { BenchError } from '../options.ts';
import { ggufPath, withConcert } from '../peer/pair.ts';
import type { Findings } from '../report.ts';
import type { ChatSide } from '../stream/chat-side.ts';
import { runBatchedBench } from './batched-bench.ts';
import { type BatchRound, batchRows } from './rows.ts';

const STREAMS = 16;
const QUICK_STREAMS = 4;
const SEQUENCE_TOKENS = 1024;

/** Many streams against one at a time, and what the engine's own benchmark says can be reached. */
export const batchingBench: Bench = {
  name: 'batching',
  sentence:
    '16 streams against one at a time through HTTP, and the bound that llama.cpp’s own batch benchmark measures.',
  rounds: 5,
  byModel: true,
  run(context) {
    // Guessing ahead helps one stream and not sixteen; here only batching is measured.
    const more = engineSettings(context, { speculation: 'off' });
    const limits = { sequences: STREAMS, sequenceTokens: SEQUENCE_TOKENS, more };
    return withConcert(context, limits, (side) => measure(context, side));
  },
};

async function measure(context: BenchContext, side: ChatSide): Promise<Findings> {
  const streams = context.quick ? QUICK_STREAMS : STREAMS;
  const { batchedBench } = findLlamaServer(context.llamaServer);
  if (batchedBench === null) {
    throw new BenchError(
      'there is no llama-batched-bench beside llama-server; build both with: node scripts/build-llama-server.mjs',
    );
  }
  const path = await ggufPath(context);
  const warm = await side.run(conversationsOf({ round: -1, streams, set: 0 }), MAX_TOKENS);
  const promptTokens = Math.round(warm.promptTokens / streams);
  // Answers that end early have more of their work in the prompt, and prompts gain nothing from running together.
  const tokens = Math.max(1, Math.round(warm.tokens / streams));
  const options = { program: batchedBench, path, threads: context.threads, promptTokens, tokens };
  const rounds: BatchRound[] = [];
  for (let round = 0; round < context.rounds; round += 1) {
    rounds.push({
      alone: await side.runOneByOne(conversationsOf({ round, streams, set: 0 }), MAX_TOKENS),
      together: await side.run(conversationsOf({ round, streams, set: 1 }), MAX_TOKENS),
      bound: await runBatchedBench({ ...options, streams: [1, streams] }),
    });
  }
  const cached = rounds.reduce((sum, { together }) => sum + together.cachedTokens, 0) / (rounds.length * streams);
  return {
    rows: batchRows(rounds, streams),
    notes: [
      `${context.model}, threads: ${context.threads} everywhere; prompts of ${promptTokens} tokens (${cached.toFixed(1)} of them from Concert’s cache, none in the benchmark), at most ${MAX_TOKENS} tokens a stream, ${tokens} in the benchmark; speculation off`,
      'the bound holds for this processor: where one stream is limited by arithmetic and not by memory, many together gain little',
    ],
  };
}
