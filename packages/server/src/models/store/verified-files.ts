import { type BigIntStats, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { hashFile } from './hash-file.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

const Seen = z.object({ sha256: z.string(), size: z.string(), mtimeNs: z.string(), ctimeNs: z.string() });
type Seen = z.infer<typeof Seen>;
const CacheFile = z.object({ version: z.literal(1), files: z.record(z.string(), Seen) });

/** What a check of one file found. */
export type Verdict =
  { readonly kind: 'good' } | { readonly kind: 'missing' } | { readonly kind: 'different'; readonly found: string };

/**
 * Checks files against SHA-256 digests, reading each only when its inode, size or times differ from those at the last
 * reading. The cache is a file, so the answer outlives the process; losing it costs a reading.
 */
export class VerifiedFiles {
  readonly #cachePath: string;
  readonly #seen: Map<string, Seen>;
  readonly #running = new Map<string, Promise<Verdict>>();
  #saving: Promise<void> = Promise.resolve();

  constructor(cachePath: string) {
    this.#cachePath = cachePath;
    this.#seen = readCache(cachePath);
  }

  /** Compares a file with the digest it must have. `fresh` reads it whatever the cache says. */
  async check(path: string, sha256: string, signal: AbortSignal, fresh = false): Promise<Verdict> {
    const key = `${path}\n${sha256}\n${fresh}`;
    const running = this.#running.get(key);
    if (running !== undefined) {
      try {
        return await running;
      } catch (error) {
        // Another caller's signal ended that reading; this caller still wants to know.
        signal.throwIfAborted();
        if (this.#running.get(key) === running) throw error;
        return this.check(path, sha256, signal, fresh);
      }
    }
    const verdict = this.#check(path, sha256, signal, fresh).finally(() => this.#running.delete(key));
    this.#running.set(key, verdict);
    return verdict;
  }

  /** Notes that a file was hashed while it was written, or that only its links changed since it was last checked. */
  async remember(path: string, sha256: string): Promise<void> {
    const now = await stat(path, { bigint: true });
    this.#seen.set(String(now.ino), { sha256, ...factsOf(now) });
    await this.#save();
  }

  /** Whether the file was read and found to have this digest, and was not touched since. */
  async isKnown(path: string, sha256: string): Promise<boolean> {
    const now = await statOrNull(path);
    return now !== null && this.#digestOf(now) === sha256;
  }

  async #check(path: string, sha256: string, signal: AbortSignal, fresh: boolean): Promise<Verdict> {
    const before = await statOrNull(path);
    if (before === null) return { kind: 'missing' };
    let found = fresh ? null : this.#digestOf(before);
    if (found === null) {
      found = await hashFile(path, signal);
      this.#seen.set(String(before.ino), { sha256: found, ...factsOf(before) });
      await this.#save();
    }
    return found === sha256 ? { kind: 'good' } : { kind: 'different', found };
  }

  #digestOf(now: BigIntStats): string | null {
    const seen = this.#seen.get(String(now.ino));
    const facts = factsOf(now);
    const same = seen?.size === facts.size && seen.mtimeNs === facts.mtimeNs && seen.ctimeNs === facts.ctimeNs;
    return same ? seen.sha256 : null;
  }

  #save(): Promise<void> {
    const write = async (): Promise<void> => {
      try {
        await writeFileAtomically(
          this.#cachePath,
          `${JSON.stringify({ version: 1, files: Object.fromEntries(this.#seen) })}\n`,
        );
      } catch (error) {
        // Weights may lie on a read-only volume; then this process alone remembers.
        if (!['EROFS', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    };
    this.#saving = this.#saving.then(write, write);
    return this.#saving;
  }
}

function factsOf(now: BigIntStats): Omit<Seen, 'sha256'> {
  return { size: String(now.size), mtimeNs: String(now.mtimeNs), ctimeNs: String(now.ctimeNs) };
}

async function statOrNull(path: string): Promise<BigIntStats | null> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** An unreadable cache counts as empty: every file is then read again. */
function readCache(path: string): Map<string, Seen> {
  try {
    const parsed = CacheFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return new Map(parsed.success ? Object.entries(parsed.data.files) : []);
  } catch {
    return new Map();
  }
}
