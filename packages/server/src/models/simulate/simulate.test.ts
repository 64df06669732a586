import { expect, test } from 'vitest';
import { clairvoyant, leastRecentlyUsed } from './choices.ts';
import { concert, ordinary } from './concert.ts';
import { groups, llamaSwap, matrix, oneAtATime } from './llama-swap.ts';
import { ollama } from './ollama.ts';
import { type MakePolicy, type Machine, simulate } from './simulate.ts';
import { randomFrom } from './random.ts';
import type { SimulatedModel, Trace, TraceRequest } from './trace.ts';
import { bursty } from './traces/bursty.ts';
import { dayCycle } from './traces/day-cycle.ts';
import { interleaved } from './traces/interleaved.ts';
import { mixed } from './traces/mixed.ts';
import { gpuPair, laptop } from './traces/world.ts';
import { zipf } from './traces/zipf.ts';

const LOAD = 1_000;
const STOP = 100;
const HOLD = 500;

function model(id: string, bytes = 6, loadMs = LOAD): SimulatedModel {
  return { id, bytes, loadMs, stopMs: STOP };
}

/** Requests as `model at milliseconds`. */
function traceOf(models: readonly SimulatedModel[], ...requests: readonly (readonly [string, number])[]): Trace {
  return {
    name: 'by hand',
    models,
    requests: requests.map(([modelId, delayMs]) => ({ modelId, holdMs: HOLD, after: null, delayMs })),
  };
}

const lru = ordinary(leastRecentlyUsed);
const two = [model('a'), model('b')];
const three = [model('a'), model('b'), model('c')];

test('a request waits for its model to load, and for another to leave where there is no room', () => {
  const { waitedMs, loads, stops } = simulate(traceOf(two, ['a', 0], ['a', 1_200], ['b', 3_000]), 10, lru);
  expect(waitedMs).toEqual([LOAD, 0, STOP + LOAD]);
  expect({ loads, stops }).toEqual({ loads: 2, stops: 1 });
});

test('a request that follows an answer comes when that was given', () => {
  const requests: TraceRequest[] = [
    { modelId: 'a', holdMs: HOLD, after: null, delayMs: 10 },
    { modelId: 'a', holdMs: HOLD, after: 0, delayMs: 70 },
  ];
  expect(simulate({ name: '', models: two, requests }, 10, lru).arrivedMs).toEqual([10, 10 + LOAD + HOLD + 70]);
});

test('the least recently used goes, where nothing else is looked at', () => {
  const trace = traceOf(three, ['b', 0], ['a', 3_000], ['c', 6_000], ['a', 9_000]);
  expect(simulate(trace, 12, lru).waitedMs).toEqual([LOAD, LOAD, STOP + LOAD, 0]);
});

test('a model that is needed soon is kept by whoever knows the future', () => {
  const trace = traceOf(three, ['a', 0], ['b', 3_000], ['c', 6_000], ['a', 9_000]);
  const blind = simulate(trace, 12, lru);
  expect(blind.waitedMs).toEqual([LOAD, LOAD, STOP + LOAD, STOP + LOAD]);
  const seeing = simulate(trace, 12, ordinary(clairvoyant(trace, blind.arrivedMs)));
  expect(seeing.waitedMs).toEqual([LOAD, LOAD, STOP + LOAD, 0]);
});

test('interleaved requests are collated, not swapped for one by one (llama-swap#19, llama-swap#612)', () => {
  const trace = traceOf(two, ['a', 0], ['b', 10], ['a', 20], ['b', 30]);
  const swapMs = LOAD + HOLD + STOP + LOAD;
  for (const policy of [lru, concert(), llamaSwap(oneAtATime)]) {
    const { waitedMs, loads } = simulate(trace, 10, policy);
    expect(loads).toBe(2);
    expect(waitedMs).toEqual([LOAD, swapMs - 10, LOAD - 20, swapMs - 30]);
  }
});

