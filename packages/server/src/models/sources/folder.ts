import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { ConcreteFile } from '../catalogue/concrete-file.ts';
import { FileAppender } from '../store/file-appender.ts';
import { type FetchJob, type Fetched, SourceError, type WeightSource } from './source.ts';

/** A folder that the user names, such as a cloned hub repository; files are found by name, on any level. */
export class FolderSource implements WeightSource {
  readonly kind = 'folder';
  readonly #paths: ReadonlyMap<string, string>;

  private constructor(paths: ReadonlyMap<string, string>) {
    this.#paths = paths;
  }

  static async open(folder: string): Promise<FolderSource> {
    return new FolderSource(await listFolder(folder));
  }

  /** Absolute path of the file by one of the names it goes by; undefined where there is none. */
  find(file: Pick<ConcreteFile, 'name' | 'sources'>): string | undefined {
    const names = [file.name, ...file.sources.flatMap((source) => ('path' in source ? [basename(source.path)] : []))];
    return names.map((name) => this.#paths.get(name)).find((path) => path !== undefined);
  }

  offers(file: Pick<ConcreteFile, 'name' | 'sources'>): boolean {
    return this.find(file) !== undefined;
  }

  async fetch(file: ConcreteFile, job: FetchJob): Promise<Fetched> {
    const path = this.find(file);
    if (path === undefined) throw new SourceError('the folder does not have it');
    await mkdir(dirname(job.partialPath), { recursive: true });
    const target = await open(job.partialPath, 'w');
    try {
      const hash = createHash('sha256');
      let bytes = 0;
      const appender = new FileAppender(target);
      for await (const chunk of createReadStream(path, {
        highWaterMark: 1024 * 1024,
        signal: job.signal,
      }) as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length;) at += (await target.write(chunk, at)).bytesWritten;
        hash.update(chunk);
        bytes += chunk.length;
        job.onBytes(bytes);
      }
      await appender.flush();
      await target.sync();
      return { sha256: hash.digest('hex'), bytes, resumed: false };
    } finally {
      await target.close();
    }
  }
}

/** Every file below the folder by its name, the uppermost winning; hidden folders such as .git are left out. Throws where it cannot be read. */
export async function listFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const item of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(item.parentPath, item.name);
    if (
      item.isDirectory() ||
      relative(folder, path)
        .split(/[\\/]/)
        .some((part) => part.startsWith('.'))
    )
      continue;
    const known = found.get(item.name);
    if (known === undefined || path.length < known.length) found.set(item.name, path);
  }
  return found;
}
