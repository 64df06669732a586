import { expect, test } from 'vitest';
import { createMetrics } from '../../shared/prometheus.ts';
import { readMetrics } from '../../shared/read-metrics.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';
import { meterLifecycle } from './meter-lifecycle.ts';

const EVENTS: readonly LifecycleEvent[] = [
  { kind: 'load-started', modelId: 'a', reason: 'request', reserved: { ram: 5 }, shrunk: false },
  { kind: 'load-progress', modelId: 'a', stage: 'weights', fraction: 0.5 },
  { kind: 'loaded', modelId: 'a', loadMs: 1_500, measured: { ram: 4 }, reserved: { ram: 5 }, pid: 1 },
  { kind: 'granted', modelId: 'a', waitedMs: 1_600, users: 1 },
  { kind: 'released', modelId: 'a', heldMs: 100, users: 0 },
  { kind: 'unload-started', modelId: 'a', reason: 'evicted' },
  { kind: 'memory-kept', modelId: 'a', device: 'ram', bytes: 3, holders: [] },
  { kind: 'unloaded', modelId: 'a', reason: 'evicted', freed: { ram: 4 }, unloadMs: 300 },
  { kind: 'load-started', modelId: 'a', reason: 'prefetch', reserved: {}, shrunk: true },
  { kind: 'load-failed', modelId: 'a', reason: 'no memory', outOfMemory: true },
  { kind: 'load-failed', modelId: 'a', reason: 'damaged', outOfMemory: false },
  { kind: 'load-cancelled', modelId: 'a' },
  { kind: 'crashed', modelId: 'a', reason: 'killed' },
  { kind: 'breaker-opened', modelId: 'a', reason: 'three times', retryAtMs: 9 },
  { kind: 'slept', modelId: 'a', freed: {}, sleepMs: 10 },
  { kind: 'woke', modelId: 'a', wakeMs: 700 },
  { kind: 'refused', modelId: 'a', code: 'queue_full' },
];

test('everything that happens to a model is counted by why it happened', async () => {
  const metrics = createMetrics('0');
  for (const event of EVENTS) meterLifecycle(event, metrics);
  const { text } = await metrics.render({ models: [], devices: [] });
  const values = readMetrics(text);
  const series = [...values].filter(([name]) => name.includes('model="a"') && !name.includes('_bucket'));
  expect(Object.fromEntries(series)).toEqual({
    'concert_model_loads_total{model="a",reason="request"}': 1,
    'concert_model_loads_total{model="a",reason="prefetch"}': 1,
    'concert_model_load_seconds_sum{model="a"}': 1.5,
    'concert_model_load_seconds_count{model="a"}': 1,
    'concert_model_wait_seconds_sum{model="a"}': 1.6,
    'concert_model_wait_seconds_count{model="a"}': 1,
    'concert_memory_kept_total{model="a",device="ram"}': 1,
    'concert_model_unloads_total{model="a",reason="evicted"}': 1,
    'concert_model_unload_seconds_sum{model="a"}': 0.3,
    'concert_model_unload_seconds_count{model="a"}': 1,
    'concert_model_load_failures_total{model="a",reason="out_of_memory"}': 1,
    'concert_model_load_failures_total{model="a",reason="failed"}': 1,
    'concert_model_load_failures_total{model="a",reason="cancelled"}': 1,
    'concert_model_crashes_total{model="a"}': 1,
    'concert_model_breaker_openings_total{model="a"}': 1,
    'concert_model_sleeps_total{model="a"}': 1,
    'concert_model_wake_seconds_sum{model="a"}': 0.7,
    'concert_model_wake_seconds_count{model="a"}': 1,
    'concert_model_refusals_total{model="a",code="queue_full"}': 1,
  });
});
