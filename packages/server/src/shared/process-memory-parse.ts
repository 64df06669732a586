/** Pure readers of what Linux and ps say about memory; all sizes are bytes. */

const KIB = 1024;

function kibibytes(text: string, key: string): number | null {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return found === undefined ? null : Number(found) * KIB;
}

/** `/proc/<pid>/smaps_rollup`: proportional set size with the swapped share; null for a process that has just ended. */
export function parseSmapsRollup(text: string): number | null {
  const pss = kibibytes(text, 'Pss');
  return pss === null ? null : pss + (kibibytes(text, 'SwapPss') ?? 0);
}

/** `/proc/<pid>/status`: resident and swapped bytes; null for kernel threads and ended processes. */
export function parseStatusRss(text: string): number | null {
  const rss = kibibytes(text, 'VmRSS');
  return rss === null ? null : rss + (kibibytes(text, 'VmSwap') ?? 0);
}

/** `/proc/<pid>/stat`: the parent's id; null for zombies, which hold nothing. The name may hold spaces and parentheses. */
export function parseStatParent(text: string): number | null {
  const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || parent === undefined ? null : Number(parent);
}

/** `/proc/meminfo`: what can be used without swapping. */
export function parseMemAvailable(text: string): number | null {
  return kibibytes(text, 'MemAvailable');
}

/** `/proc/self/cgroup`: the paths of the memory controller (v1) and of the unified hierarchy (v2). */
export function parseCgroupPaths(text: string): { readonly v1: string | null; readonly v2: string | null } {
  let v1: string | null = null;
  let v2: string | null = null;
  for (const line of text.split('\n')) {
    const [id, controllers, ...path] = line.split(':');
    if (id === '0' && controllers === '') v2 = path.join(':');
    else if (controllers?.split(',').includes('memory') === true) v1 = path.join(':');
  }
  return { v1, v2 };
}

/** `memory.stat` of a cgroup: file pages that the kernel would drop before it refuses memory. */
export function parseCgroupReclaimable(text: string): number {
  const found = /^total_inactive_file (\d+)$/m.exec(text) ?? /^inactive_file (\d+)$/m.exec(text);
  return Number(found?.[1] ?? 0);
}

/** What a cgroup still allows; null without a limit (v2 says `max`, v1 a number near 2^63). */
export function roomInCgroup(limit: string, usage: string, reclaimable: number): number | null {
  const most = Number(limit);
  if (!Number.isFinite(most) || most > Number.MAX_SAFE_INTEGER) return null;
  return Math.max(0, most - Math.max(0, Number(usage) - reclaimable));
}

/** One line of the process table. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Resident bytes; 0 where the table does not tell. */
  readonly bytes: number;
}

/** `ps -A -o pid=,ppid=,rss=`. */
export function parsePs(text: string): readonly ProcessRow[] {
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/gm)].map(([, pid, parent, rss]) => ({
    pid: Number(pid),
    parent: Number(parent),
    bytes: Number(rss) * KIB,
  }));
}

/** macOS `vm_stat`: free, inactive and speculative pages. */
export function parseVmStat(text: string): number | null {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  const pages = ['free', 'inactive', 'speculative'].map((kind) =>
    Number(new RegExp(`^Pages ${kind}:\\s+(\\d+)\\.`, 'm').exec(text)?.[1] ?? 0),
  );
  const bytes = pageBytes * pages.reduce((sum, each) => sum + each, 0);
  return Number.isFinite(bytes) ? bytes : null;
}

/** The process and everything that it started, directly or not. */
export function descendantsOf(rows: readonly ProcessRow[], pid: number): readonly ProcessRow[] {
  const children = new Map<number, ProcessRow[]>();
  for (const row of rows) children.set(row.parent, [...(children.get(row.parent) ?? []), row]);
  const found = rows.filter((row) => row.pid === pid);
  const seen = new Set([pid]);
  // A list that grows while it is walked; `seen` guards against a table read while ids were re-used.
  for (const { pid: parent } of found) {
    for (const child of children.get(parent) ?? []) {
      if (seen.has(child.pid)) continue;
      seen.add(child.pid);
      found.push(child);
    }
  }
  return found;
}
