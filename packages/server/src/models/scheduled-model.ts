import type { EngineDefinition, EngineModel } from '../engines/engine-definition.ts';
import type { Gpu } from '../machine/machine.ts';
import { restrictGpus } from '../machine/restrict-gpus.ts';
import type { LearnedSizes } from './memory/learned-sizes.ts';
import type { ModelSpec } from './model-manager.ts';
import type { ScheduledModel, Variant } from './scheduler/slot.ts';

/** A model as the scheduler sees it: sizes by its engine's estimate, or by what was measured in earlier runs. */
export function scheduledModel(
  model: ModelSpec,
  definition: EngineDefinition,
  {
    gpus: all,
    learned,
  }: { readonly gpus: readonly Gpu[]; readonly learned?: Pick<LearnedSizes, 'expected' | 'loadsMs'> },
): ScheduledModel {
  const gpus = restrictGpus(all, model);
  const smaller = definition.shrink?.(model.settings) ?? null;
  const full = variant(model, definition, gpus);
  return {
    id: model.id,
    ...full,
    placements: full.placements.map((estimate) => learned?.expected(model, estimate) ?? estimate),
    shrunk: smaller === null ? null : variant({ ...model, settings: smaller }, definition, gpus),
    idleMs: model.idleMs,
    ...(model.queueLimit !== undefined && { queueLimit: model.queueLimit }),
    asleep: (awake) => definition.sleepFootprint?.(model, awake) ?? null,
    loadsMs: learned?.loadsMs(model) ?? [],
  };
}

function variant(model: EngineModel, definition: EngineDefinition, gpus: readonly Gpu[]): Variant {
  const placements = definition.placements?.(model, gpus) ?? [{ ram: definition.estimateBytes(model) }];
  return { placements, concurrency: definition.concurrency(model) };
}
