import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { EngineOptions } from './engines/engine.ts';
import { ENGINES } from './engines/registry.ts';
import { startWorker } from './engines/worker/host.ts';
import { hubLines } from './hub-lines.ts';
import { readGpuUse } from './machine/gpu-processes.ts';
import type { Gpu, Machine } from './machine/machine.ts';
import { systemProbe } from './machine/probe.ts';
import type { Catalogue } from './models/catalogue/catalogue.ts';
import type { LearnedSizes } from './models/memory/learned-sizes.ts';
import { createModelManager } from './models/manager.ts';
import { createMemoryLedger } from './models/memory/memory-ledger.ts';
import type { ModelManager, ModelSpec } from './models/model-manager.ts';
import type { Profile } from './models/profile/profile.ts';
import type { FileStore } from './models/store/store.ts';
import { modelSpecs } from './services.ts';
import { systemClock } from './shared/clock.ts';
import type { Footprint } from './shared/footprint.ts';
import type { Log } from './shared/log.ts';
import { defaultBudgetBytes } from './shared/process-memory.ts';

export interface StartModels {
  readonly config: Config;
  /** Its settings completed from the weights' headers. */
  readonly catalogue: Catalogue;
  readonly profile: Profile;
  readonly store: FileStore;
  readonly log: Log;
  readonly machine: Machine;
  readonly learned: LearnedSizes;
}

/** Of what is free on a GPU at the start; drivers and fragments take the rest. */
const GPU_SHARE = 0.95;
/**
 * Of the budget for RAM: models grow a little while they answer, and what processes share counts for those that are left when one ends. GPUs
 * have theirs in `GPU_SHARE`.
 */
const HEADROOM_SHARE = 0.02;
const MOST_HEADROOM_BYTES = 512 * 1024 * 1024;
/** Engines that cut every layer over their GPUs. */
const TENSOR_PARALLEL = new Set(['vllm', 'sglang', 'trtllm']);

/** The manager of the profile's models, with the budgets that configuration and machine give; nothing is loaded yet. The caller closes it. */
export async function startModels(start: StartModels): Promise<ModelManager> {
  const { config, catalogue, store, log, machine, learned } = start;
  const specs = modelSpecs(config, catalogue, start.profile, machine.cores);
  // Memory that a GPU shares with the processor is counted as the machine's own.
  const cards = machine.gpus.filter((gpu) => !gpu.unified);
  const budgets = await memoryBudgets(config, cards);
  announceBudgets(log, { specs, cards, budgets });
  const probe = systemProbe(config.machineEnvironment);
  const ledger = createMemoryLedger({
    folder: join(config.home, 'run'),
    readGpuUse: cards.length > 0 ? () => readGpuUse(probe) : null,
    clock: systemClock,
    log,
  });
  const models = createModelManager({
    models: specs,
    weights: store,
    startWorker,
    engines: ENGINES,
    budgets,
    headroom: { ram: Math.min(MOST_HEADROOM_BYTES, Math.floor((budgets.ram ?? 0) * HEADROOM_SHARE)) },
    deviceNames: { ram: 'RAM', ...Object.fromEntries(cards.map(({ id, name }) => [id, name])) },
    gpus: machine.gpus,
    logFile: (modelId) => join(config.home, 'logs', `${modelId}.log`),
    stateFolder: (modelId) => stateFolder(config, modelId),
    clock: systemClock,
    log,
    readUse: ledger.readUse,
    awaitReturn: ledger.awaitReturn,
    onProcess: ledger,
    learned,
    queueLimit: config.queue.limit,
    patienceMs: config.queue.patience,
  });
  announceHub(models, start);
  for (const { id } of specs) if (config.models[id]?.pinned === true) models.setPinned(id, true);
  return models;
}

async function memoryBudgets({ memory }: Config, cards: readonly Gpu[]): Promise<Footprint> {
  const ram = memory.budget === 'auto' ? await defaultBudgetBytes() : memory.budget;
  const onCard = ({ freeBytes }: Gpu): number => {
    const free = Math.floor(freeBytes * GPU_SHARE);
    return memory.gpu_budget === 'auto' ? free : Math.min(free, memory.gpu_budget);
  };
  return { ram, ...Object.fromEntries(cards.map((card) => [card.id, onCard(card)])) };
}

function announceBudgets(
  log: Log,
  found: { readonly specs: readonly ModelSpec[]; readonly cards: readonly Gpu[]; readonly budgets: Footprint },
): void {
  const threads = found.specs[0]?.threads ?? 1;
  const each = threads === 1 ? 'one thread' : `up to ${threads} threads`;
  const cards =
    found.cards.length === 0 ? 'there is no GPU' : `GPUs: ${found.cards.map(({ name }) => name).join(', ')}`;
  log.info({ budgets: found.budgets }, `Using the CPU with ${each} for each model; ${cards}`);
}

/** Where a model's engine finds again what it kept: readable for this user alone, since conversations lie there. */
function stateFolder({ home, memory }: Config, modelId: string): EngineOptions['state'] {
  const folder = join(home, 'state', modelId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { folder, bytes: memory.saved_conversations === 'off' ? 0 : memory.saved_conversations };
}

/** Tells of the central model in the words of the original server. */
function announceHub(models: ModelManager, { config, catalogue, profile, store, log }: StartModels): void {
  const hub = catalogue.get(profile.roles.chat);
  models.onEvent((event) => {
    const lines = hubLines(event, {
      modelId: hub.id,
      servedName: config.served_model_name,
      tensorParallel: TENSOR_PARALLEL.has(hub.engine),
      weights: store.modelPath(hub.id, ''),
    });
    for (const line of lines) log.info({}, line);
  });
}
