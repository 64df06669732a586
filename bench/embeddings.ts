import type { Bench, BenchContext } from './bench.ts';
import { type BenchServer, type Cost, costOf, startBenchServer } from './bench-server.ts';
import { interleave } from './measure.ts';
import { BenchError } from './options.ts';
import { processMegabytes } from './process-figures.ts';
import type { Findings, Row } from './report.ts';
import { openModels } from './weights.ts';

const PROFILE = 'laptop';
const DOCUMENTS = 64;
const CLIENTS = 8;

/** Paragraphs of some forty tokens, half of them Chinese, none like another. */
const TEXTS: readonly string[] = Array.from({ length: DOCUMENTS }, (_, index) =>
  index % 2 === 0
    ? `Order ${index} left the warehouse at ${8 + (index % 10)} o'clock, was scanned at the harbour two hours later and should arrive before the weekend unless the bridge is closed.`
    : `第${index}号订单于上午${8 + (index % 4)}点离开仓库，两小时后在港口扫描，如果大桥没有封闭，预计周末之前送达收货地址，请保持电话畅通。`,
);

/** Embeddings over HTTP, by how clients send their texts. */
export const embeddingsBench: Bench = {
  name: 'embeddings',
  sentence: `${DOCUMENTS} texts of about forty tokens over HTTP, sent one after the other, by ${CLIENTS} clients at once, or in one request.`,
  rounds: 5,
  async run(context) {
    const { profile } = await openModels(context.home, PROFILE, context.threads);
    const model = profile.roles.embed;
    if (model === undefined) throw new BenchError(`the profile ${PROFILE} has no model for embeddings`);
    const server = await startBenchServer(context, PROFILE, ['--preload', model, '--idle-unload', 'never']);
    try {
      return await measure(context, server, model);
    } finally {
      await server.stop();
    }
  },
};

async function measure(context: BenchContext, server: BenchServer, model: string): Promise<Findings> {
  const pids = [await server.workerPid(model), server.pid] as const;
  const embed = async (input: readonly string[]): Promise<void> => {
    await (await server.post('/v1/embeddings', { model, input, encoding_format: 'base64' })).arrayBuffer();
  };
  const oneByOne = async (texts: readonly string[]): Promise<void> => {
    for (const text of texts) await embed([text]);
  };
  const ways = {
    'one after the other': () => oneByOne(TEXTS),
    [`${CLIENTS} clients at once`]: async () => {
      const shares = Array.from({ length: CLIENTS }, (_, share) => TEXTS.filter((__, at) => at % CLIENTS === share));
      await Promise.all(shares.map(oneByOne));
    },
    'in one request': () => embed(TEXTS),
  };
  const variants = Object.fromEntries(Object.entries(ways).map(([way, work]) => [way, () => costOf(pids, work)]));
  await interleave(1, variants);
  const costs = await interleave(context.rounds, variants);
  const memory = await processMegabytes(pids[0]);
  return {
    rows: [
      ...Object.entries(costs).flatMap(([way, found]) => rowsOf(way, found)),
      { what: "the engine's memory at the end", unit: 'MB', values: [memory.proportional] },
      { what: "the engine's memory at its peak, while loading", unit: 'MB', values: [memory.peak] },
    ],
    notes: [`${model}, threads: ${context.threads}; warm; CPU milliseconds are those of engine and server together`],
  };
}

function rowsOf(what: string, costs: readonly Cost<void>[]): Row[] {
  const cpuMs = ({ cpu }: Cost<void>): number => (1000 * cpu.reduce((sum, seconds) => sum + seconds, 0)) / DOCUMENTS;
  return [
    { what, unit: 'texts/s', values: costs.map(({ seconds }) => DOCUMENTS / seconds) },
    { what, unit: 'CPU ms a text', values: costs.map(cpuMs) },
  ];
}
