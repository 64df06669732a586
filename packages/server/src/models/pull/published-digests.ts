import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a hub published about a file, as found in a cloned or downloaded folder. */
export interface PublishedDigest {
  readonly kind: 'sha256' | 'git';
  readonly digest: string;
}

const LFS_POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:([0-9a-f]{64})\n/;
const POINTER_BYTES = 1024;

/** The SHA-256 that a Git LFS pointer names; null for any other content (git-lfs, docs/spec.md). */
export function readLfsPointer(content: string): string | null {
  return LFS_POINTER.exec(content)?.[1] ?? null;
}

/**
 * Digests that the hub published for the top-level files of a folder: from the git commit of a clone, or from the notes
 * that the hub's own download tool keeps under `.cache/huggingface`. Files it knows nothing of are left out.
 */
export async function publishedDigests(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, PublishedDigest>> {
  const found = await digestsOfCommit(folder, names);
  for (const name of names) {
    if (found.has(name)) continue;
    const note = await readNote(join(folder, '.cache', 'huggingface', 'download', `${name}.metadata`));
    const digest = note?.split('\n')[1]?.trim() ?? '';
    if (/^[0-9a-f]{64}$/.test(digest)) found.set(name, { kind: 'sha256', digest });
    else if (/^[0-9a-f]{40}$/.test(digest)) found.set(name, { kind: 'git', digest });
  }
  return found;
}

async function digestsOfCommit(folder: string, names: readonly string[]): Promise<Map<string, PublishedDigest>> {
  const found = new Map<string, PublishedDigest>();
  const tree = await git(folder, ['ls-tree', '-l', 'HEAD']);
  for (const line of tree?.split('\n') ?? []) {
    const [, oid, size, name] = /^\d+ blob ([0-9a-f]{40})\s+(\d+)\t(.+)$/.exec(line) ?? [];
    if (oid === undefined || name === undefined || !names.includes(name)) continue;
    const pointer =
      Number(size) > POINTER_BYTES ? null : readLfsPointer((await git(folder, ['cat-file', 'blob', oid])) ?? '');
    found.set(name, pointer === null ? { kind: 'git', digest: oid } : { kind: 'sha256', digest: pointer });
  }
  return found;
}

/** Null where the folder is no clone, or git is not installed: then nothing is known, which is no fault. */
function git(folder: string, args: readonly string[]): Promise<string | null> {
  const own = ['-C', folder, `--git-dir=${join(folder, '.git')}`, ...args];
  return new Promise((resolve) => {
    execFile('git', own, { maxBuffer: 16 * 1024 * 1024, windowsHide: true }, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}

async function readNote(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
