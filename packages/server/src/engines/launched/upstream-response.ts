import type { Dispatcher } from 'undici';

/** Bytes that wait for a slow reader before the engine is made to wait too. */
const MOST_WAITING_BYTES = 64 * 1024;

/** An answer that has begun: its status, and its bytes as they come. Must be read to the end or closed. */
export interface UpstreamResponse extends AsyncIterable<Buffer> {
  readonly status: number;
  /** Ends the connection at once unless everything was read: that is how an engine learns that nobody listens any more. */
  close(): void;
}

/** The connection failed before the first byte of an answer. */
export class NoAnswerError extends Error {}

/**
 * Posts to an engine; resolves when the answer begins. A slow reader makes the engine wait. Aborting the signal or closing the
 * response ends the connection at once. Throws NoAnswerError when no answer begins, and the signal's reason when it is aborted.
 */
export function post(
  dispatcher: Dispatcher,
  request: Pick<Dispatcher.DispatchOptions, 'path' | 'headers' | 'body'>,
  signal: AbortSignal,
): Promise<UpstreamResponse> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const handler = new Response(signal, resolve, reject);
    dispatcher.dispatch({ ...request, method: 'POST' }, handler);
  });
}

class Response implements UpstreamResponse, Dispatcher.DispatchHandler {
  status = 0;
  readonly #signal: AbortSignal;
  readonly #begin: (response: UpstreamResponse) => void;
  readonly #fail: (error: Error) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #chunks: Buffer[] = [];
  #waitingBytes = 0;
  #end: { readonly error: Error | null } | null = null;
  #closed = false;
  #wake: (() => void) | null = null;
  readonly #onAbort = (): void => {
    this.close();
    this.#fail(this.#signal.reason as Error);
    this.#notify();
  };

  constructor(signal: AbortSignal, begin: (response: UpstreamResponse) => void, fail: (error: Error) => void) {
    this.#signal = signal;
    this.#begin = begin;
    this.#fail = fail;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#closed) controller.abort(new Error('nobody wants the answer any more'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    // Interim answers (1xx) are not the answer.
    if (status < 200) return;
    this.status = status;
    this.#begin(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= MOST_WAITING_BYTES) controller.pause();
    this.#notify();
  }

  onResponseEnd(): void {
    this.#finish(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish(error);
    // Settles nothing when the answer has begun.
    this.#fail(new NoAnswerError(error.message, { cause: error }));
  }

  close(): void {
    if (this.#closed || this.#end !== null) return;
    this.#closed = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#controller?.abort(new Error('nobody wants the answer any more'));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        this.#signal.throwIfAborted();
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#taken(chunk.length);
          yield chunk;
        } else if (this.#end !== null) {
          if (this.#end.error !== null) throw this.#end.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.close();
    }
  }

  #taken(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (this.#controller?.paused === true && this.#waitingBytes < MOST_WAITING_BYTES / 2) this.#controller.resume();
  }

  #finish(error: Error | null): void {
    this.#end ??= { error };
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
