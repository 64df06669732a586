import { expect, test } from 'vitest';
import type { Footprint } from '../../shared/footprint.ts';
import type { ScheduledModel } from './slot.ts';
import { scheduled } from './test-scheduler.ts';
import { LONGEST, RandomWorld, type World, randomFrom } from './test-scheduler-world.ts';

const MODELS = 5;
const BUDGET = 10;
const ARRIVALS = 400;
const SEEDS = 3;
const QUEUE_LIMIT = 20;
/** Before a request is served, each other model may be served once, at its slowest. */
const TURN_MS = LONGEST.patienceMs + 2 * LONGEST.loadMs + LONGEST.leaseMs + LONGEST.unloadMs;
const LONGEST_WAIT_MS = MODELS * TURN_MS;
/**
 * With queues, a turn serves all who came before; priorities shift who those are by half a minute each way, a load is tried twice, and pinned
 * models and memory that is held stand in the way for a while.
 */
const LONGEST_RICH_WAIT_MS =
  MODELS * (TURN_MS + LONGEST.loadMs + 2 * LONGEST.turnMs + QUEUE_LIMIT * LONGEST.leaseMs) +
  60_000 +
  LONGEST.pinnedMs +
  LONGEST.keptMs;

function inRam(seed: number): readonly ScheduledModel[] {
  const random = randomFrom(seed);
  return Array.from({ length: MODELS }, (_, at) =>
    scheduled({ id: `m${at}`, bytes: 1 + Math.floor(random() * BUDGET), concurrency: 1_000, idleMs: 20_000 }),
  );
}

/** Some lie in RAM, some on the GPU, some on either; those on the GPU can sleep in RAM, most can be smaller. */
function onTwoDevices(seed: number): readonly ScheduledModel[] {
  const random = randomFrom(seed);
  return Array.from({ length: MODELS }, (_, at) => {
    const bytes = 2 + Math.floor(random() * (BUDGET - 2));
    const onGpu: Footprint = { 'gpu:0': bytes, ram: 1 };
    const inMemory: Footprint = { ram: bytes };
    const placements = [[inMemory], [onGpu], [onGpu], [onGpu, inMemory]][Math.floor(random() * 4)] ?? [inMemory];
    const concurrency = 1 + Math.floor(random() * 4);
    const shrunk = { placements: [{ ram: 1 }], concurrency: 1 };
    return scheduled({
      id: `m${at}`,
      placements,
      concurrency,
      shrunk: random() < 0.7 ? shrunk : null,
      idleMs: random() < 0.2 ? null : 20_000,
      asleep: (awake) => (awake['gpu:0'] === undefined ? null : { ram: awake['gpu:0'] / 2 + 1 }),
    });
  });
}

const SIMPLE = {
  budgets: { ram: BUDGET },
  queueLimit: 1_000,
  arrivals: ARRIVALS,
  meanGapMs: 200,
  rich: false,
} as const;
const RICH = {
  budgets: { ram: 1.6 * BUDGET, 'gpu:0': BUDGET },
  queueLimit: QUEUE_LIMIT,
  arrivals: ARRIVALS,
  meanGapMs: 1_000,
  rich: true,
} as const;

const WORLDS: readonly (readonly [string, Omit<World, 'models'>, typeof inRam, number])[] = [
  ['calm', { ...SIMPLE, grows: false, troubled: false }, inRam, LONGEST_WAIT_MS],
  ['with crashes, leavers and operators', { ...SIMPLE, grows: false, troubled: true }, inRam, LONGEST_WAIT_MS],
  ['with models that grow as well', { ...SIMPLE, grows: true, troubled: true }, inRam, LONGEST_WAIT_MS],
  [
    'of two devices, queues, plans and sleep',
    { ...RICH, grows: false, troubled: false },
    onTwoDevices,
    LONGEST_RICH_WAIT_MS,
  ],
  ['of two devices with troubles', { ...RICH, grows: false, troubled: true }, onTwoDevices, LONGEST_RICH_WAIT_MS],
  ['of two devices where models grow', { ...RICH, grows: true, troubled: true }, onTwoDevices, LONGEST_RICH_WAIT_MS],
];

test.each(WORLDS)(
  'in a random world, %s: budgets kept, no model twice, none ended busy, no place too many, every request answered in bounded time',
  (_name, world, models, longestWaitMs) => {
    const seen: Record<string, number> = {};
    for (let seed = 1; seed <= SEEDS; seed++) {
      const simulation = new RandomWorld(seed, { ...world, models: models(seed) });
      simulation.run();
      expect(simulation.longestWaitMs, `seed ${seed}`).toBeLessThanOrEqual(longestWaitMs);
      for (const [kind, times] of Object.entries(simulation.seen)) seen[kind] = (seen[kind] ?? 0) + times;
    }
    // The world is no test at all unless models are served and crowd each other out.
    expect(seen['grant']).toBeGreaterThan(SEEDS * ARRIVALS * 0.4);
    expect(seen['stop']).toBeGreaterThan(SEEDS * 5);
    const kinds = world.rich ? ['sleep', 'wake', 'prefetch', 'shrunk', 'refuse'] : [];
    for (const kind of kinds) expect(seen[kind], kind).toBeGreaterThan(SEEDS);
  },
  60_000,
);
