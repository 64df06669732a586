import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { findLibraries, gpuPackages, installedPackage } from '../engines/llama-cpp/platform-package.ts';
import type { Probe } from '../machine/probe.ts';
import type { FileStore } from '../models/store/store.ts';
import { VerifiedFiles } from '../models/store/verified-files.ts';

/** Packages with native code that models run on. */
const NATIVE_PACKAGES = ['sharp', 'onnxruntime-node', 'sherpa-onnx-node', 'koffi'] as const;
const HEALTH_MS = 1000;

type PortState = 'free' | 'ours' | 'taken' | 'forbidden';

export interface WeightsState {
  readonly id: string;
  /** `unread`: complete, but its bytes were not compared since they last changed. */
  readonly state: 'verified' | 'unread' | 'absent' | 'incomplete';
  /** Bytes that a pull would fetch; about, where the hub was not asked yet. */
  readonly missingBytes: number;
}

/** What only the machine itself can tell: its disk, its port, its weights and the packages that are installed. */
export interface LocalFacts {
  readonly nodeVersion: string;
  /** Null: it loads; else why not. */
  readonly packages: readonly { readonly name: string; readonly problem: string | null }[];
  /** The package with which the embedded engine uses GPUs; null where none is installed. */
  readonly gpuPackage: string | null;
  readonly home: { readonly path: string; readonly writable: boolean; readonly freeBytes: number | null };
  /** Free bytes of the shared memory that processes of one model speak through; null where there is none. */
  readonly sharedMemoryBytes: number | null;
  readonly port: { readonly host: string; readonly port: number; readonly state: PortState };
  readonly weights: readonly WeightsState[];
  /** Milliseconds since 1970 by this machine's clock, and by the newest file of this installation. */
  readonly clock: { readonly nowMs: number; readonly installedMs: number };
}

export interface ReadLocalOptions {
  readonly probe: Probe;
  readonly store: FileStore;
  readonly models: readonly string[];
  readonly host: string;
  readonly port: number;
}

/** Looks at all of it at once; changes nothing. */
export async function readLocalFacts({ probe, store, models, host, port }: ReadLocalOptions): Promise<LocalFacts> {
  const verified = new VerifiedFiles(join(store.home, 'weights', 'verified.json'));
  const [packages, home, sharedMemoryBytes, portState, weights, installed] = await Promise.all([
    Promise.all(NATIVE_PACKAGES.map((name) => packageProblem(probe, name))),
    readHome(store.home),
    probe.platform === 'linux' ? freeBytes('/dev/shm') : null,
    readPort(host, port),
    Promise.all(models.map((id) => readWeights(store, verified, id))),
    stat(new URL(import.meta.url)),
  ]);
  return {
    nodeVersion: process.versions.node,
    packages: [llamaCppProblem(), ...packages],
    gpuPackage: installedPackage(gpuPackages(probe.platform, probe.arch)),
    home,
    sharedMemoryBytes,
    port: { host, port, state: portState },
    weights,
    clock: { nowMs: Date.now(), installedMs: installed.mtimeMs },
  };
}

function llamaCppProblem(): { name: string; problem: string | null } {
  try {
    findLibraries(false);
    return { name: 'llama.cpp', problem: null };
  } catch (error) {
    return { name: 'llama.cpp', problem: (error as Error).message };
  }
}

/** In a process of its own: a native library that does not suit the machine may end the process that loads it. */
async function packageProblem(probe: Probe, name: string): Promise<{ name: string; problem: string | null }> {
  let address: string;
  try {
    address = import.meta.resolve(name);
  } catch {
    return { name, problem: 'it is not installed' };
  }
  const script = `await import(${JSON.stringify(address)})`;
  const result = await probe.run(process.execPath, ['--input-type=module', '--eval', script]);
  if (result.kind === 'timed-out') return { name, problem: 'it did not load within five seconds' };
  if (result.kind === 'missing') return { name, problem: 'Node could not be started to try it' };
  if (result.code === 0) return { name, problem: null };
  const said = result.stderr.split('\n').find((line) => /^(\w*Error|\S+ ended by)/.test(line.trim()));
  return { name, problem: said?.trim() ?? `loading it ends Node with code ${result.code}` };
}

async function readHome(path: string): Promise<LocalFacts['home']> {
  // What is not there yet is made below the nearest folder that is.
  let folder = path;
  while (
    !(await stat(folder).then(
      (facts) => facts.isDirectory(),
      () => false,
    )) &&
    dirname(folder) !== folder
  )
    folder = dirname(folder);
  const writable = await access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  return { path, writable, freeBytes: await freeBytes(folder) };
}

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

async function readPort(host: string, port: number): Promise<PortState> {
  if (port === 0) return 'free';
  const code = await new Promise<string | null>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
  if (code === null) return 'free';
  if (code === 'EACCES') return 'forbidden';
  return (await isConcert(host, port)) ? 'ours' : 'taken';
}

/** Whether what listens there answers as this server does. */
async function isConcert(host: string, port: number): Promise<boolean> {
  const reachable =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${reachable}:${port}/health`, { signal: AbortSignal.timeout(HEALTH_MS) });
    const body = (await answer.json()) as { readonly uptime_seconds?: unknown; readonly models?: unknown };
    return typeof body.uptime_seconds === 'number' && Array.isArray(body.models);
  } catch {
    return false;
  }
}

/** By names, sizes and what was verified before: reading gigabytes is `concert verify`'s work. */
async function readWeights(store: FileStore, verified: VerifiedFiles, id: string): Promise<WeightsState> {
  const model = await store.model(id);
  const entry = store.catalogue.get(id);
  if (model === null) return { id, state: 'absent', missingBytes: entry.snapshot?.bytes ?? 0 };
  const files = await Promise.all(
    model.loads.map(async (file) => {
      const path = store.modelPath(id, file.name);
      const there = await stat(path).then(
        (facts) => facts.size === file.bytes,
        () => false,
      );
      return { there, known: there && (await verified.isKnown(path, file.sha256)) };
    }),
  );
  if (files.every((file) => file.known)) return { id, state: 'verified', missingBytes: 0 };
  if (files.every((file) => file.there)) return { id, state: 'unread', missingBytes: 0 };
  const missingBytes = model.fetched.reduce((sum, file) => sum + file.bytes, 0);
  return { id, state: files.some((file) => file.there) ? 'incomplete' : 'absent', missingBytes };
}
