import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../options.ts';

const EXE = process.platform === 'win32' ? '.exe' : '';
const BUILT = fileURLToPath(new URL('../../.cache/llama-server', import.meta.url));
const POLL_MS = 10;
const MOST_START_MS = 120_000;

/** llama.cpp's own programs of one build. */
export interface LlamaPrograms {
  readonly server: string;
  /** Null where it does not lie beside the server. */
  readonly batchedBench: string | null;
}

/** Finds llama-server: as named, as built into the repository's cache, or on the PATH. Throws BenchError that says how to get it. */
export function findLlamaServer(named: string | null): LlamaPrograms {
  const name = `llama-server${EXE}`;
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  const server = (named === null ? [join(BUILT, name), ...onPath] : [named]).find((path) => existsSync(path));
  if (server === undefined) {
    const where = named === null ? 'there is no llama-server to compare with' : `there is no llama-server at ${named}`;
    throw new BenchError(
      `${where}; build it with: node scripts/build-llama-server.mjs, or name one with --llama-server`,
    );
  }
  const batchedBench = join(dirname(server), `llama-batched-bench${EXE}`);
  return { server, batchedBench: existsSync(batchedBench) ? batchedBench : null };
}

/** How llama-server is to run a model. */
export interface LlamaServerOptions {
  readonly program: string;
  /** A GGUF file. */
  readonly path: string;
  readonly threads: number;
  readonly sequences: number;
  readonly sequenceTokens: number;
}

/** A running llama-server. */
export interface LlamaServer {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process until it answered that it is ready. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** Starts it on a free port of the loopback and waits until it is ready; it ends with this process. Throws BenchError when it fails. */
export async function startLlamaServer(options: LlamaServerOptions): Promise<LlamaServer> {
  const port = await freePort();
  const startedMs = performance.now();
  const child = spawn(options.program, commandLine(options, port), { stdio: 'ignore' });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  void exited.then(() => process.off('exit', end));
  const url = `http://127.0.0.1:${port}`;
  await healthy(url, child);
  return {
    url,
    pid: child.pid ?? -1,
    startMs: performance.now() - startedMs,
    stop: () => {
      child.kill('SIGTERM');
      // It waits for streams that were cut off; nothing of it is needed any more.
      setTimeout(end, 2_000).unref();
      return exited;
    },
  };
}

/** Its own defaults but for what both sides must have alike. */
function commandLine({ path, threads, sequences, sequenceTokens }: LlamaServerOptions, port: number): string[] {
  const flags = {
    '--model': path,
    '--host': '127.0.0.1',
    '--port': port,
    '--threads': threads,
    '--threads-batch': threads,
    '--parallel': sequences,
    '--ctx-size': sequences * sequenceTokens,
  };
  return ['--log-disable', ...Object.entries(flags).flat().map(String)];
}

async function healthy(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + MOST_START_MS;
  while (performance.now() < until) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) break;
    const ready = await fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await sleep(POLL_MS);
  }
  child.kill('SIGKILL');
  throw new BenchError(`llama-server did not become ready; try it by hand: ${child.spawnargs.join(' ')}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
