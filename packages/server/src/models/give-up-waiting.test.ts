import { expect, test } from 'vitest';
import { giveUpWaiting } from './give-up-waiting.ts';
import type { ModelManager, ModelStatus, SlotState } from './model-manager.ts';
import { testSpec } from './test-spec.ts';

function managerOf(state: SlotState, loadMs: number | null = null) {
  const preloaded: string[] = [];
  const status: ModelStatus = {
    model: testSpec({ id: 'a', task: 'chat' }),
    state,
    waiters: 1,
    concurrency: 1,
    reserved: {},
    measured: null,
    expected: {},
    lastUsedMs: null,
    loadMs,
    pinned: false,
    keepAliveMs: null,
    expiresMs: null,
    shrunk: false,
  };
  const manager: Pick<ModelManager, 'status' | 'preload'> = {
    status: () => ({ models: [status], memory: { devices: [] } }),
    preload: ([id]) => {
      preloaded.push(id ?? '');
      return Promise.reject(new Error('it fails later'));
    },
  };
  return { manager, preloaded };
}

test('a load goes on though the request that began it gives up waiting', () => {
  const { manager, preloaded } = managerOf({ kind: 'loading', sinceMs: 0, progress: null });
  expect(giveUpWaiting(manager, 'a', 20_000)).toMatchObject({ why: 'loading' });
  expect(preloaded).toEqual(['a']);
});

test('the time to come again is what the last load leaves of this one', () => {
  const loading = { kind: 'loading', sinceMs: 0, progress: null } as const;
  expect(giveUpWaiting(managerOf(loading, 90_000).manager, 'a', 30_000).retryAfterSeconds).toBe(60);
  // Longer than the last one already: as long again.
  expect(giveUpWaiting(managerOf(loading, 10_000).manager, 'a', 30_000).retryAfterSeconds).toBe(30);
  // Never loaded before.
  expect(giveUpWaiting(managerOf(loading).manager, 'a', 30_000).retryAfterSeconds).toBe(30);
  expect(giveUpWaiting(managerOf({ kind: 'unloaded' }).manager, 'a', 30_000).retryAfterSeconds).toBe(15);
});

test('a busy model is not loaded again', () => {
  const { manager, preloaded } = managerOf({ kind: 'ready', users: 4, pid: 1 });
  expect(giveUpWaiting(manager, 'a', 30_000)).toEqual({ why: 'busy', retryAfterSeconds: 15 });
  expect(preloaded).toEqual([]);
});
