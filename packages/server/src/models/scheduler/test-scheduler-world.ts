import assert from 'node:assert/strict';
import { type Footprint, bytesOn, devicesOf } from '../../shared/footprint.ts';
import { totalCounted } from './memory-budget.ts';
import type { Priority } from '../model-manager.ts';
import { modelsToCome } from './plans.ts';
import { type Effect, type SchedulerEvent, type SchedulerState, initialState } from './state.ts';
import { step, wakeAtMs } from './scheduler.ts';
import { type ScheduledModel, variantOf } from './slot.ts';

/** The slowest that anything is in a random world, in milliseconds. */
export const LONGEST = {
  loadMs: 5_000,
  leaseMs: 5_000,
  unloadMs: 1_000,
  turnMs: 2_000,
  patienceMs: 10_000,
  pinnedMs: 20_000,
  keptMs: 10_000,
} as const;
/** A world that comes to rest takes far fewer. */
const MOST_STEPS = 50_000;

/** What a random world is like. */
export interface World {
  readonly models: readonly ScheduledModel[];
  readonly budgets: Footprint;
  readonly queueLimit: number;
  readonly arrivals: number;
  readonly meanGapMs: number;
  /** Models outgrow what was set aside for them. */
  readonly grows: boolean;
  /** Crashes, leavers, operators who unload, loads that fail. */
  readonly troubled: boolean;
  /** Priorities, plans, keep-alive wishes, pins, memory that does not come back, loads that run out of memory. */
  readonly rich: boolean;
}

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
export function randomFrom(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Running {
  readonly generation: number;
  readonly concurrency: number;
  readonly reserved: Footprint;
  users: number;
  state: 'loading' | 'ready' | 'turning' | 'asleep' | 'ending';
}

/** Requests, processes and time around a scheduler, at random; it checks every step against what must always hold. */
export class RandomWorld {
  readonly #random: () => number;
  readonly #world: World;
  readonly #agenda: { atMs: number; act: () => void }[] = [];
  readonly #alive = new Map<string, Running>();
  readonly #waiting = new Map<number, { readonly sinceMs: number; readonly planId: number | null }>();
  readonly #pinned = new Set<string>();
  #state: SchedulerState;
  #nowMs = 0;
  #wakeMs: number | null = null;
  #nextPlan = 1;
  #nextTicket = 1;
  #steps = 0;
  longestWaitMs = 0;
  /** How often each kind of effect was seen. */
  readonly seen: Record<string, number> = {};

  constructor(seed: number, world: World) {
    this.#random = randomFrom(seed);
    this.#world = world;
    const { models, budgets, queueLimit } = world;
    this.#state = initialState(models, { budgets, queueLimit, patienceMs: LONGEST.patienceMs });
  }

  run(): void {
    let atMs = 0;
    for (let arrival = 0; arrival < this.#world.arrivals; arrival++) {
      atMs += this.#random() * 2 * this.#world.meanGapMs;
      this.#plan(atMs, () => this.#arrive());
      if (this.#world.troubled && this.#random() < 0.02) this.#plan(atMs, () => this.#disturb());
      if (this.#world.rich && this.#random() < 0.02) this.#plan(atMs, () => this.#pin());
      if (this.#world.rich && this.#random() < 0.3) this.#plan(atMs, () => this.#beginPlan());
    }
    this.#pass();
    assert.deepEqual([...this.#waiting.keys()], [], 'requests without an answer');
    this.#send({ kind: 'close' });
    this.#pass();
    assert.equal(this.#alive.size, 0, 'processes left');
    assert(
      devicesOf(this.#counted()).every((device) => bytesOn(this.#counted(), device) === 0),
      'bytes left',
    );
  }

  #pass(): void {
    for (let next = this.#agenda.shift(); next !== undefined; next = this.#agenda.shift()) {
      assert(++this.#steps < MOST_STEPS, 'steps without an end');
      this.#nowMs = next.atMs;
      next.act();
    }
  }

  #plan(atMs: number, act: () => void): void {
    let place = this.#agenda.length;
    while (place > 0 && (this.#agenda[place - 1]?.atMs ?? 0) > atMs) place--;
    this.#agenda.splice(place, 0, { atMs, act });
  }

  #after(longestMs: number, act: () => void): void {
    this.#plan(this.#nowMs + this.#random() * longestMs, act);
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #oneOf<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)] as T;
  }

  #counted(): Footprint {
    return totalCounted(this.#state.slots.values());
  }

  #send(event: SchedulerEvent): void {
    const { state, effects } = step(this.#state, event, this.#nowMs);
    this.#state = state;
    for (const effect of effects) this.#obey(effect);
    this.#checkBudget(effects);
    const wakeMs = wakeAtMs(state, this.#nowMs);
    if (wakeMs !== null && wakeMs !== this.#wakeMs) {
      assert(wakeMs > this.#nowMs, 'woken for what is past');
      this.#plan(wakeMs, () => {
        this.#wakeMs = null;
        this.#send({ kind: 'tick' });
      });
    }
    this.#wakeMs = wakeMs;
  }

  /** The budget holds on each device; where models grow, it holds on those where something is loaded. */
  #checkBudget(effects: readonly Effect[]): void {
    const counted = this.#counted();
    const loads = effects.flatMap((effect) => (effect.kind === 'load' ? devicesOf(effect.reserved) : []));
    for (const device of this.#world.grows ? loads : devicesOf(this.#world.budgets)) {
      assert(bytesOn(counted, device) <= bytesOn(this.#world.budgets, device) + 1e-9, `bytes on ${device}`);
    }
  }

  #arrive(
    planId: number | null = null,
    modelId = `m${Math.floor(this.#random() ** 2 * this.#world.models.length)}`,
  ): void {
    const ticket = this.#nextTicket++;
    const priority: Priority = this.#world.rich ? this.#oneOf(['low', 'normal', 'normal', 'high']) : 'normal';
    this.#waiting.set(ticket, { sinceMs: this.#nowMs, planId });
    this.#send({ kind: 'acquire', ticket, modelId, priority, planId, asked: false });
    if (!this.#world.troubled || !this.#chance(0.1)) return;
    this.#after(8_000, () => {
      if (!this.#waiting.delete(ticket)) return;
      if (planId !== null) this.#send({ kind: 'plan-ended', planId });
      this.#send({ kind: 'leave', ticket });
    });
  }

  #beginPlan(): void {
    const planId = this.#nextPlan++;
    const models = Array.from({ length: 2 + Math.floor(this.#random() * 2) }, () => this.#oneOf(this.#world.models).id);
    this.#send({ kind: 'plan', planId, models });
    this.#arrive(planId, models[0]);
  }

  /** A plan goes on with its next step, or ends. */
  #goOn(planId: number): void {
    const plan = this.#state.plans.get(planId);
    const [next] = plan === undefined ? [] : modelsToCome(plan);
    if (next === undefined) this.#send({ kind: 'plan-ended', planId });
    else this.#arrive(planId, next);
  }

  #pin(): void {
    const modelId = this.#oneOf(this.#world.models).id;
    if (this.#pinned.size > 0) return;
    this.#pinned.add(modelId);
    this.#send({ kind: 'pin', modelId, pinned: true });
    this.#after(LONGEST.pinnedMs, () => {
      this.#pinned.delete(modelId);
      this.#send({ kind: 'pin', modelId, pinned: false });
    });
  }

  /** A crash, a process that grows, or an operator who unloads. */
  #disturb(): void {
    const [modelId, running] = [...this.#alive].find(([, { state }]) => state === 'ready') ?? [];
    if (modelId === undefined || running === undefined) return;
    const { generation } = running;
    const chance = this.#random();
    if (chance < 0.4) {
      running.state = 'ending';
      this.#send({ kind: 'crashed', modelId, generation, reason: 'it crashed' });
      this.#after(LONGEST.unloadMs, () => this.#vanish(modelId, generation));
    } else if (chance < 0.7 && this.#world.grows) {
      this.#send({ kind: 'measured', modelId, generation, measured: { ram: Math.ceil(this.#random() * 13) } });
    } else {
      this.#send({ kind: 'unload', modelId });
    }
  }

  #obey(effect: Effect): void {
    this.seen[effect.kind] = (this.seen[effect.kind] ?? 0) + 1;
    const { modelId } = effect;
    switch (effect.kind) {
      case 'load':
        if (effect.reason !== 'request') this.seen[effect.reason] = (this.seen[effect.reason] ?? 0) + 1;
        if (effect.way.shrunk) this.seen['shrunk'] = (this.seen['shrunk'] ?? 0) + 1;
        this.#start(effect);
        break;
      case 'cancel-load':
        this.#end(modelId);
        break;
      case 'stop':
        assert.equal(this.#alive.get(modelId)?.users, 0, `${modelId} ended while busy`);
        assert(effect.reason !== 'evicted' || !this.#pinned.has(modelId), `${modelId} evicted though pinned`);
        this.#end(modelId);
        break;
      case 'sleep':
        assert.equal(this.#alive.get(modelId)?.users, 0, `${modelId} put to sleep while busy`);
        assert.equal(this.#alive.get(modelId)?.state, 'ready', `${modelId} put to sleep`);
        this.#turn(effect, 'asleep');
        break;
      case 'wake':
        assert.equal(this.#alive.get(modelId)?.state, 'asleep', `${modelId} woken`);
        this.#turn(effect, 'ready');
        break;
      case 'grant':
        this.#lease(effect, this.#answer(effect.ticket));
        break;
      case 'refuse': {
        const planId = this.#answer(effect.ticket);
        if (planId !== null) this.#after(0, () => this.#send({ kind: 'plan-ended', planId }));
        break;
      }
      case 'breaker-opened':
        break;
      default:
        effect satisfies never;
    }
  }

  #answer(ticket: number): number | null {
    const waiter = this.#waiting.get(ticket);
    assert(waiter !== undefined, `request ${ticket} answered twice`);
    this.#waiting.delete(ticket);
    this.longestWaitMs = Math.max(this.longestWaitMs, this.#nowMs - waiter.sinceMs);
    return waiter.planId;
  }

  #lease({ modelId, generation }: Extract<Effect, { kind: 'grant' }>, planId: number | null): void {
    const running = this.#alive.get(modelId);
    assert(running?.generation === generation && running.state === 'ready', `${modelId} granted without a process`);
    running.users++;
    assert(running.users <= running.concurrency, `users of ${modelId}`);
    this.#after(LONGEST.leaseMs, () => {
      running.users--;
      const keepAliveMs = this.#world.rich && this.#chance(0.1) ? this.#oneOf([0, 3_000, null]) : undefined;
      this.#send({ kind: 'release', modelId, generation, heldMs: 1, keepAliveMs });
      if (planId !== null) this.#goOn(planId);
    });
  }

  #start({ modelId, generation, way, reserved }: Extract<Effect, { kind: 'load' }>): void {
    assert(!this.#alive.has(modelId), `${modelId} loaded twice`);
    const model = this.#state.slots.get(modelId)?.model;
    const concurrency = model === undefined ? 0 : variantOf(model, way.shrunk).concurrency;
    this.#alive.set(modelId, { generation, concurrency, reserved, users: 0, state: 'loading' });
    this.#after(LONGEST.loadMs, () => this.#endLoad(modelId, generation));
  }

  #endLoad(modelId: string, generation: number): void {
    const running = this.#alive.get(modelId);
    if (running?.generation !== generation || running.state !== 'loading') return;
    const outOfMemory = this.#world.rich && this.#chance(0.08);
    if (outOfMemory || (this.#world.troubled && this.#chance(0.02))) {
      this.#alive.delete(modelId);
      const error = new Error('bad');
      this.#send({ kind: 'load-failed', modelId, generation, error, reason: 'it is bad', outOfMemory, kept: {} });
      return;
    }
    running.state = 'ready';
    // A model takes the same every time, at most its estimate, unless the world's models grow.
    const share = this.#world.grows ? 0.5 + this.#random() * 0.7 : 0.8;
    const measured = this.#chance(0.1) ? null : scaled(running.reserved, share);
    this.#send({ kind: 'loaded', modelId, generation, measured });
  }

  #turn({ modelId, generation }: Extract<Effect, { kind: 'sleep' | 'wake' }>, to: 'asleep' | 'ready'): void {
    const running = this.#alive.get(modelId);
    if (running === undefined) return;
    running.state = 'turning';
    this.#after(LONGEST.turnMs, () => {
      if (this.#alive.get(modelId) !== running || running.state !== 'turning') return;
      if (this.#world.troubled && this.#chance(0.1)) {
        const kind = to === 'asleep' ? 'sleep-failed' : 'wake-failed';
        this.#send({ kind, modelId, generation, reason: 'it would not' });
        return;
      }
      running.state = to;
      this.#send({ kind: to === 'asleep' ? 'slept' : 'woke', modelId, generation, measured: null });
    });
  }

  #end(modelId: string): void {
    const running = this.#alive.get(modelId);
    assert.notEqual(running?.state, 'ending', `${modelId} ended twice`);
    if (running === undefined) return;
    running.state = 'ending';
    this.#after(LONGEST.unloadMs, () => this.#vanish(modelId, running.generation));
  }

  #vanish(modelId: string, generation: number): void {
    const running = this.#alive.get(modelId);
    if (running?.generation !== generation) return;
    this.#alive.delete(modelId);
    const kept = this.#world.rich && this.#chance(0.03) ? scaled(running.reserved, 0.1) : {};
    this.#send({ kind: 'gone', modelId, generation, reason: 'it was told to', kept });
    if (devicesOf(kept).length > 0) {
      this.#after(LONGEST.keptMs, () => this.#send({ kind: 'returned', modelId, bytes: kept }));
    }
  }
}

function scaled(bytes: Footprint, share: number): Footprint {
  return Object.fromEntries(devicesOf(bytes).map((device) => [device, bytesOn(bytes, device) * share]));
}
