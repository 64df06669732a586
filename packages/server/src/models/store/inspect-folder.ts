import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CatalogueEntry, HubSnapshot } from '../catalogue/catalogue-schema.ts';
import type { ConcreteFile } from '../catalogue/concrete-file.ts';
import { gitObjectId } from '../pull/git-object-id.ts';
import { hashFile } from './hash-file.ts';
import { matchesPattern } from '../pull/pin.ts';
import { type PublishedDigest, publishedDigests, readLfsPointer } from '../pull/published-digests.ts';
import { FolderSource, listFolder } from '../sources/folder.ts';

/** What was found of one file that a model needs. */
interface FolderFile {
  readonly name: string;
  readonly state: 'verified' | 'unverified' | 'missing' | 'wrong';
  /** A sentence for people. */
  readonly detail: string;
}

export interface FolderReport {
  readonly files: readonly FolderFile[];
  /** What to take; null when something is missing or wrong. */
  readonly take: readonly ConcreteFile[] | null;
}

const POINTER_BYTES = 1024;

/**
 * Checks a folder (a cloned hub repository) for everything a model needs, by name and by every digest that is known: the
 * catalogue's, or those that the hub left in the folder. Throws where the folder cannot be read, or the signal's reason.
 */
export async function inspectFolder(entry: CatalogueEntry, folder: string, signal: AbortSignal): Promise<FolderReport> {
  const paths = await listFolder(folder);
  const source = await FolderSource.open(folder);
  const files: FolderFile[] = [];
  const take: ConcreteFile[] = [];
  const add = async (name: string, path: string | undefined, expected: PublishedDigest | undefined): Promise<void> => {
    const found = path === undefined ? null : await inspectFile(name, path, expected, signal);
    files.push(found?.file ?? { name, state: 'missing', detail: 'missing' });
    if (typeof found?.sha256 === 'string' && path !== undefined)
      take.push({ name, bytes: (await stat(path)).size, sha256: found.sha256, sources: [] });
  };
  for (const file of entry.files) {
    const path = source.find(file);
    const known =
      file.sha256 === null
        ? (await publishedDigests(folder, [basename(path ?? '')])).get(basename(path ?? ''))
        : undefined;
    await add(file.name, path, file.sha256 === null ? known : { kind: 'sha256', digest: file.sha256 });
  }
  if (entry.snapshot !== undefined) {
    const { wanted, notes } = await wantedNames(entry.snapshot, paths);
    const published = await publishedDigests(folder, wanted);
    for (const name of wanted) await add(name, paths.get(name), published.get(name));
    files.push(...notes);
  }
  const whole = files.every((file) => file.state === 'verified' || file.state === 'unverified');
  return { files, take: whole ? take : null };
}

async function inspectFile(
  name: string,
  path: string,
  expected: PublishedDigest | undefined,
  signal: AbortSignal,
): Promise<{ file: FolderFile; sha256: string | null }> {
  const { size } = await stat(path);
  if (size <= POINTER_BYTES && readLfsPointer(await readFile(path, 'utf8')) !== null) {
    const detail = 'only a Git LFS pointer stands there: run `git lfs pull` in that folder';
    return { file: { name, state: 'missing', detail }, sha256: null };
  }
  const sha256 = await hashFile(path, signal);
  if (expected === undefined)
    return {
      file: { name, state: 'unverified', detail: `found; SHA-256 ${sha256}, no published digest is known` },
      sha256,
    };
  const found = expected.kind === 'sha256' ? sha256 : gitObjectId(await readFile(path));
  if (found === expected.digest)
    return { file: { name, state: 'verified', detail: 'found, digest as published' }, sha256 };
  return {
    file: { name, state: 'wrong', detail: `wrong digest: should be ${expected.digest} and is ${found}` },
    sha256: null,
  };
}

/** The names to take: what the snapshot requires (or what may stand instead), the shards of an index, and what else it includes. */
async function wantedNames(
  snapshot: HubSnapshot,
  paths: ReadonlyMap<string, string>,
): Promise<{ wanted: string[]; notes: FolderFile[] }> {
  const wanted = new Set<string>();
  const notes: FolderFile[] = [];
  for (const need of snapshot.requires) {
    const present = [need.name, ...need.instead].find((name) => paths.has(name));
    wanted.add(present ?? need.name);
    if (present === undefined || present === need.name) continue;
    notes.push({ name: need.name, state: 'unverified', detail: `not there; ${present} stands in for it` });
  }
  for (const name of paths.keys()) {
    if (!snapshot.include.some((pattern) => matchesPattern(name, pattern))) continue;
    wanted.add(name);
    if (name.endsWith('.safetensors.index.json'))
      for (const shard of await shardsOf(paths.get(name) ?? '')) wanted.add(shard);
  }
  return { wanted: [...wanted], notes };
}

/** File names in the `weight_map` of a safetensors index. */
async function shardsOf(indexPath: string): Promise<string[]> {
  const text = await readFile(indexPath, 'utf8');
  try {
    const { weight_map: map } = JSON.parse(text) as { weight_map?: Record<string, string> };
    return [...new Set(Object.values(map ?? {}))];
  } catch (error) {
    throw new Error(`${basename(indexPath)} is not valid JSON, so nobody knows which shards belong to it`, {
      cause: error,
    });
  }
}
