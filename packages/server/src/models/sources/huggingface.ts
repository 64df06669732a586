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

const DEFAULT_ENDPOINT = 'https://huggingface.co';

/** The answer of `/api/models/{repo}/revision/{revision}?blobs=true`, as far as it is used. */
const ModelInfo = z.object({
  sha: z.string(),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().nullish(),
      blobId: z.string().nullish(),
      lfs: z.object({ sha256: z.string() }).nullish(),
    }),
  ),
});

/** The Hugging Face hub, or a mirror that speaks its API (the address that others call HF_ENDPOINT). */
export class HuggingFaceSource implements WeightSource {
  readonly kind = 'huggingface';
  readonly #hub: HubClient;

  constructor(
    options: { readonly endpoint?: string | undefined; readonly token?: string | null | undefined },
    deps: NetworkDeps,
  ) {
    const headers: Record<string, string> = { 'user-agent': 'concert' };
    if (options.token !== undefined && options.token !== null && options.token !== '')
      headers['authorization'] = `Bearer ${options.token}`;
    this.#hub = new HubClient(options.endpoint ?? DEFAULT_ENDPOINT, headers, deps);
  }

  offers(file: Pick<ConcreteFile, 'sources'>): boolean {
    return sourceOf(file, 'huggingface') !== undefined;
  }

  fetch(file: ConcreteFile, job: FetchJob): Promise<Fetched> {
    const source = sourceOf(file, 'huggingface');
    if (source === undefined) throw new SourceError('the catalogue names no address there');
    return this.#hub.fetch(resolvePath(source, source.path), file, job);
  }

  async list(repository: HubSnapshot['sources'][number], signal: AbortSignal): Promise<Listing> {
    const path = `/api/models/${repository.repo}/revision/${encodeURIComponent(repository.revision)}?blobs=true`;
    const answer = await this.#hub.getJson(path, ModelInfo, signal);
    return {
      revision: answer.sha,
      files: answer.siblings.map((file) => ({
        path: file.rfilename,
        bytes: file.size ?? 0,
        sha256: file.lfs?.sha256 ?? null,
        gitOid: (file.lfs ?? null) === null ? (file.blobId ?? null) : null,
      })),
    };
  }

  read(repository: HubSnapshot['sources'][number], path: string, signal: AbortSignal): Promise<Buffer> {
    return this.#hub.get(resolvePath(repository, path), signal);
  }
}

function resolvePath(source: { readonly repo: string; readonly revision: string }, path: string): string {
  return `/${source.repo}/resolve/${encodeURIComponent(source.revision)}/${path.split('/').map(encodeURIComponent).join('/')}`;
}
