import type { ResponseObject, ResponseStreamEvent } from '@concert/protocol';
import type { Clock } from '../../shared/clock.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { Flight } from '../flight.ts';
import { asGatewayError, logFailure } from '../render-error.ts';
import { respond, type Responding } from './respond.ts';
import type { ResponseFold } from './response-fold.ts';

/** Each holds its input, which may be megabytes. */
const MOST_RUNNING = 64;
/** The events of a response that has ended can be followed for so long; then it is told from what is kept. */
const FOLLOWED_MS = 300_000;
const MOST_FOLLOWED = 32;

/** A response that is written without a connection, and its events for whoever follows it. */
export class BackgroundRun {
  readonly done: Promise<void>;
  readonly #fold: ResponseFold;
  readonly #flight: Flight;
  readonly #log: Log;
  readonly #events: ResponseStreamEvent[] = [];
  #ended = false;
  #waiting: (() => void)[] = [];

  constructor(responding: Responding, log: Log) {
    this.#fold = responding.fold;
    this.#flight = responding.flight;
    this.#log = log;
    this.#tell(this.#fold.begin());
    this.done = this.#run(responding);
  }

  get response(): ResponseObject {
    return this.#fold.response;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The events after a number, as they come, to the last. An event's number is its place. */
  async *follow(after: number): AsyncGenerator<ResponseStreamEvent> {
    let next = after + 1;
    for (;;) {
      const ended = this.#ended;
      for (; next < this.#events.length; next++) {
        const event = this.#events[next];
        if (event !== undefined) yield event;
      }
      if (ended) return;
      if (!this.#ended) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Stops it, and waits until it has stopped. */
  async cancel(): Promise<void> {
    this.#flight.abort(new GatewayError('request_cancelled', 'the response was cancelled'));
    await this.done;
  }

  /** What it was asked, which may be megabytes, is let go with its end. */
  async #run(responding: Responding): Promise<void> {
    try {
      for await (const event of respond(responding)) this.#tell([event]);
    } catch (error) {
      const shown = asGatewayError(error);
      logFailure(this.#log, shown);
      this.#tell(this.#fold.failure(shown));
    }
    this.#ended = true;
    this.#tell([]);
  }

  #tell(events: readonly ResponseStreamEvent[]): void {
    this.#events.push(...events);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** The responses that run in the background, and those that ended lately. */
export class BackgroundRuns {
  readonly #runs = new Map<string, BackgroundRun>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `queue_full` where as many run as may. */
  refuseMore(): void {
    const running = [...this.#runs.values()].filter((run) => !run.ended).length;
    if (running < MOST_RUNNING) return;
    throw new GatewayError('queue_full', `${running} responses run in the background already; try again later`, {
      retryAfterSeconds: 5,
    });
  }

  /** Begins one; `ended` is called once it has. */
  start(id: string, responding: Responding, options: { readonly log: Log; readonly ended: () => void }): BackgroundRun {
    const run = new BackgroundRun(responding, options.log);
    this.#runs.set(id, run);
    void run.done.then(() => {
      options.ended();
      this.#clock.after(FOLLOWED_MS, () => this.forget(id));
      const old = [...this.#runs].filter(([, { ended }]) => ended).slice(0, -MOST_FOLLOWED);
      for (const [oldest] of old) this.forget(oldest);
    });
    return run;
  }

  /** One that runs or ended lately. */
  get(id: string): BackgroundRun | null {
    return this.#runs.get(id) ?? null;
  }

  forget(id: string): void {
    this.#runs.delete(id);
  }

  /** Waits until all have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.done));
  }
}
