import type { CatalogueEntry } from './catalogue/catalogue-schema.ts';
import type { ModelSpec } from './model-manager.ts';

/** What the configuration says of one model. */
export interface ModelOverrides {
  readonly idle_unload?: number | undefined;
  readonly threads?: number | undefined;
  readonly gpus?: readonly number[] | undefined;
  readonly queue_limit?: number | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface ModelSpecDefaults {
  /** Milliseconds; Infinity never unloads. */
  readonly idleMs: number;
  readonly threads: number;
  /** Settings that the configuration gives to this model by its role, under its own settings. */
  readonly roleSettings: Readonly<Record<string, unknown>>;
}

/** A catalogue entry as this server runs it: the configuration's settings lie over the role's, those over the catalogue's. */
export function modelSpec(entry: CatalogueEntry, overrides: ModelOverrides, defaults: ModelSpecDefaults): ModelSpec {
  const idleMs = overrides.idle_unload ?? defaults.idleMs;
  return {
    id: entry.id,
    task: entry.task,
    engine: entry.engine,
    title: entry.title,
    licence: entry.licence,
    input: entry.input,
    languages: entry.languages,
    voices: entry.voices,
    settings: { ...entry.settings, ...defaults.roleSettings, ...overrides.settings },
    threads: overrides.threads ?? defaults.threads,
    ...(overrides.gpus !== undefined && { gpus: overrides.gpus }),
    idleMs: Number.isFinite(idleMs) ? idleMs : null,
    ...(overrides.queue_limit !== undefined && { queueLimit: overrides.queue_limit }),
    fileBytes: loadedBytes(entry),
  };
}

/** Bytes of the files that the engine is given. */
function loadedBytes(entry: CatalogueEntry): number {
  const files = [...entry.files, ...entry.imports.flatMap((step) => step.makes)];
  const loaded = entry.loads === undefined ? files : files.filter((file) => entry.loads?.includes(file.name));
  return loaded.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
}
