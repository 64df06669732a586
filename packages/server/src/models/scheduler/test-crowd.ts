import { randomFrom } from '../simulate/random.ts';
import { Bench } from './test-scheduler.ts';

/** Clients that all want one model, each once, and come again as told until they get it. */
interface Crowd {
  /** How far apart they come on average, and until when new ones do. */
  readonly clients: { readonly everyMs: number; readonly untilMs: number };
  readonly concurrency: number;
  readonly queueLimit: number;
  /** How long a lease that is given then is held on average; each for half as long to half as long again. */
  readonly holdMs: (nowMs: number) => number;
  /** They come up to so much later than told. */
  readonly lateMs: number;
  readonly loadMs: number;
  readonly seed: number;
}

interface Returns {
  /** How often a client came again. */
  returns: number;
  /** How often it was not refused then. */
  admitted: number;
}

/** How they fared. */
interface CrowdOutcome extends Returns {
  /** Of those who were first told in the second half of the time. */
  readonly late: Returns;
  /** How often each client was refused. */
  readonly refusals: number[];
  /** The share of the model's time that was used while new clients came. */
  busyShare: number;
}

/** Lets them come, and the model serve them, until all were served. */
export function passCrowd(crowd: Crowd): CrowdOutcome {
  const passing = new Passing(crowd);
  passing.run();
  return passing.outcome;
}

class Passing {
  readonly outcome: CrowdOutcome = {
    returns: 0,
    admitted: 0,
    late: { returns: 0, admitted: 0 },
    refusals: [],
    busyShare: 0,
  };
  readonly #crowd: Crowd;
  readonly #bench: Bench;
  readonly #random: ReturnType<typeof randomFrom>;
  readonly #agenda: { readonly atMs: number; readonly act: () => void }[] = [];
  #ticket = 0;

  constructor(crowd: Crowd) {
    const { concurrency, loadMs, queueLimit, seed } = crowd;
    this.#crowd = crowd;
    this.#random = randomFrom(seed);
    this.#bench = new Bench([{ id: 'a', concurrency, loadsMs: [loadMs] }], 10, queueLimit);
  }

  run(): void {
    const { everyMs, untilMs } = this.#crowd.clients;
    for (let atMs = this.#bench.nowMs; atMs < untilMs; atMs += this.#random.exponential(everyMs)) {
      this.#at(atMs, () => this.#ask(0, atMs));
    }
    for (let next = this.#agenda.shift(); next !== undefined; next = this.#agenda.shift()) {
      this.#bench.nowMs = next.atMs;
      next.act();
    }
  }

  #at(atMs: number, act: () => void): void {
    const place = this.#agenda.findLastIndex((one) => one.atMs <= atMs) + 1;
    this.#agenda.splice(place, 0, { atMs, act });
  }

  #ask(refusals: number, cameMs: number): void {
    this.#bench.acquire('a', { ticket: ++this.#ticket });
    const [effect] = this.#bench.effects;
    const refusal = effect?.kind === 'refuse' ? effect.refusal : null;
    if (refusals > 0) this.#countReturn(refusal === null, cameMs);
    if (refusal === null) {
      this.outcome.refusals.push(refusals);
      this.#hear();
    } else if (refusal.kind === 'queue-full') {
      const lateMs = this.#random.between(0, this.#crowd.lateMs);
      this.#at(this.#bench.nowMs + refusal.retryAfterMs + lateMs, () => this.#ask(refusals + 1, cameMs));
    }
  }

  #countReturn(admitted: boolean, cameMs: number): void {
    const isLate = cameMs > this.#crowd.clients.untilMs / 2;
    for (const counts of isLate ? [this.outcome, this.outcome.late] : [this.outcome]) {
      counts.returns += 1;
      if (admitted) counts.admitted += 1;
    }
  }

  #hear(): void {
    for (const effect of this.#bench.effects) {
      if (effect.kind === 'load') this.#at(this.#bench.nowMs + this.#crowd.loadMs, () => this.#loaded());
      else if (effect.kind === 'grant') this.#hold();
    }
  }

  #loaded(): void {
    this.#bench.loaded('a');
    this.#hear();
  }

  #hold(): void {
    const { holdMs, clients, concurrency } = this.#crowd;
    const fromMs = this.#bench.nowMs;
    const heldMs = holdMs(fromMs) * this.#random.between(0.5, 1.5);
    const counted = Math.max(0, Math.min(clients.untilMs, fromMs + heldMs) - fromMs);
    this.outcome.busyShare += counted / concurrency / clients.untilMs;
    this.#at(fromMs + heldMs, () => {
      const generation = this.#bench.generation('a');
      this.#bench.send({ kind: 'release', modelId: 'a', generation, heldMs, keepAliveMs: undefined });
      this.#hear();
    });
  }
}
