import { expect, test } from 'vitest';
import { totalReservedBytes } from './memory-budget.ts';
import { type Effect, type SchedulerEvent, type SchedulerState, initialState } from './scheduler-state.ts';
import { step, wakeAtMs } from './scheduler.ts';

const MODELS = 5;
const BUDGET = 10;
const ARRIVALS = 800;
const SEEDS = 6;
const MEAN_GAP_MS = 200;
const LONGEST = { loadMs: 5_000, leaseMs: 5_000, unloadMs: 1_000, patienceMs: 10_000 } as const;
/** Before a request is served, each other model may be served once, at its slowest. */
const LONGEST_WAIT_MS = MODELS * (LONGEST.patienceMs + 2 * LONGEST.loadMs + LONGEST.leaseMs + LONGEST.unloadMs);

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
function randomFrom(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface World {
  readonly grows: boolean;
  readonly troubled: boolean;
}

/** Requests, processes and time around a scheduler, at random; it checks every step against what must always hold. */
class Simulation {
  readonly #random: () => number;
  readonly #world: World;
  readonly #agenda: { atMs: number; act: () => void }[] = [];
  readonly #alive = new Map<string, { generation: number; users: number; ready: boolean }>();
  readonly #waiting = new Map<number, number>();
  #state: SchedulerState;
  #nowMs = 0;
  #wakeMs: number | null = null;
  longestWaitMs = 0;
  granted = 0;
  evicted = 0;

  constructor(seed: number, world: World) {
    this.#random = randomFrom(seed);
    this.#world = world;
    const models = Array.from({ length: MODELS }, (_, at) => ({
      id: `m${at}`,
      estimateBytes: 1 + Math.floor(this.#random() * BUDGET),
      idleMs: 20_000,
    }));
    this.#state = initialState(models, { budgetBytes: BUDGET, queueLimit: 1_000, patienceMs: LONGEST.patienceMs });
  }

  run(): void {
    let atMs = 0;
    for (let ticket = 1; ticket <= ARRIVALS; ticket++) {
      atMs += this.#random() * 2 * MEAN_GAP_MS;
      this.#plan(atMs, () => this.#arrive(ticket));
      if (this.#world.troubled && this.#random() < 0.02) this.#plan(atMs, () => this.#disturb());
    }
    for (;;) {
      const next = this.#agenda.shift();
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      next.act();
    }
    expect([...this.#waiting.keys()], 'requests without an answer').toEqual([]);
    expect(this.#alive.size, 'processes left').toBe(0);
    expect(totalReservedBytes(this.#state.slots.values())).toBe(0);
  }

  #plan(atMs: number, act: () => void): void {
    let place = this.#agenda.length;
    while (place > 0 && (this.#agenda[place - 1]?.atMs ?? 0) > atMs) place--;
    this.#agenda.splice(place, 0, { atMs, act });
  }

  #after(longestMs: number, act: () => void): void {
    this.#plan(this.#nowMs + this.#random() * longestMs, act);
  }

  #send(event: SchedulerEvent): void {
    const { state, effects } = step(this.#state, event, this.#nowMs);
    this.#state = state;
    for (const effect of effects) this.#obey(effect);
    const reserved = totalReservedBytes(state.slots.values());
    const loads = effects.some((effect) => effect.kind === 'load');
    if (loads || !this.#world.grows) expect(reserved, 'reserved bytes').toBeLessThanOrEqual(BUDGET);
    const wakeMs = wakeAtMs(state, this.#nowMs);
    if (wakeMs !== null && wakeMs !== this.#wakeMs) {
      this.#plan(Math.max(wakeMs, this.#nowMs), () => {
        this.#wakeMs = null;
        this.#send({ kind: 'tick' });
      });
    }
    this.#wakeMs = wakeMs;
  }

  #arrive(ticket: number): void {
    const modelId = `m${Math.floor(this.#random() ** 2 * MODELS)}`;
    this.#waiting.set(ticket, this.#nowMs);
    this.#send({ kind: 'acquire', ticket, modelId });
    if (!this.#world.troubled || this.#random() > 0.1) return;
    this.#after(8_000, () => {
      if (this.#waiting.delete(ticket)) this.#send({ kind: 'leave', ticket });
    });
  }

  /** A crash, a process that grows, or an operator who unloads. */
  #disturb(): void {
    const [modelId, process] = [...this.#alive].find(([, { ready }]) => ready) ?? [];
    if (modelId === undefined || process === undefined) return;
    const { generation } = process;
    const chance = this.#random();
    if (chance < 0.4) {
      this.#alive.delete(modelId);
      this.#send({ kind: 'gone', modelId, generation, reason: 'it crashed' });
    } else if (chance < 0.7 && this.#world.grows) {
      this.#send({ kind: 'measured', modelId, generation, bytes: Math.ceil(this.#random() * 1.3 * BUDGET) });
    } else {
      this.#send({ kind: 'unload', modelId });
    }
  }

  #obey(effect: Effect): void {
    switch (effect.kind) {
      case 'load':
        expect(this.#alive.has(effect.modelId), `${effect.modelId} loaded twice`).toBe(false);
        this.#alive.set(effect.modelId, { generation: effect.generation, users: 0, ready: false });
        this.#after(LONGEST.loadMs, () => this.#endLoad(effect.modelId, effect.generation));
        break;
      case 'cancel-load':
        this.#after(LONGEST.unloadMs, () => this.#vanish(effect.modelId, effect.generation));
        break;
      case 'stop':
        expect(this.#alive.get(effect.modelId)?.users, `${effect.modelId} ended while busy`).toBe(0);
        if (effect.reason === 'evicted') this.evicted++;
        this.#after(LONGEST.unloadMs, () => this.#vanish(effect.modelId, effect.generation));
        break;
      case 'grant':
        this.#answer(effect.ticket);
        this.#lease(effect.modelId, effect.generation);
        break;
      case 'refuse':
        this.#answer(effect.ticket);
        break;
      case 'breaker-opened':
        break;
      default:
        effect satisfies never;
    }
  }

  #answer(ticket: number): void {
    const sinceMs = this.#waiting.get(ticket);
    expect(sinceMs, `request ${ticket} answered twice`).toBeDefined();
    this.#waiting.delete(ticket);
    this.longestWaitMs = Math.max(this.longestWaitMs, this.#nowMs - (sinceMs ?? 0));
  }

  #lease(modelId: string, generation: number): void {
    const process = this.#alive.get(modelId);
    expect(process, `${modelId} granted without a loaded process`).toMatchObject({ generation, ready: true });
    if (process === undefined) return;
    process.users++;
    this.granted++;
    this.#after(LONGEST.leaseMs, () => {
      process.users--;
      this.#send({ kind: 'release', modelId, generation, heldMs: 1 });
    });
  }

  #endLoad(modelId: string, generation: number): void {
    const process = this.#alive.get(modelId);
    if (process?.generation !== generation) return;
    if (this.#world.troubled && this.#random() < 0.02) {
      this.#alive.delete(modelId);
      this.#send({ kind: 'load-failed', modelId, generation, error: new Error('bad'), reason: 'it is bad' });
      return;
    }
    process.ready = true;
    const estimate = this.#state.slots.get(modelId)?.model.estimateBytes ?? 0;
    // A model takes the same every time, at most its estimate, unless the world's models grow.
    const bytes = this.#world.grows ? estimate * (0.5 + this.#random() * 0.7) : estimate * 0.8;
    this.#send({ kind: 'loaded', modelId, generation, bytes: this.#random() < 0.1 ? null : bytes });
  }

  #vanish(modelId: string, generation: number): void {
    if (this.#alive.get(modelId)?.generation !== generation) return;
    this.#alive.delete(modelId);
    this.#send({ kind: 'gone', modelId, generation, reason: 'it was told to' });
  }
}

const WORLDS = [
  ['calm', { grows: false, troubled: false }],
  ['with crashes, leavers and operators', { grows: false, troubled: true }],
  ['with models that outgrow their estimates as well', { grows: true, troubled: true }],
] as const satisfies readonly (readonly [string, World])[];

test.each(WORLDS)(
  'in a random world, %s: budget kept, no model twice, none ended busy, every request answered in bounded time',
  (_name, world) => {
    let granted = 0;
    let evicted = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const simulation = new Simulation(seed, world);
      simulation.run();
      expect(simulation.longestWaitMs, `seed ${seed}`).toBeLessThanOrEqual(LONGEST_WAIT_MS);
      granted += simulation.granted;
      evicted += simulation.evicted;
    }
    // The world is no test at all unless models are served and crowd each other out.
    expect(granted).toBeGreaterThan(SEEDS * ARRIVALS * 0.4);
    expect(evicted).toBeGreaterThan(SEEDS * 5);
  },
  60_000,
);
