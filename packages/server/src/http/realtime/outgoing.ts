import type { Clock } from '../../shared/clock.ts';

/** The part of a WebSocket that takes messages. */
export interface MessageSocket {
  readonly bufferedAmount: number;
  send(text: string, taken: (error?: Error) => void): void;
  terminate(): void;
}

/** More than this may wait for a client before its answers are held up; about ten seconds of sound. */
const HIGH_BYTES = 512 * 1024;
const LOW_BYTES = 128 * 1024;
/** A client that lets so much gather does not read at all. */
const MOST_BYTES = 32 * 1024 * 1024;
/** A client that takes nothing for so long is gone in all but name. */
const STALLED_MS = 120_000;
/** The same while the server stops. */
const HURRIED_MS = 2_000;

/** What is said to a client, as fast as it takes it. */
export class Outgoing {
  readonly #socket: MessageSocket;
  readonly #clock: Clock;
  #waiting: (() => void)[] = [];
  #stopTimer: (() => void) | null = null;
  #stalledMs = STALLED_MS;

  constructor(socket: MessageSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  send(text: string): void {
    if (this.#socket.bufferedAmount > MOST_BYTES) {
      this.#socket.terminate();
      return;
    }
    this.#socket.send(text, () => this.#taken());
  }

  /** Resolves when the client has taken nearly all, or is gone. A client that takes nothing for two minutes is cut off. */
  async ready(): Promise<void> {
    if (this.#socket.bufferedAmount <= HIGH_BYTES) return;
    this.#stopTimer ??= this.#watch();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The server stops: a client that takes nothing is not waited for. */
  hurry(): void {
    this.#stalledMs = HURRIED_MS;
    if (this.#stopTimer === null) return;
    this.#stopTimer();
    this.#stopTimer = this.#watch();
  }

  /** The client is gone. */
  close(): void {
    this.#release();
  }

  #watch(): () => void {
    return this.#clock.after(this.#stalledMs, () => this.#socket.terminate());
  }

  #taken(): void {
    if (this.#socket.bufferedAmount <= LOW_BYTES) this.#release();
  }

  #release(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
