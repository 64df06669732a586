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

/** macOS `vm_stat`: free, inactive and speculative pages. */
export function parseVmStat(text: string): number | null {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  const pages = ['free', 'inactive', 'speculative'].map((kind) =>
    Number(new RegExp(`^Pages ${kind}:\\s+(\\d+)\\.`, 'm').exec(text)?.[1] ?? 0),
  );
  const bytes = pageBytes * pages.reduce((sum, each) => sum + each, 0);
  return Number.isFinite(bytes) ? bytes : null;
}
