import type { z } from 'zod';
import type { Gpu } from '../../machine/machine.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { EngineDefinition } from '../engine-definition.ts';
import { askEngine, findVersion, isAtLeast } from './engine-version.ts';
import { type GpuSettings, gpuModelHostBytes, gpuPlacements } from './gpu-model.ts';
import type { Launcher } from './launcher.ts';
import { refuseArguments, type RefusedFlags } from './refuse-arguments.ts';
import { halveContext } from './settings.ts';
import { startLaunched } from './start-launched.ts';

/** An engine that runs safetensors models on GPUs alone: what is its own. */
export interface GpuEngine<S extends GpuSettings> extends Pick<
  Launcher,
  'title' | 'warning' | 'launch' | 'logRules' | 'workers'
> {
  readonly name: string;
  /** The Python package that it is. */
  readonly package: string;
  /** The program with its first arguments, where the settings name none. */
  readonly command: readonly string[];
  /** How the program tells its version; null: only its package does. */
  readonly versionFlag: string | null;
  readonly leastVersion: string;
  readonly refused: RefusedFlags;
  readonly settings: z.ZodType<S>;
  readonly vendors: readonly Gpu['vendor'][];
  /** The least compute capability, where a GPU tells its own. */
  readonly computeCapability: number;
  /** A port where nothing is said. */
  listen?(settings: S): 'socket' | 'port';
  /** Throws `model_failed` where the settings would break a promise. */
  refuseSettings?(settings: S, modelId: string): void;
  readonly sleepFootprint?: NonNullable<EngineDefinition<'chat'>['sleepFootprint']>;
}

/** The definition of such an engine. Its program is asked for its version once. */
export function gpuEngine<S extends GpuSettings>(engine: GpuEngine<S>): EngineDefinition<'chat'> {
  const { name, settings, vendors, computeCapability, sleepFootprint } = engine;
  return {
    name,
    task: 'chat',
    estimateBytes: (model) => gpuModelHostBytes(settings.parse(model.settings)),
    concurrency: (model) => settings.parse(model.settings).maxSequences,
    placements: (model, gpus) =>
      gpuPlacements(model, settings.parse(model.settings), gpus, { vendors, computeCapability }),
    shrink: (raw) => halveContext(raw, settings.parse(raw)),
    ...(sleepFootprint === undefined ? {} : { sleepFootprint }),
    start: startLaunched(gpuLauncher(engine)),
  };
}

function gpuLauncher<S extends GpuSettings>(engine: GpuEngine<S>): Launcher {
  const { title, settings, warning, launch, logRules, workers } = engine;
  const versions = new Map<string, string>();
  return {
    title,
    settings: (raw) => settings.parse(raw),
    listen: (raw) => engine.listen?.(settings.parse(raw)) ?? 'port',
    async ask(options, signal) {
      const parsed = settings.parse(options.settings);
      engine.refuseSettings?.(parsed, options.modelId);
      refuseArguments(options.modelId, [...parsed.cardArgs, ...parsed.args], engine.refused);
      const least = parsed.minimumVersion ?? engine.leastVersion;
      const install = `pip install '${engine.package}>=${least}'`;
      const question = versionQuestion(engine, parsed.command ?? engine.command);
      const program = question.join('\0');
      const said = versions.get(program) ?? findVersion(await askEngine(question, { name: title, install, signal }));
      if (said === null || !isAtLeast(said, least)) {
        const is = said === null ? 'does not tell its version' : `is ${said}`;
        throw new GatewayError(
          'model_failed',
          `the model ${options.modelId} needs ${title} ${least} or newer, and the installed one ${is}: ${install}`,
        );
      }
      versions.set(program, said);
      return said;
    },
    ...(warning === undefined ? {} : { warning }),
    launch,
    logRules,
    workers,
  };
}

function versionQuestion(
  engine: { readonly versionFlag: string | null; readonly package: string },
  command: readonly string[],
): readonly string[] {
  const module = command.includes('-m');
  if (!module && engine.versionFlag !== null) return [...command, engine.versionFlag];
  // `python -m …` would start the engine; its package knows the version without importing it.
  const python = module ? (command[0] ?? 'python3') : 'python3';
  return [python, '-c', `from importlib.metadata import version; print(version('${engine.package}'))`];
}
