import type { Machine, MakePolicy, Policy } from './simulate.ts';
import type { TraceRequest } from './trace.ts';

/** Its settings; the defaults are those of a machine with one GPU. */
export interface OllamaOptions {
  /** OLLAMA_KEEP_ALIVE: null keeps models for ever. */
  readonly keepAliveMs?: number | null;
  /** OLLAMA_MAX_LOADED_MODELS: three for each GPU. */
  readonly maxLoaded?: number;
}

interface Runner {
  readonly state: 'loading' | 'ready' | 'stopping';
  readonly users: number;
  /** It is to be stopped with its last user. */
  readonly expiring: boolean;
  readonly idleSinceMs: number;
}

const KEEP_ALIVE_MS = 5 * 60_000;
const MAX_LOADED = 3;
/** OLLAMA_MAX_QUEUE. */
const MAX_QUEUE = 512;

/**
 * Ollama (August 2026) as its scheduler's source describes it: requests for loaded models are served at once; the
 * others are taken one after the other, and each blocks those behind it until its model runs. Where there are too many
 * models or too few bytes, one runner at a time is expired and waited for: the idle one with the shortest keep-alive,
 * the name deciding between equals, or else the first of the busy ones. Runners leave after five minutes without users.
 * Its headroom of 20 % of the free GPU memory and its wait for the memory to come back are left out, in its favour.
 */
export function ollama(options: OllamaOptions = {}): MakePolicy {
  return (machine) => new Ollama(machine, options);
}

class Ollama implements Policy {
  readonly #machine: Machine;
  readonly #keepAliveMs: number | null;
  readonly #maxLoaded: number;
  readonly #runners = new Map<string, Runner>();
  #queue: readonly { readonly ticket: number; readonly modelId: string }[] = [];

  constructor(machine: Machine, { keepAliveMs = KEEP_ALIVE_MS, maxLoaded = MAX_LOADED }: OllamaOptions) {
    this.#machine = machine;
    this.#keepAliveMs = keepAliveMs;
    this.#maxLoaded = maxLoaded;
  }

  arrived(ticket: number, { modelId }: TraceRequest): void {
    if (this.#runners.get(modelId)?.state === 'ready') this.#serve(ticket, modelId);
    else if (this.#queue.length >= MAX_QUEUE) this.#machine.refuse(ticket);
    else this.#queue = [...this.#queue, { ticket, modelId }];
    this.#goOn();
  }

  loaded(modelId: string): void {
    this.#change(modelId, { state: 'ready', idleSinceMs: this.#machine.nowMs });
    this.#goOn();
  }

  stopped(modelId: string): void {
    this.#runners.delete(modelId);
    this.#goOn();
  }

  released(_ticket: number, modelId: string): void {
    const runner = this.#runners.get(modelId);
    if (runner === undefined) return;
    this.#change(modelId, { users: runner.users - 1, idleSinceMs: this.#machine.nowMs });
    this.#goOn();
  }

  woken(): void {
    this.#goOn();
  }

  /** Stops what is due, then takes the queue's first as far as it gets. */
  #goOn(): void {
    this.#expire();
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const state = this.#runners.get(first.modelId)?.state;
      if (state !== 'ready') {
        // Loading, or still stopping: the head of the queue waits, and all behind it.
        if (state === undefined) this.#load(first.modelId);
        break;
      }
      this.#serve(first.ticket, first.modelId);
      this.#queue = this.#queue.slice(1);
    }
    this.#planToWake();
  }

  #load(modelId: string): void {
    if ([...this.#runners.values()].some(({ state }) => state === 'stopping' || state === 'loading')) return;
    if (this.#runners.size < this.#maxLoaded && this.#freeBytes() >= this.#bytesOf(modelId)) {
      this.#runners.set(modelId, { state: 'loading', users: 0, expiring: false, idleSinceMs: 0 });
      this.#machine.start(modelId);
      return;
    }
    if ([...this.#runners.values()].some(({ expiring }) => expiring)) return;
    const byName = [...this.#runners.keys()].toSorted();
    const victim = byName.find((id) => this.#runners.get(id)?.users === 0) ?? byName[0];
    if (victim === undefined) return;
    this.#change(victim, { expiring: true });
    this.#expire();
  }

  #expire(): void {
    for (const [id, { state, users, expiring, idleSinceMs }] of this.#runners) {
      if (state !== 'ready' || users > 0) continue;
      const due = this.#keepAliveMs !== null && this.#machine.nowMs >= idleSinceMs + this.#keepAliveMs;
      if (!expiring && !due) continue;
      this.#change(id, { state: 'stopping' });
      this.#machine.stop(id);
    }
  }

  #planToWake(): void {
    if (this.#keepAliveMs === null) return;
    const idle = [...this.#runners.values()].filter(({ state, users }) => state === 'ready' && users === 0);
    if (idle.length > 0) {
      this.#machine.wakeAt(Math.min(...idle.map(({ idleSinceMs }) => idleSinceMs)) + this.#keepAliveMs);
    }
  }

  #serve(ticket: number, modelId: string): void {
    this.#change(modelId, { users: (this.#runners.get(modelId)?.users ?? 0) + 1 });
    this.#machine.serve(ticket);
  }

  #change(modelId: string, change: Partial<Runner>): void {
    const runner = this.#runners.get(modelId);
    if (runner !== undefined) this.#runners.set(modelId, { ...runner, ...change });
  }

  #freeBytes(): number {
    return [...this.#runners.keys()].reduce((left, id) => left - this.#bytesOf(id), this.#machine.budgetBytes);
  }

  #bytesOf(modelId: string): number {
    return this.#machine.models.get(modelId)?.bytes ?? 0;
  }
}
