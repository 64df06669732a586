import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchContext } from '../bench.ts';
import { type BenchServer, startBenchServer } from '../bench-server.ts';
import { BareSide } from '../chat/bare-side.ts';
import { interleave, ratiosOf } from '../measure.ts';
import { BenchError } from '../options.ts';
import { findLlamaServer, startLlamaServer } from '../peer/llama-server.ts';
import { processMegabytes } from '../process-figures.ts';
import type { Findings, Row } from '../report.ts';
import { type BenchModels, openModels, profileOfChatModel } from '../weights.ts';
import { measureChain } from './chain.ts';
import { cycleRows, runCycles } from './cycles.ts';

const CYCLES = 300;
const QUICK_CYCLES = 15;
const IDLE_SECONDS = 2;
const SETTLE_MS = 2_000;
const POLL_MS = 50;
const MOST_WAIT_MS = 60_000;
const LEAST_RETURNED_PERCENT = 95;
const MOST_LOAD_RATIO = 1.1;

/** Loading, unloading and what they leave behind. */
export const lifecycleBench: Bench = {
  name: 'lifecycle',
  sentence:
    'Memory given back by idle unload, load time against the bare engine, picture to chat from nothing loaded, hundreds of loads and unloads.',
  rounds: 5,
  byModel: true,
  async run(context) {
    const models = await openModels(context.home, profileOfChatModel(context.model), context.threads);
    const cycles = context.cycles ?? (context.quick ? QUICK_CYCLES : CYCLES);
    console.log('  idle unload …');
    const idle = await measureIdle(context, models);
    const server = await startBenchServer(context, models.profile.id, ['--idle-unload', 'never']);
    try {
      await sleep(SETTLE_MS);
      const empty = await processMegabytes(server.pid);
      console.log('  load times …');
      const loads = await measureLoads(context, models, server);
      console.log('  picture to chat …');
      const chain = await measureChain(server, models, context.rounds);
      await server.unload(models.profile.roles.ocr);
      await server.unload(context.model);
      console.log(`  ${cycles} loads and unloads …`);
      const cycled = cycleRows(await runCycles(server, context.model, cycles));
      return {
        rows: [
          ...idle,
          ...loads.rows,
          ...chain,
          { what: "the server's memory before any load", unit: 'MB', values: [empty.proportional] },
          ...cycled,
        ],
        notes: [
          `${context.model}, threads: ${context.threads}; idle unload after ${IDLE_SECONDS} s; weights in the page cache`,
          ...loads.notes,
          `${cycles} loads and unloads in a row; of their growth, min and max are the ends of the 95 % confidence interval, the first fifth left out`,
        ],
      };
    } finally {
      await server.stop();
    }
  },
};

const QUESTION = [{ role: 'user', content: 'Hello.' }];

/** Loads the model with a request; the seconds of the whole request. */
async function askOnce(server: BenchServer, model: string): Promise<number> {
  const startedMs = performance.now();
  const body = { model, messages: QUESTION, max_tokens: 1, temperature: 0 };
  await (await server.post('/v1/chat/completions', body)).arrayBuffer();
  return (performance.now() - startedMs) / 1000;
}

/** How much of what the model's process held comes back when nobody uses it. */
async function measureIdle(context: BenchContext, models: BenchModels): Promise<Row[]> {
  const server = await startBenchServer(context, models.profile.id, ['--idle-unload', `${IDLE_SECONDS}s`]);
  const percents: number[] = [];
  const held: number[] = [];
  try {
    for (let round = 0; round < context.rounds; round += 1) {
      await askOnce(server, context.model);
      const pid = await server.workerPid(context.model);
      const { proportional } = await processMegabytes(pid);
      const loaded = await server.treeBytes();
      await untilUnloaded(server);
      held.push(proportional);
      percents.push(((loaded - (await server.treeBytes())) / 1e6 / proportional) * 100);
    }
  } finally {
    await server.stop();
  }
  return [
    { what: `${context.model} holds`, unit: 'MB', values: held },
    {
      what: 'of this given back by idle unload',
      unit: '%',
      values: percents,
      target: { atLeast: LEAST_RETURNED_PERCENT },
    },
  ];
}

async function untilUnloaded(server: BenchServer): Promise<void> {
  const until = performance.now() + MOST_WAIT_MS;
  while ((await server.slots()).some((slot) => slot.state !== 'unloaded')) {
    if (performance.now() > until)
      throw new BenchError(`models are still loaded ${MOST_WAIT_MS / 1000} s after the last request`);
    await sleep(POLL_MS);
  }
}

/** Seconds of a load, and of the whole request that caused it. */
interface Load {
  readonly load: number;
  readonly request: number;
}

/** What a load takes: in the bare engine, in Concert, and until llama-server is ready. */
async function measureLoads(context: BenchContext, models: BenchModels, server: BenchServer): Promise<Findings> {
  const path = Object.values(await models.files(context.model))[0] ?? '';
  const { settings, threads } = models.spec(context.model);
  const { maxSequences, maxSequenceTokens } = settings as {
    readonly maxSequences: number;
    readonly maxSequenceTokens: number;
  };
  const program = peerProgram(context);
  const variants: Readonly<Record<'bare' | 'concert' | 'llama', () => Promise<Load>>> = {
    bare: async () => {
      const startedMs = performance.now();
      const bare = await BareSide.open({ path, settings, threads });
      const load = (performance.now() - startedMs) / 1000;
      bare.close();
      return { load, request: Number.NaN };
    },
    concert: async () => {
      await server.unload(context.model);
      const request = await askOnce(server, context.model);
      const slot = (await server.slots()).find(({ id }) => id === context.model);
      return { request, load: (slot?.load_ms ?? Number.NaN) / 1000 };
    },
    llama: async () => {
      if (program === null) return { load: Number.NaN, request: Number.NaN };
      const limits = { sequences: maxSequences, sequenceTokens: maxSequenceTokens };
      const peer = await startLlamaServer({ program, path, threads, ...limits });
      await peer.stop();
      return { load: peer.startMs / 1000, request: Number.NaN };
    },
  };
  await interleave(1, variants);
  const taken = await interleave(context.rounds, variants);
  const loads = (name: keyof typeof variants): number[] => taken[name].map(({ load }) => load);
  return {
    rows: [
      { what: 'load: bare engine in a process of its own', unit: 's', values: loads('bare') },
      { what: 'load: Concert', unit: 's', values: loads('concert') },
      {
        what: 'load: Concert / bare engine',
        unit: 'ratio',
        values: ratiosOf(loads('concert'), loads('bare')),
        target: { atMost: MOST_LOAD_RATIO },
      },
      { what: 'a request to an unloaded model', unit: 's', values: taken.concert.map(({ request }) => request) },
      { what: 'llama-server, start until it is ready', unit: 's', values: loads('llama') },
    ],
    notes: [
      `${maxSequences} sequences of ${maxSequenceTokens} tokens everywhere`,
      ...(program === null ? ['llama-server was not found, so its start was not timed'] : []),
    ],
  };
}

/** Null where there is no llama-server: nothing else here needs one. */
function peerProgram(context: BenchContext): string | null {
  try {
    return findLlamaServer(context.llamaServer).server;
  } catch (error) {
    if (error instanceof BenchError && context.llamaServer === null) return null;
    throw error;
  }
}
