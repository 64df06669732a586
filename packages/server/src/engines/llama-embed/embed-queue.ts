import type { EmbedEvent } from '../engine.ts';
import { WindowMean } from './combine.ts';

/** A stretch of a text that is evaluated in one go. */
export interface Window {
  /** With begin and end tokens. */
  readonly tokens: Int32Array;
  /** Tokens of the text itself, by which its windows are weighed. */
  readonly weight: number;
}

/** Evaluates some windows that fit into one step; gives a vector for each, valid until the next call. It blocks. */
type EvaluateWindows = (windows: readonly Window[]) => readonly Float32Array[];

export interface EmbedQueueOptions {
  readonly evaluate: EvaluateWindows;
  readonly dimensions: number;
  /** Most tokens of one step; a window that has more is evaluated alone. */
  readonly stepTokens: number;
  /** Most windows of one step. */
  readonly stepWindows: number;
  /** Lets messages in between steps. */
  readonly pause: () => Promise<void>;
}

interface Text {
  readonly windows: readonly Window[];
  readonly mean: WindowMean;
  evaluated: number;
}

interface Job {
  readonly texts: readonly Text[];
  /** All windows in order; those before `next` were evaluated or are. */
  readonly windows: readonly { readonly text: Text; readonly window: Window }[];
  next: number;
  ended: Error | null;
  wake: () => void;
}

/**
 * Evaluates the windows of all requests, several in a step. Requests take turns, window by window: a question never waits for a
 * collection that came before it, and what runs at the same time shares steps.
 */
export class EmbedQueue {
  readonly #options: EmbedQueueOptions;
  #jobs: Job[] = [];
  #running = false;
  #closed: Error | null = null;

  constructor(options: EmbedQueueOptions) {
    this.#options = options;
  }

  /** Yields one event for each text, in order. Ending the iteration or aborting drops what was not evaluated yet. */
  async *run(texts: readonly (readonly Window[])[], signal: AbortSignal): AsyncGenerator<EmbedEvent> {
    signal.throwIfAborted();
    if (this.#closed !== null) throw this.#closed;
    const job = this.#begin(texts);
    const abort = (): void => this.#end(job, signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      for (const text of job.texts) {
        while (text.evaluated < text.windows.length && job.ended === null) {
          await new Promise<void>((resolve) => (job.wake = resolve));
        }
        if (job.ended !== null) throw job.ended;
        yield {
          kind: 'embedding',
          vector: text.mean.direction(),
          tokens: text.windows.reduce((sum, { tokens }) => sum + tokens.length, 0),
        };
      }
    } finally {
      signal.removeEventListener('abort', abort);
      this.#end(job, new Error('nobody reads these embeddings any more'));
    }
  }

  /** Ends every request with `reason`; nothing is evaluated afterwards. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const job of this.#jobs) this.#end(job, reason);
  }

  #begin(windowsOfTexts: readonly (readonly Window[])[]): Job {
    const texts = windowsOfTexts.map((windows): Text => ({
      windows,
      mean: new WindowMean(this.#options.dimensions),
      evaluated: 0,
    }));
    const windows = texts.flatMap((text) => text.windows.map((window) => ({ text, window })));
    const job: Job = { texts, windows, next: 0, ended: null, wake: () => undefined };
    this.#jobs.push(job);
    if (!this.#running) void this.#work();
    return job;
  }

  #end(job: Job, reason: Error): void {
    job.ended ??= reason;
    this.#jobs = this.#jobs.filter((other) => other !== job);
    job.wake();
  }

  async #work(): Promise<void> {
    this.#running = true;
    for (;;) {
      // Requests that come at the same time are to share the first step already.
      await this.#options.pause();
      const step = this.#nextStep();
      if (step.length === 0) break;
      try {
        const vectors = this.#options.evaluate(step.map(({ window }) => window));
        for (const [index, { text, window }] of step.entries()) {
          const vector = vectors[index];
          if (vector !== undefined) text.mean.add(vector, window.weight);
          text.evaluated += 1;
        }
      } catch (error) {
        for (const job of new Set(step.map((each) => each.job))) this.#end(job, error as Error);
      }
      for (const job of this.#jobs) job.wake();
    }
    this.#running = false;
  }

  /** One window of each request in turn, as long as they fit; whose turn is next stands first afterwards. */
  #nextStep(): { readonly job: Job; readonly text: Text; readonly window: Window }[] {
    const { stepTokens, stepWindows } = this.#options;
    const step: { job: Job; text: Text; window: Window }[] = [];
    let room = stepTokens;
    let waiting = this.#jobs.filter((job) => job.next < job.windows.length);
    while (waiting.length > 0 && step.length < stepWindows) {
      const left: Job[] = [];
      for (const job of waiting) {
        const found = job.windows[job.next];
        const fits = step.length === 0 || (found?.window.tokens.length ?? 0) <= room;
        if (found === undefined || !fits || step.length >= stepWindows) continue;
        room -= found.window.tokens.length;
        step.push({ job, ...found });
        job.next += 1;
        if (job.next < job.windows.length) left.push(job);
      }
      waiting = left;
    }
    const [first] = this.#jobs;
    // Whoever stood first had their turn; a window too big for what others left goes first next time.
    if (first !== undefined && this.#jobs.length > 1) this.#jobs = [...this.#jobs.slice(1), first];
    return step;
  }
}
