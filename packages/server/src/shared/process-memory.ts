import { execFile } from 'node:child_process';
import { freemem } from 'node:os';
import { promisify } from 'node:util';
import { descendantsOf, listProcesses } from './process-list.ts';
import {
  parseCgroupPaths,
  parseCgroupReclaimable,
  parseMemAvailable,
  parseSmapsRollup,
  parseStatusRss,
  parseVmStat,
  roomInCgroup,
} from './process-memory-parse.ts';
import { readProcText } from './read-proc-text.ts';

const run = promisify(execFile);
const CGROUP_V1 = { limit: 'memory.limit_in_bytes', usage: 'memory.usage_in_bytes' } as const;
const CGROUP_V2 = { limit: 'memory.max', usage: 'memory.current' } as const;
const HEADROOM_BYTES = 512 * 2 ** 20;
const HEADROOM_SHARE = 0.1;

/**
 * Bytes of memory that a process holds, its share of shared pages and what was swapped out included (PSS where the
 * system tells it, else RSS); null when there is no such process or it cannot be read.
 */
export async function readProcessBytes(pid: number): Promise<number | null> {
  if (process.platform !== 'linux')
    return (await listProcesses()).find((row) => row.pid === pid)?.residentBytes ?? null;
  const rollup = await readProcText(`/proc/${pid}/smaps_rollup`);
  const bytes = rollup === null ? null : parseSmapsRollup(rollup);
  if (bytes !== null) return bytes;
  const status = await readProcText(`/proc/${pid}/status`);
  return status === null ? null : parseStatusRss(status);
}

/** Bytes of memory that a process and all its descendants hold; 0 when there are none. */
export async function readProcessTreeBytes(pid: number): Promise<number> {
  const tree = descendantsOf(await listProcesses(), pid);
  const bytes = await Promise.all(tree.map(async (row) => row.residentBytes ?? (await readProcessBytes(row.pid)) ?? 0));
  return bytes.reduce((sum, each) => sum + each, 0);
}

/**
 * Bytes that can still be used without swapping: of the machine, or less where a container's limit (cgroup v1 or v2)
 * leaves less. Cached file pages count as free.
 */
export async function availableMemoryBytes(): Promise<number> {
  if (process.platform === 'darwin') return parseVmStat((await run('vm_stat')).stdout) ?? freemem();
  if (process.platform !== 'linux') return freemem();
  const meminfo = await readProcText('/proc/meminfo');
  const machine = (meminfo === null ? null : parseMemAvailable(meminfo)) ?? freemem();
  return Math.min(machine, ...(await cgroupRooms()));
}

/** The memory budget for models when none is configured: what is free now, less a headroom for the rest of the system. */
export async function defaultBudgetBytes(): Promise<number> {
  return withoutHeadroom(await availableMemoryBytes());
}

/** Leaves a tenth and at least 512 MiB, but never more than half, to the rest of the system. */
export function withoutHeadroom(availableBytes: number): number {
  const headroom = Math.min(availableBytes / 2, Math.max(HEADROOM_BYTES, availableBytes * HEADROOM_SHARE));
  return Math.floor(availableBytes - headroom);
}

/** What each memory cgroup around this process still allows. Inside a container the outer path may not exist: its root is then ours. */
async function cgroupRooms(): Promise<number[]> {
  const membership = await readProcText('/proc/self/cgroup');
  const paths = parseCgroupPaths(membership ?? '');
  const rooms = await Promise.all([
    ...ancestors(paths.v1).map((path) => cgroupRoom(`/sys/fs/cgroup/memory${path}`, CGROUP_V1)),
    ...ancestors(paths.v2).map((path) => cgroupRoom(`/sys/fs/cgroup${path}`, CGROUP_V2)),
  ]);
  return rooms.filter((room) => room !== null);
}

async function cgroupRoom(folder: string, files: { limit: string; usage: string }): Promise<number | null> {
  const [limit, usage, stat] = await Promise.all([
    readProcText(`${folder}/${files.limit}`),
    readProcText(`${folder}/${files.usage}`),
    readProcText(`${folder}/memory.stat`),
  ]);
  if (limit === null || usage === null) return null;
  return roomInCgroup(limit, usage, parseCgroupReclaimable(stat ?? ''));
}

/** The path and everything above it: `/a/b` → `/a/b`, `/a`, ``. */
function ancestors(path: string | null): string[] {
  if (path === null) return [];
  const parts = path.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, cut) =>
    parts
      .slice(0, parts.length - cut)
      .map((part) => `/${part}`)
      .join(''),
  );
}
