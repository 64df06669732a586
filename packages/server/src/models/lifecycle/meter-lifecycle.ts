import type { Metrics } from '../../shared/metrics.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';

/** Counts what happened to a model. */
export function meterLifecycle(event: LifecycleEvent, metrics: Metrics): void {
  const { modelId } = event;
  switch (event.kind) {
    case 'load-started':
      return metrics.loadStarted(modelId, event.reason);
    case 'loaded':
      return metrics.loaded(modelId, event.loadMs);
    case 'load-failed':
      return metrics.loadFailed(modelId, event.outOfMemory ? 'out_of_memory' : 'failed');
    case 'load-cancelled':
      return metrics.loadFailed(modelId, 'cancelled');
    case 'unloaded':
      return metrics.unloaded(modelId, event.reason, event.unloadMs);
    case 'slept':
      return metrics.slept(modelId);
    case 'woke':
      return metrics.woke(modelId, event.wakeMs);
    case 'crashed':
      return metrics.crashed(modelId);
    case 'breaker-opened':
      return metrics.breakerOpened(modelId);
    case 'memory-kept':
      return metrics.memoryKept(modelId, event.device);
    case 'granted':
      return metrics.waited(modelId, event.waitedMs);
    case 'refused':
      return metrics.refused(modelId, event.code);
    case 'load-progress':
    case 'unload-started':
    case 'released':
      return;
    default:
      event satisfies never;
  }
}
