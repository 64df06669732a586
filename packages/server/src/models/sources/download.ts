import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';
import { z } from 'zod';
import { FileAppender } from '../store/file-appender.ts';
import { hashInto } from '../store/hash-file.ts';
import { notePath } from './assembly.ts';
import { type FetchJob, type Fetched, type NetworkDeps, SourceError } from './source.ts';

/** What is kept beside a partial file: the copy of the source that it was begun from. */
const Origin = z.object({ address: z.string(), etag: z.string() });
type Origin = z.infer<typeof Origin>;

export interface DownloadRequest extends FetchJob {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the whole; null when not known beforehand. */
  readonly bytes: number | null;
}

/** The connection failed or was cut; trying again may go on from there. */
class CutError extends Error {}

/**
 * Downloads into a partial file and hashes while writing. Continues what stands there (Range, with If-Range where the
 * source gave an entity tag), starts over where a server ignores the range, and tries again after a cut as long as
 * bytes arrive in between. Throws SourceError, or the signal's reason; the partial file then stays for the next time.
 */
export async function download(job: DownloadRequest, deps: NetworkDeps): Promise<Fetched> {
  await mkdir(dirname(job.partialPath), { recursive: true });
  const file = await open(job.partialPath, 'a+');
  try {
    const transfer = await Transfer.begin(job, deps, file);
    let failures = 0;
    for (;;) {
      const before = transfer.doneBytes;
      try {
        if (await transfer.attempt()) break;
      } catch (error) {
        job.signal.throwIfAborted();
        if (!(error instanceof CutError)) throw error;
        if (transfer.doneBytes > before) failures = 0;
        const delay = deps.retryDelaysMs[failures];
        if (delay === undefined)
          throw new SourceError(error.message, { unreachable: transfer.neverAnswered, cause: error });
        failures += 1;
        deps.log.debug({ doneBytes: transfer.doneBytes, why: error.message }, 'download cut, going on');
        await sleep(delay, undefined, { signal: job.signal });
      }
    }
    await file.sync();
    return transfer.result();
  } finally {
    await file.close();
  }
}

/** Deletes a partial file with what is noted beside it. */
export async function discardPartial(partialPath: string): Promise<void> {
  await rm(partialPath, { force: true });
  await rm(`${partialPath}.json`, { force: true });
  await rm(notePath(partialPath), { force: true });
}

class Transfer {
  doneBytes: number;
  neverAnswered = true;
  readonly #job: DownloadRequest;
  readonly #deps: NetworkDeps;
  readonly #file: FileHandle;
  readonly #appender: FileAppender;
  readonly #resumed: boolean;
  #hash: Hash;
  #origin: Origin | null;

  static async begin(job: DownloadRequest, deps: NetworkDeps, file: FileHandle): Promise<Transfer> {
    let { size } = await file.stat();
    if (job.bytes !== null && size > job.bytes) {
      await file.truncate(0);
      size = 0;
    }
    const hash = createHash('sha256');
    await hashInto(hash, job.partialPath, size, job.signal);
    job.onBytes(size);
    return new Transfer({ job, deps, file, hash, size, origin: await readOrigin(job.partialPath) });
  }

  private constructor(start: {
    job: DownloadRequest;
    deps: NetworkDeps;
    file: FileHandle;
    hash: Hash;
    size: number;
    origin: Origin | null;
  }) {
    this.#job = start.job;
    this.#deps = start.deps;
    this.#file = start.file;
    this.#appender = new FileAppender(start.file);
    this.#hash = start.hash;
    this.#origin = start.origin;
    this.doneBytes = start.size;
    this.#resumed = start.size > 0;
  }

