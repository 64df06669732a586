import type { GpuUse } from '../../machine/machine.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Footprint, addFootprints } from '../../shared/footprint.ts';
import { type ProcessGroup, membersOf } from '../../shared/process-group.ts';
import {
  type ListProcesses,
  type ProcessIdentity,
  type ProcessRow,
  identityOf,
  isSameProcess,
} from '../../shared/process-list.ts';

/** How the system is asked what processes hold. */
export interface ReadMemory {
  readonly list: ListProcesses;
  /** Bytes of RAM that a process holds, its share of shared pages; null where there is no such process. */
  readonly readProcessBytes: (pid: number) => Promise<number | null>;
  /** What every process holds on GPUs that have memory of their own; null where there is no such GPU. Unified memory is RAM. */
  readonly readGpuUse: (() => Promise<readonly GpuUse[]>) | null;
}

/** A model's process, with all members ever seen. */
export type MeasuredGroup = ProcessGroup & { readonly known: readonly ProcessIdentity[] };

/** Measures models' processes, and remembers which processes belonged to each. */
export interface Measure {
  /** Takes note of a process that has just been started. */
  follow(group: ProcessGroup): void;
  /**
   * What a process and all that belongs to it (its group if it leads one, and its descendants) hold now: proportional set size in RAM,
   * and bytes on GPUs by process id. A GPU that is not named holds nothing, or its driver does not tell. Null when there is no such
   * process or it cannot be read. Rejects when a tool fails.
   */
  readUse(pid: number): Promise<Footprint | null>;
  /** The process as it was last measured; null when it was neither followed nor measured. */
  groupOf(pid: number): MeasuredGroup | null;
  /** Drops what is known of a process that has ended. */
  forget(pid: number): void;
}

export interface MeasureOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Told when a process was seen to have started others. */
  readonly onMembers?: (group: MeasuredGroup) => void;
}

/** Makes a measure. Readings of the process table and of the GPUs that are wanted at the same time are made once. */
export function createMeasure(read: ReadMemory, { clock, onMembers }: MeasureOptions): Measure {
  const groups = new Map<number, MeasuredGroup>();
  const list = joined(read.list);
  const readGpuUse = read.readGpuUse === null ? null : remembered(joined(read.readGpuUse), clock);
  return {
    follow: (group) => void groups.set(group.leader.pid, { ...group, known: group.known ?? [] }),
    async readUse(pid) {
      const [rows, uses] = await Promise.all([list(), readGpuUse?.() ?? []]);
      const leader = rows.find((row) => row.pid === pid);
      if (leader === undefined) return null;
      const before = groups.get(pid);
      const group =
        before !== undefined && isSameProcess(before.leader, leader)
          ? before
          : { leader: identityOf(leader), ownGroup: leader.group === pid, known: [] };
      const members = membersOf(rows, group);
      const known = withMembers(group.known, members);
      groups.set(pid, { ...group, known });
      if (known !== group.known) onMembers?.({ ...group, known });
      const bytes = await ramOf(read, members);
      if (bytes.get(pid) === null) return null;
      return addFootprints({ ram: sumOf(bytes) }, gpuBytesOf(uses, members));
    },
    groupOf: (pid) => groups.get(pid) ?? null,
    forget: (pid) => void groups.delete(pid),
  };
}

/** Bytes of RAM that each process holds; null for one that has ended. Walks their page tables: some milliseconds for a large one. */
export async function ramOf(
  read: ReadMemory,
  members: readonly ProcessRow[],
): Promise<ReadonlyMap<number, number | null>> {
  return new Map(await Promise.all(members.map(async ({ pid }) => [pid, await read.readProcessBytes(pid)] as const)));
}

/** All of them together. */
export function sumOf(bytes: ReadonlyMap<number, number | null>): number {
  return [...bytes.values()].reduce<number>((sum, each) => sum + (each ?? 0), 0);
}

function gpuBytesOf(uses: readonly GpuUse[], members: readonly ProcessRow[]): Footprint {
  const pids = new Set(members.map(({ pid }) => pid));
  return uses
    .filter(({ pid }) => pids.has(pid))
    .map(({ device, bytes }): Footprint => ({ [device]: bytes }))
    .reduce(addFootprints, {});
}

/** Members of the past and of now. */
export function withMembers(
  known: readonly ProcessIdentity[],
  members: readonly ProcessRow[],
): readonly ProcessIdentity[] {
  const fresh = members.filter((row) => !known.some((identity) => isSameProcess(identity, row)));
  return fresh.length === 0 ? known : [...known, ...fresh.map(identityOf)].slice(-MOST_KNOWN);
}

/** A model that starts helpers all the time must not make its record grow for ever. */
const MOST_KNOWN = 256;

/** Callers that come while a reading is under way share it. */
function joined<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= read().finally(() => {
      running = null;
    });
    return running;
  };
}

/** The vendors' tools take a good part of a processor's time for a second: busy models are measured more often than that. */
const REMEMBER_MS = 1_000;

function remembered<T>(read: () => Promise<T>, clock: Pick<Clock, 'now'>): () => Promise<T> {
  let last: { readonly value: T; readonly atMs: number } | null = null;
  return async () => {
    if (last !== null && clock.now() - last.atMs < REMEMBER_MS) return last.value;
    const atMs = clock.now();
    const value = await read();
    last = { value, atMs };
    return value;
  };
}
