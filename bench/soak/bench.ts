import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchContext } from '../bench.ts';
import { type BenchServer, startBenchServer } from '../bench-server.ts';
import { configFile } from '../limits-file.ts';
import { type Plot, pointsOf } from '../plot.ts';
import type { Findings } from '../report.ts';
import { type BenchModels, openModels } from '../weights.ts';
import { profileModels } from '../../packages/server/src/models/profile/profile.ts';
import { runClient } from './client.ts';
import { randomOf } from './random.ts';
import { drawRequest, requestKinds } from './requests.ts';
import { type Attempt, countsTable, isFair, lifeTable, soakRows } from './tally.ts';
import { type Watched, watchServer } from './watch.ts';

const PROFILE = 'laptop';
const MINUTES = 30;
const CLIENTS = 12;
const THINK_MS = 15_000;
/** Estimates are rounded here and there. */
const ROOM = 1.02;
/** Requests that one model may have at once; few, so that some are refused and told when to come again. */
const QUEUE_LIMIT = 4;
/** A shorter run says little. */
const LEAST_MINUTES = 10;
const SETTLE_MS = 2_000;
const MOST_PROBLEMS = 5;

/** Mixed requests to all models under a budget that fits two of them. */
export const soakBench: Bench = {
  name: 'soak',
  sentence:
    'Mixed requests of many clients to five models under a memory budget that fits two: answers by status, reserved and measured memory.',
  rounds: 1,
  apart: true,
  async run(context) {
    using config = configFile({ queue: { limit: QUEUE_LIMIT } });
    const models = await openModels(context.home, PROFILE, context.threads, config.path);
    const budget = context.memoryBudget ?? String(twoModelsBytes(models));
    const minutes = context.minutes ?? (context.quick ? 1 : MINUTES);
    const server = await startBenchServer(context, PROFILE, ['--memory-budget', budget, '--config', config.path]);
    let soaked;
    try {
      soaked = await soak(context, server, models, minutes);
    } finally {
      await server.stop();
    }
    return findings({ ...soaked, context, minutes, left: livingOf(soaked.watched.pids) });
  },
};

/** What the central model and the largest other one are thought to need. */
function twoModelsBytes({ profile, estimateBytes }: BenchModels): number {
  const others = profileModels(profile).filter((id) => id !== profile.roles.chat);
  return Math.round((estimateBytes(profile.roles.chat) + Math.max(...others.map(estimateBytes))) * ROOM);
}

interface Soaked {
  readonly attempts: readonly Attempt[];
  readonly watched: Watched;
}

async function soak(context: BenchContext, server: BenchServer, models: BenchModels, minutes: number): Promise<Soaked> {
  const kinds = requestKinds(models.profile);
  const attempts: Attempt[] = [];
  const untilMs = performance.now() + minutes * 60_000;
  const ending = new AbortController();
  const watching = watchServer(server, ending.signal);
  // What it throws shows below; until then nobody waits for it.
  watching.catch(() => {});
  const clients = Array.from({ length: context.clients ?? CLIENTS }, (_, seed) => {
    const random = randomOf(seed);
    const draw = () => drawRequest(kinds, random);
    const onAttempt = (attempt: Attempt): void => {
      attempts.push(attempt);
      if (!isFair(attempt)) console.log(`  ${attempt.kind}: ${attempt.status ?? 'no answer'} ${attempt.problem}`);
    };
    return runClient({ url: server.url, draw, random, thinkMs: THINK_MS, untilMs, onAttempt });
  });
  const telling = setInterval(() => {
    console.log(`  ${Math.round((untilMs - performance.now()) / 60_000)} minutes to go, ${attempts.length} answers`);
  }, 60_000);
  try {
    await Promise.all(clients);
    await sleep(SETTLE_MS);
  } finally {
    clearInterval(telling);
    ending.abort();
  }
  return { attempts, watched: await watching };
}

/** How many of these processes still run. */
function livingOf(pids: ReadonlySet<number>): number {
  return [...pids].filter((pid) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }).length;
}

interface Outcome extends Soaked {
  readonly context: BenchContext;
  readonly minutes: number;
  readonly left: number;
}

function findings({ attempts, watched, context, minutes, left }: Outcome): Findings {
  const { samples, events } = watched;
  const [first] = samples;
  const problems = attempts.filter((attempt) => !isFair(attempt)).slice(0, MOST_PROBLEMS);
  return {
    tooShort: minutes < LEAST_MINUTES,
    rows: soakRows(attempts, samples, left),
    tables: [countsTable(attempts), ...(events === null ? [] : [lifeTable(events)])],
    plot: memoryPlot(watched),
    notes: [
      `profile ${PROFILE}, ${minutes} minutes, ${context.clients ?? CLIENTS} clients that think ${THINK_MS / 1000} s on average between requests, threads: ${context.threads}, at most ${QUEUE_LIMIT} requests for a model at once`,
      `budget ${((first?.budgetBytes ?? Number.NaN) / 1e9).toFixed(2)} GB; measured is the PSS of all processes but the server's own, once a second`,
      ...problems.map(({ kind, status, problem }) => `${kind}: ${status ?? 'no answer'} ${problem ?? ''}`),
    ],
  };
}

function memoryPlot({ samples }: Watched): Plot {
  const line = (name: string, colour: string, of: (sample: Watched['samples'][number]) => number) => ({
    name,
    colour,
    points: pointsOf(samples.map((sample) => [sample.second / 60, of(sample) / 1e9])),
  });
  return {
    title: 'Memory of five models under a budget that fits two',
    xLabel: 'minutes',
    yLabel: 'GB',
    series: [
      line('budget', '#c0392b', (sample) => sample.budgetBytes),
      line('reserved', '#2471a3', (sample) => sample.reservedBytes),
      line('measured', '#1e8449', (sample) => sample.measuredBytes),
    ],
  };
}