  result(): Fetched {
    return { sha256: this.#hash.digest('hex'), bytes: this.doneBytes, resumed: this.#resumed };
  }

  /** One request; true once the file is whole. Throws CutError where another try makes sense. */
  async attempt(): Promise<boolean> {
    if (this.#job.bytes !== null && this.#job.bytes > 0 && this.doneBytes === this.#job.bytes) return true;
    const response = await this.#ask();
    this.neverAnswered = false;
    const { statusCode: status } = response;
    if (status === 206 && rangeStart(response) === this.doneBytes) {
      await this.#noteOrigin(response);
    } else if (status === 200) {
      await this.#startOver();
      await this.#noteOrigin(response);
    } else {
      await response.body.dump({ limit: 64 * 1024 });
      if (status === 416 || status === 206) {
        if (this.doneBytes === 0) throw new SourceError(`it answered ${status} to a plain request`);
        await this.#startOver();
        throw new CutError('it could not go on from the part that was there');
      }
      if (status === 408 || status === 429 || status >= 500) throw new CutError(`it answered ${status}`);
      throw new SourceError(explainStatus(status));
    }
    await this.#receive(response);
    return true;
  }

  async #ask(): Promise<Dispatcher.ResponseData> {
    const headers: Record<string, string> = { 'accept-encoding': 'identity', ...this.#job.headers };
    if (this.doneBytes > 0) {
      headers['range'] = `bytes=${this.doneBytes}-`;
      if (this.#origin?.address === this.#address()) headers['if-range'] = this.#origin.etag;
    }
    try {
      return await request(this.#job.url, {
        headers,
        dispatcher: this.#deps.dispatcher,
        signal: this.#job.signal,
        headersTimeout: this.#deps.stallMs,
        bodyTimeout: this.#deps.stallMs,
      });
    } catch (error) {
      throw new CutError(explainNetwork(error), { cause: error });
    }
  }

  async #receive(response: Dispatcher.ResponseData): Promise<void> {
    try {
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        if (this.#job.bytes !== null && this.doneBytes + chunk.length > this.#job.bytes) {
          await this.#startOver();
          throw new SourceError(`it sends more than the ${this.#job.bytes} bytes that the file has`);
        }
        await this.#appender.add(chunk);
        this.#hash.update(chunk);
        this.doneBytes += chunk.length;
        this.#job.onBytes(this.doneBytes);
      }
    } catch (error) {
      if (error instanceof SourceError || isDiskError(error)) throw error;
      throw new CutError(explainNetwork(error), { cause: error });
    } finally {
      // What arrived is kept also when the connection is cut or the pull stopped.
      await this.#appender.flush();
    }
    if (this.#job.bytes !== null && this.doneBytes < this.#job.bytes) throw new CutError('the connection ended early');
  }

  async #startOver(): Promise<void> {
    this.#appender.discard();
    await this.#file.truncate(0);
    this.#hash = createHash('sha256');
    this.doneBytes = 0;
    this.#origin = null;
    this.#job.onBytes(0);
  }

  /** Only strong entity tags can guard a range. */
  async #noteOrigin(response: Dispatcher.ResponseData): Promise<void> {
    const etag = response.headers['etag'];
    if (typeof etag !== 'string' || etag.startsWith('W/')) return;
    this.#origin = { address: this.#address(), etag };
    await writeFile(`${this.#job.partialPath}.json`, JSON.stringify(this.#origin));
  }

  /** The address without anything secret that its query or user part may hold. */
  #address(): string {
    const { origin, pathname } = new URL(this.#job.url);
    return `${origin}${pathname}`;
  }
}

async function readOrigin(partialPath: string): Promise<Origin | null> {
  try {
    const parsed = Origin.safeParse(JSON.parse(await readFile(`${partialPath}.json`, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // Without the note the range goes unguarded, and the digest decides in the end.
    return null;
  }
}

function rangeStart(response: Dispatcher.ResponseData): number | null {
  const range = response.headers['content-range'];
  const start = typeof range === 'string' ? /^bytes (\d+)-/.exec(range)?.[1] : undefined;
  return start === undefined ? null : Number(start);
}

function isDiskError(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EFBIG'].includes(String((error as { code?: unknown }).code));
}

/** A status as a sentence's predicate. */
export function explainStatus(status: number): string {
  if (status === 401 || status === 403) return `it does not allow this (${status}); a gated model needs HF_TOKEN`;
  if (status === 404) return 'it does not have the file (404)';
  return `it answered ${status}`;
}

/** A failed connection as a sentence's predicate, without addresses. */
export function explainNetwork(error: unknown): string {
  const { code } = error as { code?: unknown };
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name cannot be resolved from here';
    case 'ECONNREFUSED':
      return 'it refuses connections';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return 'it cannot be reached from here';
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return 'it went silent';
    default:
      return `the connection failed (${typeof code === 'string' ? code : (error as Error).message})`;
  }
}
