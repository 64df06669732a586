import { type Dispatcher, request } from 'undici';
import type { z } from 'zod';
import type { ConcreteFile } from '../catalogue/concrete-file.ts';
import { download, explainNetwork, explainStatus } from './download.ts';
import { type FetchJob, type Fetched, type NetworkDeps, SourceError } from './source.ts';

/** How long a hub may take to answer at all before it counts as out of reach. */
const PROBE_MS = 5_000;

/** What Hugging Face and ModelScope have in common: files at addresses, and one question whether the hub can be reached. */
export class HubClient {
  readonly #endpoint: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #deps: NetworkDeps;
  #probe: Promise<void> | null = null;

  constructor(endpoint: string, headers: Readonly<Record<string, string>>, deps: NetworkDeps) {
    this.#endpoint = endpoint.replace(/\/+$/, '');
    this.#headers = headers;
    this.#deps = deps;
  }

  /** Fetches one file whose address is `path` below the hub's. */
  async fetch(path: string, file: ConcreteFile, job: FetchJob): Promise<Fetched> {
    await this.#reach();
    return this.#deps.downloads.run(job.signal, () =>
      download({ ...job, url: `${this.#endpoint}${path}`, headers: this.#headers, bytes: file.bytes }, this.#deps),
    );
  }

  /** A JSON answer as the schema describes it. Throws SourceError. */
  async getJson<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const text = (await this.get(path, signal)).toString('utf8');
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw new SourceError('its list of files is not in the form that the hub uses', { cause: error });
    }
  }

  /** The bytes of a small answer. Throws SourceError. */
  async get(path: string, signal: AbortSignal): Promise<Buffer> {
    await this.#reach();
    const response = await this.#request('GET', path, signal);
    if (response.statusCode !== 200) {
      await response.body.dump({ limit: 64 * 1024 });
      throw new SourceError(explainStatus(response.statusCode));
    }
    try {
      return Buffer.from(await response.body.arrayBuffer());
    } catch (error) {
      signal.throwIfAborted();
      throw new SourceError(explainNetwork(error), { cause: error });
    }
  }

  /** Asks once whether anything answers; the answer holds for the rest of the run. */
  #reach(): Promise<void> {
    this.#probe ??= (async () => {
      const response = await this.#request('HEAD', '/', AbortSignal.timeout(PROBE_MS));
      await response.body.dump({ limit: 64 * 1024 });
    })();
    return this.#probe;
  }

  async #request(method: 'GET' | 'HEAD', path: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    try {
      return await request(`${this.#endpoint}${path}`, {
        method,
        headers: this.#headers,
        dispatcher: this.#deps.dispatcher,
        signal,
        headersTimeout: this.#deps.stallMs,
        bodyTimeout: this.#deps.stallMs,
      });
    } catch (error) {
      const late = signal.aborted && (signal.reason as { name?: string }).name === 'TimeoutError';
      if (signal.aborted && !late) throw error;
      throw new SourceError(late ? 'it cannot be reached from here' : explainNetwork(error), {
        unreachable: true,
        cause: error,
      });
    }
  }
}
