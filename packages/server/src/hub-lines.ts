import type { LifecycleEvent } from './models/lifecycle/lifecycle-event.ts';
import { devicesOf } from './shared/footprint.ts';

/** The central model as the log speaks of it. */
export interface HubLines {
  /** The model behind the name. */
  readonly modelId: string;
  readonly servedName: string;
  /** Whether its engine cuts every layer over its GPUs, rather than giving each some layers. */
  readonly tensorParallel: boolean;
  /** Where its weights lie. */
  readonly weights: string;
}

/** What the log says when the central model is loaded: the lines that the system's description prints, with what is true here. */
export function hubLines(event: LifecycleEvent, hub: HubLines): readonly string[] {
  if (event.kind !== 'load-started' && event.kind !== 'loaded') return [];
  if (event.modelId !== hub.modelId) return [];
  const gpus = devicesOf(event.reserved).filter((device) => device !== 'ram').length;
  if (event.kind === 'load-started') {
    if (gpus < 2) return [];
    return [
      hub.tensorParallel ? `Using tensor parallelism with ${gpus} GPUs` : `Its layers are spread over ${gpus} GPUs`,
    ];
  }
  return [
    `Loaded model weights from ${hub.weights}`,
    `Model '${hub.servedName}' loaded successfully with ${gpus} ${gpus === 1 ? 'GPU' : 'GPUs'}.`,
  ];
}
