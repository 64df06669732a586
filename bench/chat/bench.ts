import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchContext } from '../bench.ts';
import { type BenchServer, startBenchServer } from '../bench-server.ts';
import { interleave } from '../measure.ts';
import { processMegabytes } from '../process-figures.ts';
import type { Findings, Row } from '../report.ts';
import { type BenchModels, openModels, profileOfChatModel } from '../weights.ts';
import { BareSide } from './bare-side.ts';
import { HttpSide } from './http-side.ts';
import { conversationsOf, MAX_TOKENS } from './prompts.ts';
import { type Compared, inequalities, rowsOf } from './rows.ts';
import { type SideRun, sumOf } from './run-figures.ts';

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
  async run(context) {
    using config = limitsFile(Math.max(...STREAMS));
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

/** A configuration under which so many streams run at once; it is removed with the bench. */
function limitsFile(streams: number): Disposable & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'concert-bench-'));
  const path = join(folder, 'concert.yaml');
  writeFileSync(path, `max_num_seqs: ${streams}\nmax_seq_len: ${SEQUENCE_TOKENS}\n`);
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The model exactly as the server sets it. */
async function bareOptions(context: BenchContext, models: BenchModels) {
  const files = await models.files(context.model);
  const path = Object.values(files)[0] ?? '';
  const { settings, threads } = models.spec(context.model);
  return { path, settings, threads };
}

async function compare(context: BenchContext, bare: BareSide, server: BenchServer): Promise<Findings> {
  const workerPid = await server.workerPid(context.model);
  const http = new HttpSide(server, context.model, workerPid);
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

interface Sides<T> {
  readonly bare: T;
  readonly http: T;
}

/** One round of both sides: set by set in turn, and each side goes first as often as the other. */
async function inTurn(
  sides: Sides<BareSide | HttpSide>,
  plan: { readonly round: number; readonly streams: number; readonly sets: number },
): Promise<Sides<SideRun>> {
  const { round, streams, sets } = plan;
  const runs: { bare: SideRun[]; http: SideRun[] } = { bare: [], http: [] };
  for (let set = 0; set < sets; set += 1) {
    const conversations = conversationsOf({ round, streams, set });
    const order = (round + set) % 2 === 0 ? (['bare', 'http'] as const) : (['http', 'bare'] as const);
    for (const side of order) runs[side].push(await sides[side].run(conversations));
  }
  return { bare: sumOf(runs.bare), http: sumOf(runs.http) };
}

async function memoryRows(bare: number, worker: number, server: number): Promise<Row[]> {
  const row = async (what: string, pid: number): Promise<Row> => ({
    what: `memory at the end: ${what}`,
    unit: 'MB',
    values: [(await processMegabytes(pid)).proportional],
  });
  return [await row('bare loop', bare), await row('engine', worker), await row('server', server)];
}
