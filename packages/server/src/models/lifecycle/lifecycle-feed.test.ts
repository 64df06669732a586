import { expect, test } from 'vitest';
import type { Clock } from '../../shared/clock.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';
import { LifecycleFeed } from './lifecycle-feed.ts';

function openFeed(kept?: number) {
  let tell: (event: LifecycleEvent) => void = () => undefined;
  let nowMs = 1_000_000;
  const clock: Clock = { now: () => nowMs, after: () => () => undefined };
  const source = {
    onEvent: (listener: typeof tell) => {
      tell = listener;
      return { [Symbol.dispose]: () => (tell = () => undefined) };
    },
  };
  const feed = new LifecycleFeed(source, clock, kept);
  return {
    feed,
    tell: (...events: readonly LifecycleEvent[]) => events.forEach((event) => tell(event)),
    pass: (ms: number) => (nowMs += ms),
  };
}

const crash = (modelId: string): LifecycleEvent => ({ kind: 'crashed', modelId, reason: 'it fell over' });

/** The first `count` items after an id: model ids, or `gap`. */
async function read(feed: LifecycleFeed, after: string | null, count: number): Promise<string[]> {
  const stop = new AbortController();
  const found: string[] = [];
  for await (const { event } of feed.follow(after, stop.signal)) {
    found.push(event.kind === 'gap' ? 'gap' : event.modelId);
    if (found.length === count) stop.abort();
  }
  return found;
}

test('a reader gets what happens from now on, in order', async () => {
  const { feed, tell } = openFeed();
  tell(crash('before'));
  const reading = read(feed, null, 2);
  await Promise.resolve();
  tell(crash('a'), crash('b'));
  expect(await reading).toEqual(['a', 'b']);
});

test('a reader that comes again goes on after the event it saw last', async () => {
  const { feed, tell } = openFeed();
  tell(crash('a'), crash('b'), crash('c'));
  const stop = new AbortController();
  const ids: string[] = [];
  const all = feed.follow('0', stop.signal);
  for (let at = 0; at < 4; at++) ids.push(((await all.next()).value as { id: string }).id);
  stop.abort();
  expect(await read(feed, ids[1] ?? null, 2)).toEqual(['b', 'c']);
});

test('an id of an earlier run, or of an event no longer kept, is told as a gap', async () => {
  const { feed, tell } = openFeed(3);
  const stop = new AbortController();
  const follower = feed.follow(null, stop.signal);
  const first = follower.next();
  tell(crash('first'));
  const { id } = (await first).value as { id: string };
  for (let at = 0; at < 20; at++) tell(crash(`m${at}`));
  stop.abort();
  expect((await read(feed, id, 2))[0]).toBe('gap');
  expect((await read(feed, 'another-7', 1))[0]).toBe('gap');
  expect((await read(feed, '__proto__', 1))[0]).toBe('gap');
});

test('the feed keeps a bounded number of events, and a slow reader misses some and is told', async () => {
  const { feed, tell } = openFeed(10);
  const stop = new AbortController();
  const slow = feed.follow(null, stop.signal);
  const first = slow.next();
  await Promise.resolve();
  for (let at = 0; at < 1_000; at++) tell(crash(`m${at}`));
  expect((await first).value).toMatchObject({ event: { kind: 'gap' } });
  const rest: string[] = [];
  for (let at = 0; at < 10; at++)
    rest.push(((await slow.next()).value as { event: { modelId: string } }).event.modelId);
  stop.abort();
  expect(rest.at(0)).toMatch(/^m98\d|m99\d$/);
  expect((await slow.next()).done).toBe(true);
});

test('each model keeps the record of its last ten loads', () => {
  const { feed, tell, pass } = openFeed();
  const began: LifecycleEvent = { kind: 'load-started', modelId: 'a', reason: 'asked', reserved: {}, shrunk: false };
  tell(began);
  pass(70);
  tell({ kind: 'load-failed', modelId: 'a', reason: 'no memory', outOfMemory: true });
  tell(began);
  pass(30);
  tell({ kind: 'load-cancelled', modelId: 'a' });
  tell({ kind: 'loaded', modelId: 'a', loadMs: 400, measured: null, reserved: {}, pid: 1 });
  expect(feed.loadsOf('a')).toEqual([
    { atMs: 1_000_070, result: 'failed', ms: 70, reason: 'no memory' },
    { atMs: 1_000_100, result: 'cancelled', ms: 30, reason: null },
    { atMs: 1_000_100, result: 'loaded', ms: 400, reason: null },
  ]);
  for (let at = 0; at < 30; at++) tell({ kind: 'load-cancelled', modelId: 'a' });
  expect(feed.loadsOf('a')).toHaveLength(10);
  expect(feed.loadsOf('b')).toEqual([]);
});
