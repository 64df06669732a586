import { chooseEvictions } from '../packages/server/src/models/scheduler/evict.ts';
import { clairvoyant, leastRecentlyUsed } from '../packages/server/src/models/simulate/choices.ts';
import { concert, ordinary } from '../packages/server/src/models/simulate/concert.ts';
import { groups, llamaSwap, matrix, oneAtATime } from '../packages/server/src/models/simulate/llama-swap.ts';
import { ollama } from '../packages/server/src/models/simulate/ollama.ts';
import { type MakePolicy, type Outcome, simulate } from '../packages/server/src/models/simulate/simulate.ts';
import type { Trace } from '../packages/server/src/models/simulate/trace.ts';
import { bursty } from '../packages/server/src/models/simulate/traces/bursty.ts';
import { dayCycle } from '../packages/server/src/models/simulate/traces/day-cycle.ts';
import { interleaved } from '../packages/server/src/models/simulate/traces/interleaved.ts';
import { mixed } from '../packages/server/src/models/simulate/traces/mixed.ts';
import { type World, gpuPair, laptop } from '../packages/server/src/models/simulate/traces/world.ts';
import { zipf } from '../packages/server/src/models/simulate/traces/zipf.ts';
import type { Bench } from './bench.ts';
import type { Findings, Row } from './report.ts';

const TRACES = [zipf, bursty, dayCycle, interleaved, mixed] as const;
const WORLDS = [laptop, gpuPair] as const;
/** Of the bytes of all models together; at least the largest model fits. */
const SHARES = [0.3, 0.5, 0.7] as const;
/** The constants of the choice were found with seeds below 100; these were never looked at. */
const FIRST_SEED = 101;
const MOST_OF_LRU = 0.7;

type MakeFor = (trace: Trace, lru: Outcome) => MakePolicy;

const POLICIES = {
  concert: () => concert(),
  'concert, plans announced': () => concert({ plans: true }),
  'only who goes as concert chooses': () => ordinary(chooseEvictions),
  'only who goes, clairvoyant': (trace, lru) => ordinary(clairvoyant(trace, lru.arrivedMs)),
  'llama-swap, one model at a time (its default)': () => llamaSwap(oneAtATime),
  'llama-swap, groups': () => llamaSwap(groups),
  'llama-swap, matrix': () => llamaSwap(matrix),
  'ollama, its defaults': () => ollama(),
  'ollama, keeps all that fits': () => ollama({ keepAliveMs: null, maxLoaded: Infinity }),
} as const satisfies Record<string, MakeFor>;

type PolicyName = keyof typeof POLICIES;
const NAMES = Object.keys(POLICIES) as PolicyName[];

/** Whom the target is for: what the server does by itself, with nothing announced. */
const TARGETED: PolicyName = 'concert';

interface Case {
  readonly what: string;
  readonly world: World;
  readonly make: (typeof TRACES)[number];
  readonly share: number;
}

interface Result {
  readonly lru: Outcome;
  readonly others: Readonly<Record<PolicyName, Outcome>>;
}

/** Who leaves memory: seconds waited in replayed traces, against other policies at equal memory. */
export const policiesBench: Bench = {
  name: 'policies',
  sentence: 'Simulated: seconds that requests wait for models, against LRU, llama-swap and Ollama at equal memory.',
  rounds: 3,
  run({ rounds, quick }) {
    const all = cases(quick).map((one) => ({
      one,
      results: Array.from({ length: rounds }, (_, round) => replay(one, FIRST_SEED + round)),
    }));
    const results = all.flatMap((each) => each.results);
    const rows = [...NAMES.flatMap((name) => summaryOf(name, results)), ...all.flatMap((each) => rowsOf(each))];
    return Promise.resolve<Findings>({ rows, notes: NOTES });
  },
};

const NOTES = [
  "LRU is what a server with the ordinary rules does: loads when asked, in the order of arrival, at once where there is room or where idle models can make it, the longest idle going first; it runs on Concert's scheduler, whose collating of waiting requests and whose patience with busy models it shares",
  'concert: who goes by expected loss, one that was just loaded spared for up to half a load, evicted models loaded back while nobody waits; nothing is announced to it',
  'a row of a policy is its mean time waited per request over that of LRU, a round for each seed; memory is the share given of the bytes of all models together; nobody unloads by time but Ollama with its defaults (5 minutes)',
  'plans announced: the steps of a chain are told when it begins, and loaded ahead; only the traces interleaved and mixed have chains',
  'only who goes: the ordinary rules with another choice; the clairvoyant one knows the next use of every model (who is needed latest for its cost goes), but is no bound in the strict sense',
  "llama-swap's groups and matrix sets are what an operator could best write down knowing all sizes; its limit of ten requests for each model is not applied",
];

function cases(quick: boolean): Case[] {
  return WORLDS.flatMap((world) =>
    TRACES.flatMap((make) =>
      (quick ? [0.5] : SHARES).map((share) => ({
        what: `${world.name} ${make(world, 1).name} ${Math.round(share * 100)} %`,
        world,
        make,
        share,
      })),
    ),
  );
}

function replay({ world, make, share }: Case, seed: number): Result {
  const trace = make(world, seed);
  const bytes = trace.models.map((model) => model.bytes);
  const budgetBytes = Math.max(share * bytes.reduce((sum, one) => sum + one, 0), ...bytes);
  const lru = simulate(trace, budgetBytes, ordinary(leastRecentlyUsed));
  const others = Object.fromEntries(
    NAMES.map((name) => [name, simulate(trace, budgetBytes, POLICIES[name](trace, lru))]),
  ) as Record<PolicyName, Outcome>;
  return { lru, others };
}

/** Over all traces, machines and sizes of memory. */
function summaryOf(name: PolicyName, results: readonly Result[]): Row[] {
  const row = (what: string, of: (outcome: Outcome) => number): Row => {
    const logs = results.map(({ lru, others }) => Math.log(of(others[name]) / of(lru))).filter(Number.isFinite);
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    return { what: `all, geometric mean: ${name}, ${what}`, unit: '× LRU', values: [Math.exp(mean)] };
  };
  return [row('waited', meanMs), row('waited, p95', p95Ms), row('loads', ({ loads }) => loads)];
}

function rowsOf({ one: { what }, results }: { readonly one: Case; readonly results: readonly Result[] }): Row[] {
  return [
    { what: `${what}: LRU`, unit: 's', values: results.map(({ lru }) => meanMs(lru) / 1_000) },
    ...NAMES.map((name): Row => ({
      what: `${what}: ${name}`,
      unit: '× LRU',
      values: results.map(({ lru, others }) => meanMs(others[name]) / meanMs(lru)),
      ...(name === TARGETED ? { target: { atMost: MOST_OF_LRU } } : {}),
    })),
  ];
}

function meanMs({ waitedMs }: Outcome): number {
  const served = waitedMs.filter((waited) => !Number.isNaN(waited));
  return served.reduce((sum, waited) => sum + waited, 0) / served.length;
}

function p95Ms({ waitedMs }: Outcome): number {
  const served = waitedMs.filter((waited) => !Number.isNaN(waited)).toSorted((a, b) => a - b);
  return served[Math.floor(0.95 * served.length)] ?? Number.NaN;
}
