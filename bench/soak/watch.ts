import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchServer } from '../bench-server.ts';
import { processMegabytes } from '../process-figures.ts';
import type { Sample, SoakEvent } from './tally.ts';

const SAMPLE_MS = 1000;

/** What was seen of a server while others used it. */
export interface Watched {
  readonly samples: readonly Sample[];
  /** Null where the server has no feed of events. */
  readonly events: readonly SoakEvent[] | null;
  /** Every process that ran a model. */
  readonly pids: ReadonlySet<number>;
}

/** Looks at budget, reservations and processes every second, and follows the feed of events, until `signal`. */
export async function watchServer(server: BenchServer, signal: AbortSignal): Promise<Watched> {
  const startedMs = performance.now();
  const following = followEvents(server.url, signal);
  const samples: Sample[] = [];
  const pids = new Set<number>();
  while (!signal.aborted) {
    const second = (performance.now() - startedMs) / 1000;
    const { slots, budgetBytes, reservedBytes } = await server.memory();
    for (const { pid } of slots) if (pid !== null) pids.add(pid);
    const [all, own] = await Promise.all([server.treeBytes(), processMegabytes(server.pid)]);
    samples.push({ second, budgetBytes, reservedBytes, measuredBytes: all - own.proportional * 1e6 });
    await sleep(Math.max(0, startedMs + samples.length * SAMPLE_MS - performance.now()));
  }
  return { samples, pids, events: await following };
}

async function followEvents(url: string, signal: AbortSignal): Promise<SoakEvent[] | null> {
  const events: SoakEvent[] = [];
  try {
    const response = await fetch(`${url}/admin/events`, { signal });
    if (!response.ok || response.body === null) return null;
    const decoder = new TextDecoder();
    let rest = '';
    for await (const bytes of response.body) {
      const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: ')) events.push(JSON.parse(line.slice(6)) as SoakEvent);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return events;
}
