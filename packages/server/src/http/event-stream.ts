import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Clock } from '../shared/clock.ts';
import type { GatewayError } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import { drained } from './drained.ts';
import { recordOutcome } from './outcome.ts';
import { asGatewayError, errorBody, logFailure } from './render-error.ts';

/** A failure before this has its proper status; after it the client sees that the answer is under way. */
const OPEN_AFTER_MS = 2_000;
/** Proxies cut connections that are silent for 60 s, some after 15. */
const HEARTBEAT_MS = 10_000;
/** What is gathered within one turn of the event loop goes out at once above this. */
const FLUSH_LENGTH = 64 * 1024;

export interface EventStreamOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Asked when the headers are sent: with the first event, or after two seconds. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** The framed event that a failure becomes; absent: OpenAI's. */
  readonly failure?: (error: GatewayError) => string;
}

/**
 * Server-sent events on a hijacked reply. Nothing is sent before the first event or two seconds, so that an early failure
 * keeps its status; all that is sent within one turn goes out in one write. The owner calls `dispose`.
 */
export class EventStream {
  readonly #reply: FastifyReply;
  readonly #options: EventStreamOptions;
  #stopTimer: () => void;
  #opened = false;
  #pending = '';
  #flushing: NodeJS.Immediate | null = null;
  #quiet = true;

  constructor(reply: FastifyReply, options: EventStreamOptions) {
    this.#reply = reply;
    this.#options = options;
    this.#stopTimer = options.clock.after(OPEN_AFTER_MS, () => {
      this.#open();
      this.#write(': waiting\n\n');
    });
  }

  /** Whether the status is sent and failures must be events. */
  get opened(): boolean {
    return this.#opened;
  }

  /** Whether the client is gone. */
  get closed(): boolean {
    return this.#reply.raw.destroyed;
  }

  /** Sends `data` (one line, usually JSON) as one event. */
  send(data: string): void {
    this.sendRaw(`data: ${data}\n\n`);
  }

  /** Sends text that is framed already. */
  sendRaw(frame: string): void {
    if (!this.#opened) this.#open();
    this.#quiet = false;
    this.#write(frame);
  }

  /** Null, or a promise to wait for because the client reads more slowly than it is written to. */
  backpressure(): Promise<void> | null {
    const { raw } = this.#reply;
    if (!raw.writableNeedDrain || raw.destroyed) return null;
    return drained(raw, this.#options.clock);
  }

  /** Ends a complete answer. */
  end(): void {
    if (!this.#opened) this.#open();
    this.#flush();
    this.#reply.raw.end();
  }

  /** Ends a failed one: the error is the last event. */
  fail(error: unknown): void {
    const shown = asGatewayError(error);
    logFailure(this.#options.log, shown);
    recordOutcome(this.#reply.raw, shown.status);
    if (this.closed) return;
    this.sendRaw(this.#options.failure?.(shown) ?? `data: ${JSON.stringify(errorBody(shown))}\n\n`);
    this.end();
  }

  /** Stops the timers. */
  dispose(): void {
    this.#stopTimer();
    if (this.#flushing !== null) clearImmediate(this.#flushing);
  }

  #open(): void {
    this.#opened = true;
    this.#stopTimer();
    this.#reply.hijack();
    this.#reply.raw.writeHead(200, {
      ...(this.#reply.getHeaders() as OutgoingHttpHeaders),
      ...this.#options.headers(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      // nginx would hold events back otherwise.
      'x-accel-buffering': 'no',
    });
    this.#beat();
  }

  #beat(): void {
    this.#stopTimer = this.#options.clock.after(HEARTBEAT_MS, () => {
      if (this.#quiet) this.#write(': waiting\n\n');
      this.#quiet = true;
      this.#beat();
    });
  }

  #write(text: string): void {
    this.#pending += text;
    if (this.#pending.length > FLUSH_LENGTH) this.#flush();
    else this.#flushing ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    if (this.#flushing !== null) clearImmediate(this.#flushing);
    this.#flushing = null;
    if (this.#pending === '' || this.closed) return;
    this.#reply.raw.write(this.#pending);
    this.#pending = '';
  }
}

/**
 * Sends each of `events` as `encode` tells, at the client's pace. Throws what `events` threw as long as nothing was sent;
 * after that the failure is the last event. Ends early when the client leaves.
 */
export async function sendEvents<T>(
  stream: EventStream,
  events: AsyncIterable<T>,
  encode: (event: T, stream: EventStream) => void,
): Promise<void> {
  try {
    for await (const event of events) {
      encode(event, stream);
      const slow = stream.backpressure();
      if (slow !== null) await slow;
      if (stream.closed) return;
    }
    stream.end();
  } catch (error) {
    if (!stream.opened) throw error;
    stream.fail(error);
  } finally {
    stream.dispose();
  }
}