test('llama-swap as it comes runs one model, whatever the memory', () => {
  const trace = traceOf(two, ['a', 0], ['b', 3_000], ['a', 6_000]);
  expect(simulate(trace, 100, llamaSwap(oneAtATime)).waitedMs).toEqual([LOAD, STOP + LOAD, STOP + LOAD]);
  expect(simulate(trace, 100, concert()).waitedMs).toEqual([LOAD, LOAD, 0]);
});

test('its groups are as many as fit, and models of different groups stay together', () => {
  const trace = traceOf(
    [model('a', 6), model('b', 5), model('c', 2)],
    ['a', 0],
    ['c', 3_000],
    ['b', 6_000],
    ['c', 9_000],
  );
  expect(simulate(trace, 8, llamaSwap(groups)).waitedMs).toEqual([LOAD, LOAD, STOP + LOAD, 0]);
});

test('its matrix stops what costs least to load among the sets that fit', () => {
  const models = [model('a', 6, 9_000), model('b', 6, 2_000), model('c', 6, 2_000)];
  const trace = traceOf(models, ['b', 0], ['a', 20_000], ['c', 40_000], ['a', 60_000]);
  expect(simulate(trace, 12, llamaSwap(matrix)).waitedMs).toEqual([2_000, 9_000, STOP + 2_000, 0]);
});

test("Ollama's victim among equals is decided by the name", () => {
  const trace = traceOf(three, ['b', 0], ['a', 3_000], ['c', 6_000], ['a', 9_000]);
  expect(simulate(trace, 12, ollama()).waitedMs).toEqual([LOAD, LOAD, STOP + LOAD, STOP + LOAD]);
});

test('Ollama loads one model after the other, and keeps them five minutes', () => {
  const trace = traceOf(two, ['a', 0], ['b', 0], ['a', 400_000]);
  expect(simulate(trace, 12, ollama()).waitedMs).toEqual([LOAD, 2 * LOAD, LOAD]);
  expect(simulate(trace, 12, ollama({ keepAliveMs: null })).waitedMs).toEqual([LOAD, 2 * LOAD, 0]);
  expect(simulate(trace, 12, concert()).waitedMs).toEqual([LOAD, LOAD, 0]);
});

test('a chain whose plan is known has its next model loaded while the one before still works', () => {
  const chain: TraceRequest[] = ['a', 'b'].map((modelId, at) => ({
    modelId,
    holdMs: HOLD,
    after: at === 0 ? null : at - 1,
    delayMs: 0,
    plan: ['a', 'b'].slice(at),
  }));
  const trace: Trace = { name: '', models: two, requests: chain };
  expect(simulate(trace, 12, concert()).waitedMs).toEqual([LOAD, LOAD]);
  expect(simulate(trace, 12, concert({ plans: true })).waitedMs).toEqual([LOAD, LOAD - HOLD]);
});

test('a popular model comes back while nobody waits, and gives way to who does', () => {
  const models = [model('a', 6, 2_000), model('b', 6, 100)];
  const often = Array.from({ length: 20 }, (_, at) => ['a', at * 5_000] as const);
  const trace = traceOf(models, ...often, ['b', 98_000], ['a', 104_000]);
  expect(simulate(trace, 10, concert({ returns: false })).waitedMs.at(-1)).toBe(STOP + 2_000);
  expect(simulate(trace, 10, concert()).waitedMs.at(-1)).toBe(0);
  const disturbed = traceOf(models, ...often, ['b', 98_000], ['b', 99_000]);
  expect(simulate(disturbed, 10, concert()).waitedMs.at(-1)).toBeLessThanOrEqual(2 * STOP + 100);
});

/** Two programs, each with a model of its own and its next request soon after each answer; the loads take far longer. */
function alternating(): Trace {
  const random = randomFrom(1);
  const models = [model('a', 6, 5_000), model('b', 6, 5_000)];
  const requests = Array.from({ length: 200 }, (_, at): TraceRequest => {
    const times = { holdMs: random.logBetween(100, 600), delayMs: random.logBetween(50, 800) };
    return { modelId: at % 2 === 0 ? 'a' : 'b', after: at < 2 ? null : at - 2, ...times };
  });
  return { name: 'alternating', models, requests };
}

