import type { CatalogueEntry, FileSource, Import } from './catalogue-schema.ts';

/** A file whose size and digest are known: from the catalogue, or pinned when it was first pulled. */
export interface ConcreteFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 in lower-case hex. */
  readonly sha256: string;
  /** Empty for files that an importer makes. */
  readonly sources: readonly FileSource[];
}

/** Everything a model consists of, digests known. */
export interface ConcreteModel {
  readonly id: string;
  readonly fetched: readonly ConcreteFile[];
  readonly imports: readonly Import[];
  /** What the engine is given. */
  readonly loads: readonly ConcreteFile[];
}

/** Whether some digest of this entry is only known once a hub was asked. */
export function needsPin(entry: CatalogueEntry): boolean {
  return entry.snapshot !== undefined || entry.files.some((file) => file.sha256 === null);
}

/** Joins an entry with what was pinned for it; null when something is not pinned yet. */
export function concreteModel(entry: CatalogueEntry, pinned: readonly ConcreteFile[] | null): ConcreteModel | null {
  const pins = new Map(pinned?.map((file) => [file.name, file]));
  if (entry.snapshot !== undefined && pinned === null) return null;
  const fetched: ConcreteFile[] = [];
  for (const file of entry.files) {
    const known = file.sha256 === null ? pins.get(file.name) : { ...file, sha256: file.sha256 };
    if (known === undefined) return null;
    fetched.push({ ...known, sources: file.sources });
  }
  for (const file of pins.values()) if (!fetched.some((other) => other.name === file.name)) fetched.push(file);
  const made = entry.imports.flatMap((step) => step.makes).map((file) => ({ ...file, sources: [] }));
  const loads = [...fetched, ...made].filter((file) => entry.loads?.includes(file.name) ?? true);
  return { id: entry.id, fetched, imports: entry.imports, loads };
}

/** Files to fetch and imports to run, so that everything the engine loads is there. */
export interface PullPlan {
  readonly fetch: readonly ConcreteFile[];
  readonly imports: readonly Import[];
}

/** Decides what is missing; an import whose results are there needs none of its inputs. */
export function planPull(model: ConcreteModel, isThere: (sha256: string) => boolean): PullPlan {
  const missing = new Set(model.loads.filter((file) => !isThere(file.sha256)).map((file) => file.name));
  const imports = model.imports.filter((step) => step.makes.some((file) => missing.has(file.name)));
  const wanted = new Set([...missing, ...imports.flatMap((step) => step.from)]);
  return { fetch: model.fetched.filter((file) => wanted.has(file.name) && !isThere(file.sha256)), imports };
}
