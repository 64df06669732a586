import { merged } from './merged.ts';

/** Begins the work on one of several answers; ends soon when `signal` aborts. */
type BeginChoice<T> = (choice: number, signal: AbortSignal) => AsyncGenerator<T>;

/** An event of one of several answers. */
interface OfChoice<T> {
  readonly choice: number;
  readonly event: T;
}

/**
 * Does the work on `count` answers at once and tells the events of each as they come. The failure of one ends the others, as does ending the
 * iteration; either waits until nothing of them runs any more.
 */
export async function* mergeChoices<T>(
  count: number,
  begin: BeginChoice<T>,
  signal: AbortSignal,
): AsyncGenerator<OfChoice<T>> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const runs = Array.from({ length: count }, (_, choice) => begin(choice, either));
  try {
    yield* merged(runs.map((run, choice) => ofChoice(run, choice)));
  } finally {
    stop.abort();
    await Promise.allSettled(runs.map((run) => run.return(undefined)));
  }
}

async function* ofChoice<T>(events: AsyncGenerator<T>, choice: number): AsyncGenerator<OfChoice<T>> {
  for await (const event of events) yield { choice, event };
}