test('two programs that alternate between two models do not pay a load for each request (llama-swap#19, llama-swap#612)', () => {
  const plain = simulate(alternating(), 10, ordinary(leastRecentlyUsed));
  const ours = simulate(alternating(), 10, concert());
  const sum = (waits: readonly number[]): number => waits.reduce((total, waited) => total + waited, 0);
  expect(sum(ours.waitedMs)).toBeLessThan(0.6 * sum(plain.waitedMs));
  expect(ours.loads).toBeLessThan(0.6 * plain.loads);
  expect(Math.max(...ours.waitedMs)).toBeLessThan(1.4 * Math.max(...plain.waitedMs));
});

test('announced plans shorten the wait of chains', () => {
  const whole = interleaved(laptop, 7);
  const trace: Trace = { ...whole, requests: whole.requests.slice(0, 500) };
  const budget = 0.7 * trace.models.reduce((sum, { bytes }) => sum + bytes, 0);
  const sum = (waits: readonly number[]): number => waits.reduce((total, waited) => total + waited, 0);
  const blind = sum(simulate(trace, budget, concert()).waitedMs);
  expect(sum(simulate(trace, budget, concert({ plans: true })).waitedMs)).toBeLessThan(0.9 * blind);
});

test('a policy that does what no server can is found out', () => {
  const doing = (act: (machine: Machine, ticket: number) => void): MakePolicy => {
    const ignore = (): void => {};
    return (machine) => ({
      arrived: (ticket) => act(machine, ticket),
      loaded: ignore,
      stopped: ignore,
      released: ignore,
      woken: ignore,
    });
  };
  const trace = traceOf(two, ['a', 0]);
  const startTwice = doing((machine) => {
    machine.start('a');
    machine.start('a');
  });
  expect(() => simulate(trace, 100, startTwice)).toThrow('a is started twice');
  expect(() =>
    simulate(
      trace,
      5,
      doing((machine) => machine.start('a')),
    ),
  ).toThrow('there is no room for a');
  expect(() =>
    simulate(
      trace,
      9,
      doing((machine, ticket) => machine.serve(ticket)),
    ),
  ).toThrow('a is not there');
});

test.each([zipf, bursty, dayCycle, interleaved, mixed])(
  'a seed repeats its trace, and another makes another (%o)',
  (make) => {
    const text = (seed: number): string => JSON.stringify(make(laptop, seed));
    expect(text(1) === text(1)).toBe(true);
    expect(text(1) === text(2)).toBe(false);
    const { models, requests } = make(gpuPair, 3);
    expect(
      models.every(({ bytes, loadMs }) => bytes >= 5e9 && bytes <= 20e9 && loadMs >= 5_000 && loadMs <= 60_000),
    ).toBe(true);
    const ids = new Set(models.map(({ id }) => id));
    expect(requests.every(({ modelId, after }, at) => ids.has(modelId) && (after ?? -1) < at)).toBe(true);
  },
);

test('every policy serves every request of a trace without exceeding the memory', () => {
  const whole = interleaved(gpuPair, 4);
  const trace: Trace = { ...whole, requests: whole.requests.slice(0, 120) };
  const budget = Math.max(...trace.models.map(({ bytes }) => bytes)) * 1.5;
  for (const policy of [
    lru,
    concert(),
    concert({ plans: true, idleMs: 60_000 }),
    llamaSwap(groups),
    llamaSwap(matrix),
    ollama(),
  ]) {
    const { waitedMs, refused } = simulate(trace, budget, policy);
    expect(refused).toBe(0);
    expect(waitedMs.every((waited) => waited >= 0)).toBe(true);
  }
});

test('where popularity is skewed, requests wait less than with the least recently used going first', () => {
  const whole = zipf(laptop, 5);
  const trace: Trace = { ...whole, requests: whole.requests.slice(0, 600) };
  const budget = 0.7 * trace.models.reduce((sum, { bytes }) => sum + bytes, 0);
  const sum = (waits: readonly number[]): number => waits.reduce((total, waited) => total + waited, 0);
  const ours = sum(simulate(trace, budget, concert()).waitedMs);
  expect(ours).toBeLessThan(0.8 * sum(simulate(trace, budget, lru).waitedMs));
});
