import type { Machine, MakePolicy, Policy } from './simulate.ts';
import type { SimulatedModel, TraceRequest } from './trace.ts';

/** Which of the running models are stopped before the model is started. */
export type Swapper = (modelId: string, running: readonly string[]) => readonly string[];

interface Waiting {
  readonly ticket: number;
  readonly modelId: string;
}

interface Swap {
  readonly evict: readonly string[];
  readonly stopping: Set<string>;
  readonly waiters: Waiting[];
}

/**
 * llama-swap (August 2026) with the router given and its FIFO scheduler, as its source describes them: a request joins
 * the start of its model that is under way; it is served at once when the model is ready and the router would stop
 * nothing; it is queued when the swap it needs touches one that is under way or a model that serves; else its swap
 * begins. Whenever a swap or a model's last request ends, the queue is walked from its front. Neither ttl nor a limit
 * of requests at once applies (its defaults are never, and 10).
 */
export function llamaSwap(swapperFor: (machine: Machine) => Swapper): MakePolicy {
  return (machine) => new LlamaSwap(machine, swapperFor(machine));
}

class LlamaSwap implements Policy {
  readonly #machine: Machine;
  readonly #evictionFor: Swapper;
  readonly #ready = new Set<string>();
  readonly #swaps = new Map<string, Swap>();
  readonly #users = new Map<string, number>();
  #queue: readonly Waiting[] = [];

  constructor(machine: Machine, evictionFor: Swapper) {
    this.#machine = machine;
    this.#evictionFor = evictionFor;
  }

  arrived(ticket: number, { modelId }: TraceRequest): void {
    const waiting = { ticket, modelId };
    if (!this.#tryToServe(waiting)) this.#queue = [...this.#queue, waiting];
  }

  loaded(modelId: string): void {
    this.#ready.add(modelId);
    const swap = this.#swaps.get(modelId);
    this.#swaps.delete(modelId);
    for (const waiting of swap?.waiters ?? []) this.#serve(waiting);
    this.#drain();
  }

  stopped(modelId: string): void {
    for (const [target, swap] of this.#swaps) {
      if (swap.stopping.delete(modelId) && swap.stopping.size === 0) this.#machine.start(target);
    }
  }

  released(_ticket: number, modelId: string): void {
    const users = (this.#users.get(modelId) ?? 0) - 1;
    this.#users.set(modelId, users);
    if (users === 0) this.#drain();
  }

  woken(): void {}

  #drain(): void {
    this.#queue = this.#queue.filter((waiting) => !this.#tryToServe(waiting));
  }

  #tryToServe(waiting: Waiting): boolean {
    const { modelId } = waiting;
    const under = this.#swaps.get(modelId);
    if (under !== undefined) {
      under.waiters.push(waiting);
      return true;
    }
    const moving = [...this.#swaps].flatMap(([id, { stopping }]) => [id, ...stopping]);
    const evict = this.#evictionFor(modelId, [...new Set([...this.#ready, ...moving])].toSorted());
    if (this.#collides(modelId, evict)) return false;
    if (this.#ready.has(modelId) && evict.length === 0) {
      this.#serve(waiting);
      return true;
    }
    if (evict.some((id) => (this.#users.get(id) ?? 0) > 0)) return false;
    this.#swap(waiting, evict);
    return true;
  }

  #collides(modelId: string, evict: readonly string[]): boolean {
    return [...this.#swaps].some(
      ([id, swap]) =>
        evict.includes(id) || swap.evict.includes(modelId) || swap.evict.some((one) => evict.includes(one)),
    );
  }

  #swap(waiting: Waiting, evict: readonly string[]): void {
    const stopping = new Set(evict.filter((id) => this.#ready.has(id)));
    this.#swaps.set(waiting.modelId, { evict, stopping, waiters: [waiting] });
    for (const id of stopping) {
      this.#ready.delete(id);
      this.#machine.stop(id);
    }
    if (stopping.size === 0) this.#machine.start(waiting.modelId);
  }

  #serve({ ticket, modelId }: Waiting): void {
    this.#users.set(modelId, (this.#users.get(modelId) ?? 0) + 1);
    this.#machine.serve(ticket);
  }
}

/** The default: one group, of which one model runs at a time. */
export function oneAtATime(): Swapper {
  return (modelId, running) => running.filter((id) => id !== modelId);
}

/**
 * Groups that don't touch each other, one model of each at a time, as an operator would make them who knows the sizes:
 * as many groups as there is memory for when the largest member of each runs.
 */
export function groups({ models, budgetBytes }: Machine): Swapper {
  const largestFirst = [...models.values()].toSorted((a, b) => b.bytes - a.bytes);
  const groupOf = new Map<string, number>();
  for (let count = 1; count <= largestFirst.length; count++) {
    const division = divide(largestFirst, count);
    const bytes = division.reduce((sum, members) => sum + (members[0]?.bytes ?? 0), 0);
    if (bytes > budgetBytes) break;
    division.forEach((members, at) => members.forEach(({ id }) => groupOf.set(id, at)));
  }
  return (modelId, running) => running.filter((id) => id !== modelId && groupOf.get(id) === groupOf.get(modelId));
}

/** The smallest models alone in a group each, the others together: no division has a lesser sum of largest members. */
function divide(largestFirst: readonly SimulatedModel[], count: number): SimulatedModel[][] {
  const together = largestFirst.slice(0, largestFirst.length - count + 1);
  return [together, ...largestFirst.slice(largestFirst.length - count + 1).map((model) => [model])];
}

/**
 * A matrix whose sets are all combinations that fit into memory, with the seconds of loading as evict_costs: of the
 * sets that hold the model, the one that costs the running models least is taken, and among equals the one that names
 * more of them.
 */
export function matrix({ models, budgetBytes }: Machine): Swapper {
  const model = (id: string): SimulatedModel => {
    const found = models.get(id);
    if (found === undefined) throw new Error(`${id} is not there`);
    return found;
  };
  return (modelId, running) => {
    const others = running.filter((id) => id !== modelId).map(model);
    let best: readonly SimulatedModel[] = others;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let set = 0; set < 2 ** others.length; set++) {
      const out = others.filter((_, at) => (set & (1 << at)) !== 0);
      const cost = out.reduce((sum, { loadMs }) => sum + Math.max(1, Math.round(loadMs / 1_000)), 0);
      if (cost >= bestCost) continue;
      const kept = others.filter((one) => !out.includes(one)).reduce((sum, { bytes }) => sum + bytes, 0);
      if (kept + model(modelId).bytes <= budgetBytes) {
        best = out;
        bestCost = cost;
      }
    }
    return best.map(({ id }) => id);
  };
}
