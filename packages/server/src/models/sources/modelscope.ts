import { z } from 'zod';
import type { HubSnapshot } from '../catalogue/catalogue-schema.ts';
import type { ConcreteFile } from '../catalogue/concrete-file.ts';
import { HubClient } from './hub.ts';
import {
  type FetchJob,
  type Fetched,
  type Listing,
  type NetworkDeps,
  SourceError,
  sourceOf,
  type WeightSource,
} from './source.ts';

const DEFAULT_ENDPOINT = 'https://modelscope.cn';

/** The answer of `/api/v1/models/{repo}/repo/files`, as far as it is used. */
const FileList = z.object({
  Data: z.object({
    Files: z.array(
      z.object({ Path: z.string(), Size: z.number(), Sha256: z.string().nullish(), Type: z.string().nullish() }),
    ),
  }),
});

/** The ModelScope hub. It publishes a SHA-256 for every file. */
export class ModelScopeSource implements WeightSource {
  readonly kind = 'modelscope';
  readonly #hub: HubClient;

  constructor(options: { readonly endpoint?: string | undefined }, deps: NetworkDeps) {
    this.#hub = new HubClient(options.endpoint ?? DEFAULT_ENDPOINT, { 'user-agent': 'concert' }, deps);
  }

  offers(file: Pick<ConcreteFile, 'sources'>): boolean {
    return sourceOf(file, 'modelscope') !== undefined;
  }

  fetch(file: ConcreteFile, job: FetchJob): Promise<Fetched> {
    const source = sourceOf(file, 'modelscope');
    if (source === undefined) throw new SourceError('the catalogue names no address there');
    return this.#hub.fetch(filePath(source, source.path), file, job);
  }

  async list(repository: HubSnapshot['sources'][number], signal: AbortSignal): Promise<Listing> {
    const path = `/api/v1/models/${repository.repo}/repo/files?Revision=${encodeURIComponent(repository.revision)}&Recursive=true`;
    const answer = await this.#hub.getJson(path, FileList, signal);
    const files = answer.Data.Files.filter((file) => file.Type !== 'tree');
    return {
      revision: repository.revision,
      files: files.map((file) => ({ path: file.Path, bytes: file.Size, sha256: file.Sha256 ?? null, gitOid: null })),
    };
  }

  read(repository: HubSnapshot['sources'][number], path: string, signal: AbortSignal): Promise<Buffer> {
    return this.#hub.get(filePath(repository, path), signal);
  }
}

function filePath(source: { readonly repo: string; readonly revision: string }, path: string): string {
  return `/api/v1/models/${source.repo}/repo?Revision=${encodeURIComponent(source.revision)}&FilePath=${encodeURIComponent(path)}`;
}
