import { expect, test } from 'vitest';
import { type DeviceId, type Footprint, bytesOn } from '../../shared/footprint.ts';
import { type Resident, chooseEvictions, expectedLoss } from './evict.ts';
import { randomFrom } from '../simulate/random.ts';
import { type Usage, noUsage, recordUse } from './usage.ts';

const NOW = 1_000_000;
const MINUTE = 60_000;

/** Used so many times with such a gap, the last time so long ago. */
function used(times: number, gapMs: number, agoMs = gapMs): Usage {
  let usage = noUsage;
  for (let at = times - 1; at >= 0; at--) usage = recordUse(usage, NOW - agoMs - at * gapMs);
  return usage;
}

function resident(id: string, held: number | Footprint, change: Partial<Resident> = {}): Resident {
  return {
    id,
    held: typeof held === 'number' ? { ram: held } : held,
    idleSinceMs: NOW - MINUTE,
    pinned: false,
    keep: false,
    neededInMs: null,
    reloadMs: 1_000,
    usage: used(10, MINUTE),
    ...change,
  };
}

/** Who goes for so many bytes of RAM that are missing. */
function chosenFor(missing: number, residents: readonly Resident[]): string[] | null {
  return chooseEvictions(residents, { ram: missing }, { ram: 0 }, NOW);
}

test('nothing is evicted where there is room', () => {
  expect(chooseEvictions([resident('a', 3)], { ram: 5 }, { ram: 5 }, NOW)).toEqual([]);
});

test('what is idle makes room by its measured bytes, without groups made by hand (llama-swap#158, llama-swap#319, llama-swap#1004, LocalAI#7269)', () => {
  expect(chooseEvictions([resident('a', 3)], { ram: 5 }, { ram: 2 }, NOW)).toEqual(['a']);
  expect(chooseEvictions([resident('a', 3), resident('b', 4)], { ram: 5 }, { ram: 1 }, NOW)).toEqual(['b']);
});

test('a cheap model goes before one that takes long to load', () => {
  expect(chosenFor(3, [resident('slow', 3, { reloadMs: 60_000 }), resident('cheap', 3)])).toEqual(['cheap']);
});

test('a model that is seldom used goes before one that is used all the time, though it was used later', () => {
  const often = resident('often', 3, { usage: used(20, MINUTE, MINUTE), idleSinceMs: NOW - MINUTE });
  const seldom = resident('seldom', 3, { usage: used(20, 60 * MINUTE, MINUTE / 2), idleSinceMs: NOW - MINUTE / 2 });
  expect(chosenFor(3, [often, seldom])).toEqual(['seldom']);
});

test('a model whose burst is over goes before one that is used now and then', () => {
  const over = resident('over', 3, { usage: used(30, 2_000, 30 * MINUTE) });
  const steady = resident('steady', 3, { usage: used(30, 40 * MINUTE, 30 * MINUTE) });
  expect(chosenFor(3, [steady, over])).toEqual(['over']);
});

test('the active one of two models that take turns is not the victim when a third is idle (llama.cpp#21678, llama-swap#19, llama-swap#612)', () => {
  const turn = resident('turn', 3, { usage: used(30, 3_000, 3_000), idleSinceMs: NOW - 2_000 });
  const idle = resident('idle', 3, { usage: used(5, 10 * MINUTE, 3 * MINUTE), idleSinceMs: NOW - 3 * MINUTE });
  expect(chosenFor(3, [turn, idle])).toEqual(['idle']);
});

test('a model that was just loaded and never used yet stays before one that was long idle', () => {
  const fresh = resident('fresh', 3, { usage: noUsage, idleSinceMs: NOW - 1_000 });
  const idle = resident('idle', 3, { usage: used(1, MINUTE, 60 * MINUTE), idleSinceMs: NOW - 60 * MINUTE });
  expect(chosenFor(3, [fresh, idle])).toEqual(['idle']);
});

test('one large model that is little missed goes before several small ones that are', () => {
  const small = ['a', 'b', 'c'].map((id) => resident(id, 2, { usage: used(20, MINUTE, MINUTE) }));
  const large = resident('large', 6, { reloadMs: 2_000, usage: used(20, 10 * MINUTE, 10 * MINUTE) });
  expect(chosenFor(6, [...small, large])).toEqual(['large']);
});

test('a pinned model is never chosen', () => {
  const pinned = resident('pinned', 9, { pinned: true, reloadMs: 1 });
  expect(chosenFor(3, [pinned, resident('a', 3, { reloadMs: 60_000 })])).toEqual(['a']);
  expect(chosenFor(4, [pinned, resident('a', 3)])).toBeNull();
});

test('a model that a plan needs is as dear as the plan is near', () => {
  const soon = resident('soon', 3, { neededInMs: 2_000 });
  const later = resident('later', 3, { neededInMs: 600_000, usage: used(10, 60 * MINUTE) });
  const unplanned = resident('unplanned', 3, { usage: used(30, 20_000) });
  expect(chosenFor(3, [soon, later, unplanned])).toEqual(['later']);
  expect(new Set(chosenFor(6, [soon, later, unplanned]))).toEqual(new Set(['later', 'unplanned']));
});

test('a plan does not keep what loads at once before what is used all the time and loads long', () => {
  const planned = resident('planned', 3, { neededInMs: 5_000, reloadMs: 300 });
  const dear = resident('dear', 3, { reloadMs: 60_000, usage: used(30, 10_000) });
  expect(chosenFor(3, [dear, planned])).toEqual(['planned']);
});

