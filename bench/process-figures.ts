import { readdirSync, readFileSync } from 'node:fs';
import { readProcessBytes } from '../packages/server/src/shared/process-memory.ts';

/** Linux tells processes' times in hundredths of a second, whatever its own clock. */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, of a line of `/proc/<pid>/stat`; ended threads are included, child processes are not. */
export function parseCpuSeconds(stat: string): number {
  // The program's name stands in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** CPU seconds that a process has used, to a hundredth; NaN where the system does not tell (other than Linux) or it has ended. */
export function cpuSeconds(pid: number): number {
  const stat = readProc(pid, 'stat');
  return stat === null ? Number.NaN : parseCpuSeconds(stat);
}

/** A number of `/proc/<pid>/status` in bytes; NaN when it is not there. */
export function parseStatusBytes(status: string, key: 'VmRSS' | 'VmHWM'): number {
  const kibibytes = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return kibibytes === undefined ? Number.NaN : Number(kibibytes) * 1024;
}

/** Megabytes (10^6 bytes) that a process holds. */
export interface ProcessMegabytes {
  /** Its own pages and its share of those that it has in common with others. */
  readonly proportional: number;
  /** Its own pages and all of those that it has in common with others; NaN other than on Linux, as is `peak`. */
  readonly resident: number;
  /** The most that was ever resident. */
  readonly peak: number;
}

/** Throws when there is no such process. */
export async function processMegabytes(pid: number): Promise<ProcessMegabytes> {
  const proportional = await readProcessBytes(pid);
  if (proportional === null) throw new Error(`the process ${pid} has ended`);
  const status = readProc(pid, 'status') ?? '';
  return {
    proportional: proportional / 1e6,
    resident: parseStatusBytes(status, 'VmRSS') / 1e6,
    peak: parseStatusBytes(status, 'VmHWM') / 1e6,
  };
}

/** Open files and sockets of a process; NaN where the system does not tell. */
export function openHandles(pid: number): number {
  return listProc(`/proc/${pid}/fd`)?.length ?? Number.NaN;
}

/** Processes that a process started and that these started, itself left out; NaN where the system does not tell. */
export function processCount(pid: number): number {
  const pids = listProc('/proc')?.filter((name) => /^\d+$/.test(name));
  if (pids === undefined) return Number.NaN;
  const parents = new Map(pids.map((name) => [Number(name), parentOf(readProc(Number(name), 'stat') ?? '')]));
  const under = (child: number): boolean => {
    const parent = parents.get(child) ?? 0;
    return parent === pid || (parent > 1 && under(parent));
  };
  return [...parents.keys()].filter(under).length;
}

function parentOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function listProc(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}

function readProc(pid: number, name: 'stat' | 'status'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
  }
}
