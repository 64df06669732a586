import type { Bench, BenchContext } from '../bench.ts';
import { type BenchServer, startBenchServer } from '../bench-server.ts';
import { engineSettings, limitsFile } from '../limits-file.ts';
import { interleave } from '../measure.ts';
import { processMegabytes } from '../process-figures.ts';
import type { Findings, Row } from '../report.ts';
import { ChatSide } from '../stream/chat-side.ts';
import { type BenchModels, openModels, profileOfChatModel } from '../weights.ts';
import { BareSide } from './bare-side.ts';
import { inTurn } from './in-turn.ts';
import { MAX_TOKENS } from './prompts.ts';
import { type Compared, inequalities, rowsOf } from './rows.ts';

const STREAMS = [1, 4, 8, 16];
/** More than any prompt and answer here need. */
const SEQUENCE_TOKENS = 1024;
/** Few streams run several times a round, so that a round is long enough for CPU time, which is told in hundredths of a second. */
const LEAST_ANSWERS = 8;

/** The chat engine as users reach it against the loop alone. */
export const chatBench: Bench = {
  name: 'chat',
  sentence:
    'The language model over HTTP at 1, 4, 8 and 16 streams against the bare loop over llama.cpp: tokens/s, CPU, first text.',
  rounds: 5,
  byModel: true,
  async run(context) {
    using config = limitsFile({
      sequences: Math.max(...STREAMS),
      sequenceTokens: SEQUENCE_TOKENS,
      // The bare loop does not guess ahead either.
      more: engineSettings(context, { speculation: 'off' }),
    });
    const models = await openModels(context.home, profileOfChatModel(context.model), context.threads, config.path);
    const bare = await BareSide.open(await bareOptions(context, models));
    try {
      const flags = ['--preload', context.model, '--idle-unload', 'never', '--config', config.path];
      const server = await startBenchServer(context, models.profile.id, flags);
      try {
        return await compare(context, bare, server);
      } finally {
        await server.stop();
      }
    } finally {
      bare.close();
    }
  },
};

/** The model exactly as the server sets it. */
async function bareOptions(context: BenchContext, models: BenchModels) {
  const files = await models.files(context.model);
  const path = Object.values(files)[0] ?? '';
  const { settings, threads } = models.spec(context.model);
  return { path, settings, threads };
}

async function compare(context: BenchContext, bare: BareSide, server: BenchServer): Promise<Findings> {
  const workerPid = await server.workerPid(context.model);
  const http = new ChatSide({
    url: server.url,
    model: context.model,
    enginePid: workerPid,
    serverPid: server.pid,
    keepAlive: true,
  });
  try {
    const counts = context.quick ? STREAMS.slice(0, 2) : STREAMS;
    const sides = { bare, http };
    await inTurn(sides, { round: -1, streams: Math.max(...counts), sets: 1 });
    const variants = counts.map((streams) => {
      const sets = context.quick ? 1 : Math.ceil(LEAST_ANSWERS / streams);
      return [String(streams), (round: number) => inTurn(sides, { round, streams, sets })] as const;
    });
    const results = await interleave(context.rounds, Object.fromEntries(variants));
    const compared = counts.map((streams): Compared => {
      const rounds = results[String(streams)] ?? [];
      return { streams, bare: rounds.map((round) => round.bare), http: rounds.map((round) => round.http) };
    });
    const notes = [
      `${context.model}, ${MAX_TOKENS} tokens a stream, temperature 0, threads: ${context.threads} on both sides, both warm`,
      ...inequalities(compared),
    ];
    return { rows: [...compared.flatMap(rowsOf), ...(await memoryRows(bare.pid, workerPid, server.pid))], notes };
  } finally {
    http.close();
  }
}

async function memoryRows(bare: number, worker: number, server: number): Promise<Row[]> {
  const row = async (what: string, pid: number): Promise<Row> => ({
    what: `memory at the end: ${what}`,
    unit: 'MB',
    values: [(await processMegabytes(pid)).proportional],
  });
  return [await row('bare loop', bare), await row('engine', worker), await row('server', server)];
}