test('a model that is configured to stay goes after all others', () => {
  const kept = resident('kept', 3, { keep: true, reloadMs: 1 });
  const dear = resident('dear', 3, { reloadMs: 60_000, usage: used(30, 1_000) });
  expect(chosenFor(3, [kept, dear])).toEqual(['dear']);
  expect(new Set(chosenFor(6, [kept, dear]))).toEqual(new Set(['dear', 'kept']));
});

test('nobody is evicted for what cannot fit', () => {
  expect(chosenFor(7, [resident('a', 3), resident('b', 3)])).toBeNull();
});

test('only the device that lacks memory counts', () => {
  const onGpu = resident('onGpu', { 'gpu:0': 8 }, { reloadMs: 60_000 });
  const inRam = resident('inRam', { ram: 50 }, { reloadMs: 1 });
  expect(chooseEvictions([onGpu, inRam], { 'gpu:0': 8, ram: 1 }, { 'gpu:0': 4, ram: 2 }, NOW)).toEqual(['onGpu']);
});

test('a model that spans both GPUs makes room on both', () => {
  const left = resident('left', { 'gpu:0': 8 }, { reloadMs: 900 });
  const right = resident('right', { 'gpu:1': 8 }, { reloadMs: 900 });
  const both = resident('both', { 'gpu:0': 8, 'gpu:1': 8 });
  const needed = { 'gpu:0': 8, 'gpu:1': 8 };
  expect(chooseEvictions([left, right, both], needed, {}, NOW)).toEqual(['both']);
  expect(chooseEvictions([left, right], needed, {}, NOW)?.toSorted()).toEqual(['left', 'right']);
  expect(chooseEvictions([left], needed, {}, NOW)).toBeNull();
});

test('an overdrawn budget is repaid', () => {
  expect(chooseEvictions([resident('a', 3)], {}, { ram: -2 }, NOW)).toEqual(['a']);
  expect(chooseEvictions([resident('a', 3)], { ram: 0 }, { ram: -2 }, NOW)).toEqual(['a']);
  expect(chooseEvictions([resident('a', 3)], { 'gpu:0': 0 }, { ram: -2, 'gpu:0': 0 }, NOW)).toEqual([]);
});

const DEVICES = ['ram', 'gpu:0', 'gpu:1'] as const satisfies readonly DeviceId[];

/** Some residents and a need, at random. */
function situation(seed: number, count: number) {
  const random = randomFrom(seed);
  const bytes = (most: number): Footprint =>
    Object.fromEntries(
      DEVICES.map((device) => [device, random.next() < 0.4 ? 0 : Math.floor(random.between(0, most))]),
    );
  const residents = Array.from({ length: count }, (_, at) =>
    resident(`model-${at}`, bytes(10), {
      pinned: random.next() < 0.1,
      keep: random.next() < 0.15,
      neededInMs: random.next() < 0.2 ? random.logBetween(100, 60_000) : null,
      reloadMs: random.logBetween(100, 60_000),
      idleSinceMs: NOW - random.logBetween(1_000, 1_000_000),
      usage: used(Math.ceil(random.between(1, 30)), random.logBetween(1_000, 1_000_000)),
    }),
  );
  return { residents, needed: bytes(3 * count), free: bytes(count) };
}

function enough(chosen: readonly Resident[], needed: Footprint, free: Footprint): boolean {
  return DEVICES.every(
    (device) =>
      bytesOn(needed, device) <= chosen.reduce((sum, { held }) => sum + bytesOn(held, device), bytesOn(free, device)),
  );
}

/** Losses of those that are configured to stay, then of the others. */
function losses(chosen: readonly Resident[]): number[] {
  return [true, false].map((stays) =>
    chosen.filter(({ keep }) => keep === stays).reduce((sum, one) => sum + expectedLoss(one, NOW), 0),
  );
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((loss, place) => Math.abs(loss - (b[place] ?? 0)) > 1e-9);
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}

test('at random: what is chosen suffices, none of it in vain, and nothing that suffices would be missed less', () => {
  let solved = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const { residents, needed, free } = situation(seed, 7);
    const able = residents.filter(({ pinned }) => !pinned);
    const ids = chooseEvictions(residents, needed, free, NOW);
    if (ids === null) {
      expect(enough(able, needed, free), `seed ${seed}`).toBe(false);
      continue;
    }
    const chosen = able.filter(({ id }) => ids.includes(id));
    expect(chosen).toHaveLength(ids.length);
    expect(enough(chosen, needed, free), `seed ${seed}`).toBe(true);
    for (const one of chosen)
      expect(
        enough(
          chosen.filter((other) => other !== one),
          needed,
          free,
        ),
      ).toBe(false);
    for (let set = 0; set < 2 ** able.length; set++) {
      const other = able.filter((_, at) => (set & (1 << at)) !== 0);
      if (enough(other, needed, free)) expect(isLess(losses(other), losses(chosen)), `seed ${seed}`).toBe(false);
    }
    if (ids.length > 1) solved++;
  }
  expect(solved).toBeGreaterThan(30);
});

test('at random among many: what is chosen suffices and none of it goes in vain', () => {
  let solved = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const { residents, needed, free } = situation(seed, 40);
    const ids = chooseEvictions(residents, needed, free, NOW);
    const able = residents.filter(({ pinned }) => !pinned);
    expect(ids === null, `seed ${seed}`).toBe(!enough(able, needed, free));
    if (ids === null) continue;
    const chosen = able.filter(({ id }) => ids.includes(id));
    expect(enough(chosen, needed, free), `seed ${seed}`).toBe(true);
    for (const one of chosen)
      expect(
        enough(
          chosen.filter((other) => other !== one),
          needed,
          free,
        ),
      ).toBe(false);
    if (ids.length > 1) solved++;
  }
  expect(solved).toBeGreaterThan(30);
});
