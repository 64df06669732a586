import type { DeviceId, Footprint } from './footprint.ts';

/** A request that has ended. */
interface RequestOutcome {
  /** The route's pattern, never what the client wrote: names that clients make up must not become series. */
  readonly path: string;
  readonly method: string;
  /** 499 when the client left or an operator cancelled. */
  readonly status: number;
  /** The model that answered; empty where none did. */
  readonly model: string;
  readonly ms: number;
}

/** What a chat answer took. */
interface AnswerTally {
  readonly promptTokens: number;
  /** Of the prompt, those that an earlier request had left. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** From the first piece of text to the last; null when there was at most one. */
  readonly writeMs: number | null;
}

/** What is read when the metrics are asked for, rather than counted as it happens. */
export interface MetricsSnapshot {
  readonly models: readonly {
    readonly id: string;
    readonly state: string;
    readonly users: number;
    readonly waiters: number;
    readonly reserved: Footprint;
    readonly measured: Footprint | null;
  }[];
  readonly devices: readonly {
    readonly id: DeviceId;
    readonly budgetBytes: number;
    readonly reservedBytes: number;
    readonly measuredBytes: number;
    readonly keptBytes: number;
  }[];
}

/** What the server counts and times, for Prometheus. Model ids are those of configured models alone. */
export interface Metrics {
  requestBegan(): void;
  requestEnded(outcome: RequestOutcome): void;
  /** A request waited so long until it had the model. */
  waited(model: string, ms: number): void;
  /** From the request's arrival to the first piece of its answer. */
  firstText(model: string, ms: number): void;
  /** Between two pieces of an answer; called for every token, so it must be cheap. */
  textGap(model: string, ms: number): void;
  answered(model: string, tally: AnswerTally): void;
  stepEnded(step: string, model: string, ms: number): void;
  loadStarted(model: string, reason: string): void;
  loaded(model: string, ms: number): void;
  loadFailed(model: string, reason: 'failed' | 'out_of_memory' | 'cancelled'): void;
  unloaded(model: string, reason: string, ms: number): void;
  slept(model: string): void;
  woke(model: string, ms: number): void;
  crashed(model: string): void;
  breakerOpened(model: string): void;
  memoryKept(model: string, device: DeviceId): void;
  refused(model: string, code: string): void;
  /** Everything in Prometheus' text format. */
  render(snapshot: MetricsSnapshot): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Counts nothing. */
export const noMetrics: Metrics = {
  requestBegan: () => undefined,
  requestEnded: () => undefined,
  waited: () => undefined,
  firstText: () => undefined,
  textGap: () => undefined,
  answered: () => undefined,
  stepEnded: () => undefined,
  loadStarted: () => undefined,
  loaded: () => undefined,
  loadFailed: () => undefined,
  unloaded: () => undefined,
  slept: () => undefined,
  woke: () => undefined,
  crashed: () => undefined,
  breakerOpened: () => undefined,
  memoryKept: () => undefined,
  refused: () => undefined,
  render: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
};
