import type { AdminModels, SlotReport } from '@concert/protocol';
import { type StartedServer, startServer } from '../test/started-server.ts';
import type { BenchContext } from './bench.ts';
import { BenchError } from './options.ts';
import { cpuSeconds } from './process-figures.ts';

/** A server under measurement. */
export interface BenchServer extends StartedServer {
  /** Where every model stands. */
  slots(): Promise<readonly SlotReport[]>;
  /** What all models together may hold and have reserved, with where every model stands. */
  memory(): Promise<{
    readonly slots: readonly SlotReport[];
    readonly budgetBytes: number;
    readonly reservedBytes: number;
  }>;
  /** Unloads a model and waits until its memory is back. Throws BenchError with what the server said when it refuses. */
  unload(model: string): Promise<void>;
  /** The process of a loaded model. Throws BenchError when it is not loaded. */
  workerPid(model: string): Promise<number>;
  /** Sends a request and returns its answer. Throws BenchError with what the server said unless it is 200. */
  post(path: string, body: object | FormData): Promise<Response>;
}

/** Starts the built server with the weights of the bench; other flags and variables may be added. */
export async function startBenchServer(
  context: BenchContext,
  profile: string,
  flags: readonly string[] = [],
): Promise<BenchServer> {
  const server = await startServer({
    flags: ['--profile', profile, '--threads', String(context.threads), ...flags],
    env: { CONCERT_HOME: context.home },
  });
  const admin = async () => (await (await fetch(`${server.url}/admin/models`)).json()) as AdminModels;
  const slots = async (): Promise<readonly SlotReport[]> => (await admin()).data;
  const post = async (path: string, body: object | FormData): Promise<Response> => {
    const form = body instanceof FormData;
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      ...(form ? { body } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new BenchError(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  return {
    ...server,
    slots,
    post,
    unload: async (model) => void (await (await post(`/admin/models/${model}/unload`, {})).arrayBuffer()),
    memory: async () => {
      const { data, memory } = await admin();
      return { slots: data, budgetBytes: memory.budget_bytes, reservedBytes: memory.reserved_bytes };
    },
    workerPid: async (model) => {
      const pid = (await slots()).find((slot) => slot.id === model)?.pid ?? null;
      if (pid === null) throw new BenchError(`the model ${model} is not loaded; ${lastLine(server.lines)}`);
      return pid;
    },
  };
}

function lastLine(lines: readonly string[]): string {
  return `the server's last line was: ${lines.at(-1) ?? 'none'}`;
}

/** What one piece of work took. */
export interface Cost<T> {
  readonly result: T;
  readonly seconds: number;
  /** CPU seconds that the processes used meanwhile, one after the other. */
  readonly cpu: readonly number[];
}

/** Runs the work and says what it took of the clock and of each of the processes. */
export async function costOf<T>(pids: readonly number[], work: () => Promise<T>): Promise<Cost<T>> {
  const before = pids.map(cpuSeconds);
  const startedMs = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedMs) / 1000;
  return { result, seconds, cpu: pids.map((pid, index) => cpuSeconds(pid) - (before[index] as number)) };
}
