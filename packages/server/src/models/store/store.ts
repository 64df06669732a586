import { constants } from 'node:fs';
import { copyFile, link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { type CatalogueEntry, FileSource } from '../catalogue/catalogue-schema.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { concreteModel, type ConcreteFile, type ConcreteModel } from '../catalogue/concrete-file.ts';
import type { WeightStore } from '../model-manager.ts';
import { type Verdict, VerifiedFiles } from './verified-files.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

const Pins = z.object({
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string(), sources: z.array(FileSource) })),
});

/**
 * The weights on this machine: `weights/sha256/<aa>/<digest>` holds each file once, and `models/<id>/<name>` is a hard
 * link to it (a copy where the file system has none), because engines look at names and extensions.
 */
export class FileStore implements WeightStore {
  readonly home: string;
  readonly catalogue: Catalogue;
  readonly #verified: VerifiedFiles;
  readonly #log: Log;

  constructor(options: { readonly home: string; readonly catalogue: Catalogue; readonly log: Log }) {
    this.home = options.home;
    this.catalogue = options.catalogue;
    this.#log = options.log;
    this.#verified = new VerifiedFiles(join(options.home, 'weights', 'verified.json'));
  }

  /** Where the file of this digest lies once it is there. */
  blobPath(sha256: string): string {
    return join(this.home, 'weights', 'sha256', sha256.slice(0, 2), sha256);
  }

  /** Where unfinished files lie. */
  get partialFolder(): string {
    return join(this.home, 'weights', 'partial');
  }

  /** The lock that a process holds while it writes to the store. */
  get lockPath(): string {
    return join(this.home, 'weights', 'pull.lock');
  }

  /** Where the engine is given a file. */
  modelPath(id: string, name: string): string {
    return join(this.home, 'models', id, name);
  }

  /** A model with every digest known; null while it needs a first pull to learn them. */
  async model(id: string): Promise<ConcreteModel | null> {
    const entry = this.catalogue.get(id);
    return concreteModel(entry, await this.#pins(entry));
  }

  /** Keeps the digests that a hub published, for every later pull and load. */
  async pin(id: string, files: readonly ConcreteFile[]): Promise<void> {
    await writeFileAtomically(this.#pinPath(id), `${JSON.stringify({ files }, null, 2)}\n`);
  }

  async resolve(id: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const model = await this.model(id);
    if (model === null) throw missing(id, 'its weights');
    const paths: Record<string, string> = {};
    for (const file of model.loads) {
      const verdict = await this.check(id, file, signal);
      if (verdict.kind === 'missing') throw missing(id, file.name);
      if (verdict.kind === 'different') {
        this.#log.error(
          { model: id, file: this.modelPath(id, file.name), expected: file.sha256, found: verdict.found },
          'weights refused',
        );
        throw new GatewayError(
          'weights_refused',
          `the file ${file.name} of ${id} is not the published one: its SHA-256 should be ${file.sha256} and is ${verdict.found}; ` +
            `\`npx concert pull ${id}\` replaces it`,
        );
      }
      paths[file.name] = this.modelPath(id, file.name);
    }
    return paths;
  }

  /** Checks the file that the engine would be given; `fresh` reads it whatever is remembered. */
  async check(id: string, file: ConcreteFile, signal: AbortSignal, fresh = false): Promise<Verdict> {
    const path = this.modelPath(id, file.name);
    const verdict = await this.#verified.check(path, file.sha256, signal, fresh);
    if (verdict.kind === 'good') return verdict;
    // The model's own link is absent or out of date; the store may still hold the right bytes.
    const stored = await this.#verified.check(this.blobPath(file.sha256), file.sha256, signal, fresh);
    if (stored.kind !== 'good') return verdict.kind === 'missing' ? stored : verdict;
    await this.link(id, file);
    return this.#verified.check(path, file.sha256, signal);
  }

  /** Whether the store holds these bytes, read at least once since they last changed. */
  async has(sha256: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#verified.check(this.blobPath(sha256), sha256, signal)).kind === 'good';
  }

  /** Moves a finished file, whose digest its writer computed, into the store. */
  async land(partialPath: string, sha256: string): Promise<void> {
    const blob = this.blobPath(sha256);
    await mkdir(dirname(blob), { recursive: true });
    await rename(partialPath, blob);
    await this.#verified.remember(blob, sha256);
  }

  /** Gives the stored file its name in the model's folder, replacing what stands there. */
  async link(id: string, file: ConcreteFile): Promise<void> {
    const blob = this.blobPath(file.sha256);
    const path = this.modelPath(id, file.name);
    if (await isSameFile(blob, path)) return;
    const known = await this.#verified.isKnown(blob, file.sha256);
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.new`;
    await rm(temporary, { force: true });
    try {
      await link(blob, temporary);
      await rename(temporary, path);
      // A link changes the inode's ctime, which must not cost another reading.
      if (known) await this.#verified.remember(path, file.sha256);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (!['EPERM', 'EXDEV', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR', 'UNKNOWN'].includes(code))
        throw error;
      await copyFile(blob, temporary, constants.COPYFILE_FICLONE);
      await rename(temporary, path);
    }
  }

  /** Forgets a stored file and the model's name for it; deletes the bytes unless another model links to them. */
  async remove(id: string, file: ConcreteFile): Promise<void> {
    await rm(this.modelPath(id, file.name), { force: true });
    await rm(this.blobPath(file.sha256), { force: true });
  }

  #pinPath(id: string): string {
    return join(this.home, 'weights', 'pins', `${id}.json`);
  }

  async #pins(entry: CatalogueEntry): Promise<readonly ConcreteFile[] | null> {
    let text: string;
    try {
      text = await readFile(this.#pinPath(entry.id), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    return Pins.parse(JSON.parse(text)).files;
  }
}

function missing(id: string, what: string): GatewayError {
  return new GatewayError(
    'model_missing',
    `${what} of ${id} ${what === 'its weights' ? 'are' : 'is'} not on this machine; \`npx concert pull ${id}\` fetches it`,
  );
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([stat(one, { bigint: true }), stat(other, { bigint: true })]);
    return a.ino === b.ino && a.dev === b.dev;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
