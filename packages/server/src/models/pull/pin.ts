import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../shared/log.ts';
import { GatewayError, isAbort } from '../../shared/errors.ts';
import type { CatalogueEntry, FileSource, HubSnapshot } from '../catalogue/catalogue-schema.ts';
import type { ConcreteFile } from '../catalogue/concrete-file.ts';
import { gitObjectId } from './git-object-id.ts';
import { type ListedFile, type Listing, SourceError, type WeightSource } from '../sources/source.ts';
import type { FileStore } from '../store/store.ts';

type Repository = HubSnapshot['sources'][number];
type HubSource = Extract<FileSource, { kind: Repository['kind'] }>;

export interface PinDeps {
  readonly store: FileStore;
  readonly sources: readonly WeightSource[];
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Asks the hubs, in order, for the digests that an entry leaves open, and keeps them in the store for good: the next pull
 * and every load are held to them. Throws `model_missing` with each hub's reason when none could tell.
 */
export async function pinModel(entry: CatalogueEntry, deps: PinDeps): Promise<void> {
  const reasons: string[] = [];
  for (const source of deps.sources) {
    if (source.list === undefined) continue;
    try {
      const files = await pinsFrom(entry, source, deps);
      if (files === null) continue;
      await deps.store.pin(entry.id, files);
      deps.log.info(
        { model: entry.id, source: source.kind, files: files.length },
        'digests taken from the hub and pinned',
      );
      return;
    } catch (error) {
      deps.signal.throwIfAborted();
      if (isAbort(error) || !(error instanceof SourceError)) throw error;
      deps.log.warn({ model: entry.id, source: source.kind, why: error.message }, 'source failed, trying the next');
      reasons.push(`${source.kind}: ${error.message}`);
    }
  }
  throw new GatewayError(
    'model_missing',
    `${entry.id} is published on hubs only, and none could be asked (${reasons.join('; ') || 'none is configured'}); ` +
      `clone it elsewhere and run \`npx concert pull ${entry.id} --from-dir FOLDER\``,
  );
}

/** Whether a file name matches a pattern in which `*` stands for any run of characters. */
export function matchesPattern(name: string, pattern: string): boolean {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`).test(name);
}

/** Required files that are not among `names`, in a sentence's words. */
export function missingRequirements(snapshot: HubSnapshot, names: readonly string[]): string[] {
  return snapshot.requires
    .filter((wanted) => ![wanted.name, ...wanted.instead].some((name) => names.includes(name)))
    .map((wanted) => [wanted.name, ...wanted.instead].join(' or '));
}

/** Null where this source has no part of the entry. */
async function pinsFrom(entry: CatalogueEntry, source: WeightSource, deps: PinDeps): Promise<ConcreteFile[] | null> {
  const listings = new Map<string, Promise<Listing>>();
  const list = (repository: Repository): Promise<Listing> => {
    const key = `${repository.repo}@${repository.revision}`;
    const listing = listings.get(key) ?? (source.list?.(repository, deps.signal) as Promise<Listing>);
    listings.set(key, listing);
    return listing;
  };
  const pins: ConcreteFile[] = [];
  for (const file of entry.files) {
    if (file.sha256 !== null) continue;
    const at = file.sources.find((candidate): candidate is HubSource => candidate.kind === source.kind);
    if (at === undefined) return null;
    const listed = (await list(at)).files.find((candidate) => candidate.path === at.path);
    if (listed === undefined) throw new SourceError(`its repository has no ${at.path}`);
    pins.push(await pinFile({ name: file.name, listed, repository: at, sources: file.sources }, source, deps));
  }
  const { snapshot } = entry;
  if (snapshot === undefined) return pins;
  const repository = snapshot.sources.find((candidate) => candidate.kind === source.kind);
  if (repository === undefined) return null;
  const listing = await list(repository);
  const wanted = listing.files.filter((file) =>
    snapshot.include.some((pattern) => matchesPattern(file.path, pattern) && !file.path.includes('/')),
  );
  const lacking = missingRequirements(
    snapshot,
    wanted.map((file) => file.path),
  );
  if (lacking.length > 0) throw new SourceError(`its repository has no ${lacking.join(', no ')}`);
  for (const listed of wanted) {
    // A commit, where the hub tells one, keeps list and files together; the other hubs follow with the same digest.
    const sources = snapshot.sources.map((at) => ({
      ...at,
      revision: at.kind === source.kind ? listing.revision : at.revision,
      path: listed.path,
    }));
    pins.push(
      await pinFile(
        { name: listed.path, listed, repository: { ...repository, revision: listing.revision }, sources },
        source,
        deps,
      ),
    );
  }
  return pins;
}

interface Wanted {
  readonly name: string;
  readonly listed: ListedFile;
  readonly repository: Repository;
  readonly sources: readonly FileSource[];
}

/** Small files have only a git id on the hub: they are fetched at once, checked against it, and stored. */
async function pinFile(wanted: Wanted, source: WeightSource, deps: PinDeps): Promise<ConcreteFile> {
  const { name, listed, sources } = wanted;
  if (listed.sha256 !== null) return { name, bytes: listed.bytes, sha256: listed.sha256, sources };
  if (listed.gitOid === null || source.read === undefined) throw new SourceError(`it publishes no digest of ${name}`);
  const content = await source.read(wanted.repository, listed.path, deps.signal);
  const found = gitObjectId(content);
  if (found !== listed.gitOid) throw new SourceError(`${name} has the git id ${found} instead of ${listed.gitOid}`);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const partial = join(deps.store.partialFolder, `${sha256}.${process.pid}.pin`);
  await mkdir(deps.store.partialFolder, { recursive: true });
  await writeFile(partial, content);
  await deps.store.land(partial, sha256);
  return { name, bytes: content.length, sha256, sources };
}
