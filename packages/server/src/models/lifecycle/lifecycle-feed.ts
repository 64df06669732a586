import type { Clock } from '../../shared/clock.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';
import type { ModelManager } from '../model-manager.ts';

/** An event with its place in the feed. */
export interface RecordedEvent {
  /** Names the run of the server too, so that an id of an earlier run is not mistaken for one of this. */
  readonly id: string;
  readonly atMs: number;
  readonly event: LifecycleEvent;
}

/** What a reader of the feed gets: events in order, and a gap where some that it asked for are no longer kept. */
export type FeedItem = RecordedEvent | { readonly id: string; readonly atMs: number; readonly event: { kind: 'gap' } };

/** One try to load a model. */
export interface LoadRecord {
  /** When it ended. */
  readonly atMs: number;
  readonly result: 'loaded' | 'failed' | 'cancelled';
  readonly ms: number;
  /** Why it failed. */
  readonly reason: string | null;
}

const KEPT_EVENTS = 2_000;
const KEPT_LOADS = 10;

/**
 * The last events of all models, for readers that come and go. It keeps a bounded number, and readers take them at their own pace: a
 * slow one costs no memory, it misses events and is told so.
 */
export class LifecycleFeed implements Disposable {
  readonly #clock: Clock;
  readonly #kept: number;
  readonly #run: string;
  readonly #subscription: Disposable;
  readonly #loads = new Map<string, LoadRecord[]>();
  readonly #begunMs = new Map<string, number>();
  readonly #readers = new Set<() => void>();
  #events: RecordedEvent[] = [];
  /** The number of the event that comes next; the first is 1. */
  #next = 1;

  constructor(source: Pick<ModelManager, 'onEvent'>, clock: Clock, kept: number = KEPT_EVENTS) {
    this.#clock = clock;
    this.#kept = kept;
    this.#run = clock.now().toString(36);
    this.#subscription = source.onEvent((event) => this.#record(event));
  }

  /** The last tries to load a model, newest last. */
  loadsOf(modelId: string): readonly LoadRecord[] {
    return this.#loads.get(modelId) ?? [];
  }

  /** Events after the one with this id, then those to come, until the signal aborts; null: only those to come. */
  async *follow(afterId: string | null, signal: AbortSignal): AsyncGenerator<FeedItem> {
    let at = this.#next;
    if (afterId !== null) {
      const known = this.#numberOf(afterId);
      at = known === null ? this.#first : known + 1;
      if (known === null) yield this.#gap(at);
    }
    while (!signal.aborted) {
      if (at < this.#first) {
        at = this.#first;
        yield this.#gap(at);
      }
      const item = this.#events[at - this.#first];
      if (item === undefined) await this.#changed(signal);
      else {
        at += 1;
        yield item;
      }
    }
  }

  /** Records nothing any more. */
  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }

  get #first(): number {
    return this.#next - this.#events.length;
  }

  #gap(at: number): FeedItem {
    return { id: this.#idOf(at - 1), atMs: this.#clock.now(), event: { kind: 'gap' } };
  }

  #idOf(number: number): string {
    return `${this.#run}-${number}`;
  }

  #numberOf(id: string): number | null {
    const [run, digits] = id.split('-');
    if (run !== this.#run || digits === undefined || !/^\d{1,15}$/.test(digits)) return null;
    return Math.min(Number(digits), this.#next - 1);
  }

  #record(event: LifecycleEvent): void {
    const atMs = this.#clock.now();
    this.#events.push({ id: this.#idOf(this.#next), atMs, event });
    this.#next += 1;
    // Cut in halves: cutting one at a time would move them all for each event.
    if (this.#events.length >= 2 * this.#kept) this.#events = this.#events.slice(-this.#kept);
    this.#recordLoad(event, atMs);
    const readers = [...this.#readers];
    this.#readers.clear();
    for (const wake of readers) wake();
  }

  #recordLoad(event: LifecycleEvent, atMs: number): void {
    const sinceMs = this.#begunMs.get(event.modelId) ?? atMs;
    const keep = (result: LoadRecord['result'], ms: number, reason: string | null): void => {
      const loads = [...(this.#loads.get(event.modelId) ?? []), { atMs, result, ms, reason }];
      this.#loads.set(event.modelId, loads.slice(-KEPT_LOADS));
    };
    if (event.kind === 'load-started') this.#begunMs.set(event.modelId, atMs);
    else if (event.kind === 'loaded') keep('loaded', event.loadMs, null);
    else if (event.kind === 'load-failed') keep('failed', atMs - sinceMs, event.reason);
    else if (event.kind === 'load-cancelled') keep('cancelled', atMs - sinceMs, null);
  }

  /** Settles with the next event, or when the signal aborts. */
  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#readers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#readers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
