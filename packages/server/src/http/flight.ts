import type { RequestReport } from '@concert/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerEvent } from '../pipeline/request.ts';
import type { LeaseWatch } from '../pipeline/lease-models.ts';
import type { Clock } from '../shared/clock.ts';
import { GatewayError } from '../shared/errors.ts';
import type { Metrics } from '../shared/metrics.ts';
import { type Demand, NO_DEMAND } from './demand.ts';
import { recordModel } from './outcome.ts';

/** Names come from clients, which may send megabytes. */
const LONGEST_NAME = 200;

/** Where a request came in. */
interface FlightOrigin {
  readonly id: string;
  readonly path: string;
}

/** A request of a session, which ends when it is disposed of. */
interface OpenFlight extends Disposable {
  readonly flight: Flight;
}

/** What a request is known by while it runs. */
interface FlightOptions {
  readonly model: string;
  readonly stream: boolean;
  readonly demand?: Demand;
}

/**
 * A request under way: its signal aborts when the client leaves or an operator cancels it, and what is told of its progress becomes
 * the operator's list and the metrics.
 */
export class Flight implements LeaseWatch {
  readonly id: string;
  readonly path: string;
  readonly demand: Demand;
  readonly #asked: FlightOptions;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #controller = new AbortController();
  readonly #startedMs: number;
  #answering: string | null = null;
  #step: string | null = null;
  readonly #waitingSince = new Map<string, number>();
  #waitedMs = 0;
  #pieces = 0;
  #firstMs = 0;
  #lastMs = 0;

  constructor(origin: FlightOrigin, asked: FlightOptions, deps: { readonly clock: Clock; readonly metrics: Metrics }) {
    this.id = origin.id;
    this.path = origin.path;
    this.demand = asked.demand ?? NO_DEMAND;
    this.#asked = asked;
    this.#clock = deps.clock;
    this.#metrics = deps.metrics;
    this.#startedMs = deps.clock.now();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The weights that answer; null until they are known. */
  get answering(): string | null {
    return this.#answering;
  }

  /** Stops whatever runs for it. */
  abort(reason?: GatewayError): void {
    this.#controller.abort(reason);
  }

  waiting(modelId: string): void {
    this.#waitingSince.set(modelId, this.#clock.now());
  }

  granted(modelId: string): void {
    this.#waitedMs += this.#waitOf(modelId);
    this.#waitingSince.delete(modelId);
    this.#answering ??= modelId;
  }

  /** Tells whose weights answer; of several that take turns, the first counts. */
  answeredBy(models: string): void {
    this.#answering = models.split(', ', 1)[0] ?? null;
  }

  /** Tells of an answer's event as it is passed on. */
  note(event: AnswerEvent): void {
    switch (event.kind) {
      case 'start':
        this.answeredBy(event.model);
        break;
      case 'step-started':
        this.#step = event.step;
        break;
      case 'step-finished':
        this.stepEnded(event.trace.step, event.trace.model, event.trace.durationMs);
        break;
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-call':
      case 'tool-call-delta':
        this.#piece();
        break;
      case 'speech-delta':
      case 'choice-finished':
        break;
      case 'finish':
        this.#metrics.answered(this.#answering ?? '', {
          ...event,
          writeMs: this.#pieces > 1 ? this.#lastMs - this.#firstMs : null,
        });
        break;
      default:
        event satisfies never;
    }
  }

  /** Tells that a step began whose events are not an answer's. */
  stepStarted(step: string): void {
    this.#step = step;
  }

  stepEnded(step: string, model: string, ms: number): void {
    this.#metrics.stepEnded(step, model, ms);
  }

  /** Tells of a piece of the answer that is no text, such as sound. */
  countPiece(): void {
    this.#pieces += 1;
  }

  /** Since when it waits for a model, and for which; null while it does not. */
  get wait(): { readonly modelId: string; readonly sinceMs: number } | null {
    const [first] = this.#waitingSince;
    return first === undefined ? null : { modelId: first[0], sinceMs: first[1] };
  }

  report(queuePosition: number | null): RequestReport {
    const now = this.#clock.now();
    const { wait } = this;
    return {
      id: this.id,
      path: this.path,
      model: this.#asked.model.slice(0, LONGEST_NAME),
      answering: this.#answering,
      step: this.#step,
      state: wait === null ? 'running' : 'waiting',
      started_at: new Date(this.#startedMs).toISOString(),
      age_ms: now - this.#startedMs,
      waited_ms: this.#waitedMs + (wait === null ? 0 : now - wait.sinceMs),
      tokens: this.#pieces,
      stream: this.#asked.stream,
      priority: this.demand.priority,
      session: this.demand.session,
      queue_position: queuePosition,
    };
  }

  #waitOf(modelId: string): number {
    const sinceMs = this.#waitingSince.get(modelId);
    return sinceMs === undefined ? 0 : this.#clock.now() - sinceMs;
  }

  #piece(): void {
    const now = this.#clock.now();
    const model = this.#answering ?? '';
    if (this.#pieces === 0) this.#metrics.firstText(model, (this.#firstMs = now) - this.#startedMs);
    else this.#metrics.textGap(model, now - this.#lastMs);
    this.#lastMs = now;
    this.#pieces += 1;
  }
}

function originOf(request: FastifyRequest): FlightOrigin {
  return { id: request.id, path: request.routeOptions.url ?? '' };
}

/** The requests that run models now. */
export class Flights {
  readonly #deps: { readonly clock: Clock; readonly metrics: Metrics };
  readonly #flights = new Set<Flight>();

  constructor(deps: { readonly clock: Clock; readonly metrics: Metrics }) {
    this.#deps = deps;
  }

  /** Begins a request that ends when its connection is done with it. */
  begin(request: FastifyRequest, reply: FastifyReply, options: FlightOptions): Flight {
    const flight = new Flight(originOf(request), options, this.#deps);
    const { raw } = reply;
    const end = (): void => {
      this.#flights.delete(flight);
      if (!raw.writableFinished) flight.abort();
    };
    this.#flights.add(flight);
    recordModel(raw, () => flight.answering);
    if (raw.closed) end();
    else raw.once('close', end);
    return flight;
  }

  /** Begins a request that is one of many on its connection, or outlives it. */
  open(origin: FlightOrigin, options: FlightOptions): OpenFlight {
    const flight = new Flight(origin, options, this.#deps);
    this.#flights.add(flight);
    return { flight, [Symbol.dispose]: () => this.#flights.delete(flight) };
  }

  list(): RequestReport[] {
    return [...this.#flights].map((flight) => flight.report(this.#queuePosition(flight)));
  }

  /** Cancels the requests of this id (clients may use one twice); false when there is none. */
  cancel(id: string): boolean {
    const found = [...this.#flights].filter((flight) => flight.id === id);
    for (const flight of found) {
      flight.abort(new GatewayError('request_cancelled', 'an operator cancelled the request'));
    }
    return found.length > 0;
  }

  /** Its place among those that wait for the same model, by priority and time: as the scheduler takes them, but for its own exceptions. */
  #queuePosition(flight: Flight): number | null {
    const { wait } = flight;
    if (wait === null) return null;
    const before = [...this.#flights].filter((other) => {
      const theirs = other.wait;
      if (other === flight || theirs?.modelId !== wait.modelId) return false;
      const rank = RANKS[other.demand.priority] - RANKS[flight.demand.priority];
      return rank > 0 || (rank === 0 && theirs.sinceMs < wait.sinceMs);
    });
    return before.length + 1;
  }
}

const RANKS = { low: 0, normal: 1, high: 2 } as const;
