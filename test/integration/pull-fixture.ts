import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CatalogueEntry } from '../../packages/server/src/models/catalogue/catalogue-schema.ts';
import { catalogueOf } from '../../packages/server/src/models/catalogue/catalogue.ts';
import { openSources, type SourceSettings } from '../../packages/server/src/models/pull/open-sources.ts';
import { type PullOptions, pullModels, type PullReport } from '../../packages/server/src/models/pull/pull.ts';
import type { PullEvent } from '../../packages/server/src/models/pull/pull-event.ts';
import { FileStore } from '../../packages/server/src/models/store/store.ts';
import type { Log } from '../../packages/server/src/shared/log.ts';

export const never = new AbortController().signal;

export function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Bytes that no compression shrinks. */
export function weights(bytes: number): Buffer {
  return randomBytes(bytes);
}

/** An entry whose files are on the hub under `org/model` at `main`. */
export function hubEntry(id: string, files: Readonly<Record<string, Buffer>>): CatalogueEntry {
  return entryOf(id, {
    files: Object.entries(files).map(([name, content]) => ({
      name,
      bytes: content.length,
      sha256: digestOf(content),
      sources: [{ kind: 'huggingface', repo: 'org/model', revision: 'main', path: name }],
    })),
  });
}

/** A chat model with whatever the test cares about. */
export function entryOf(id: string, fields: object): CatalogueEntry {
  return CatalogueEntry.parse({
    id,
    task: 'chat',
    engine: 'fake',
    title: id,
    licence: 'MIT',
    input: ['text'],
    ...fields,
  });
}

/** A home folder of its own, and a short way to pull into it. */
export class Bench {
  readonly home: string;
  readonly warnings: { why?: string; source?: string; file?: string }[] = [];
  readonly events: PullEvent[] = [];
  store: FileStore;
  readonly #log: Log;

  static async open(entries: readonly CatalogueEntry[]): Promise<Bench> {
    return new Bench(await mkdtemp(join(tmpdir(), 'concert-pull-')), entries);
  }

  private constructor(home: string, entries: readonly CatalogueEntry[]) {
    this.home = home;
    this.#log = {
      debug: () => undefined,
      info: () => undefined,
      warn: (fields) => void this.warnings.push(fields),
      error: () => undefined,
      child: () => this.#log,
    };
    this.store = new FileStore({ home, catalogue: catalogueOf(entries), log: this.#log });
  }

  /** A store that remembers nothing but what is on disk, as a new process has it. */
  reopen(): void {
    this.store = new FileStore({ home: this.home, catalogue: this.store.catalogue, log: this.#log });
  }

  async pull(
    ids: readonly string[],
    settings: Partial<SourceSettings>,
    options: Partial<PullOptions> = {},
  ): Promise<PullReport> {
    await using open = openSources(
      { order: ['huggingface'], retryDelaysMs: [1, 1, 1], stallMs: 5_000, ...settings },
      this.store,
      this.#log,
    );
    return await pullModels(ids, {
      store: this.store,
      sources: open.sources,
      log: this.#log,
      signal: never,
      onProgress: (event) => void this.events.push(event),
      lock: { heartbeatMs: 50, staleMs: 1_000 },
      ...options,
    });
  }

  async close(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}
