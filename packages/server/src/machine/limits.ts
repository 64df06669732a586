import {
  parseCgroupPaths,
  parseCgroupReclaimable,
  parseMemAvailable,
  parseVmStat,
  roomInCgroup,
} from '../shared/process-memory-parse.ts';
import { outputOf, type Probe } from './probe.ts';

/** What this process may use of memory and processors, where it runs in a container: its limits, not the host's. */
export interface Allowance {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly cores: number;
  /** Limits that are narrower than the machine; null when there are none. */
  readonly limits: { readonly memoryBytes: number | null; readonly cpus: number | null } | null;
}

/** Reads memory, affinity and the quotas of every control group (v1 and v2) around this process. */
export async function readAllowance(probe: Probe): Promise<Allowance> {
  const free = await readFreeBytes(probe);
  if (probe.platform !== 'linux') {
    return { totalBytes: probe.totalBytes, freeBytes: free, cores: probe.cpu.count, limits: null };
  }
  const [status, membership] = await Promise.all([
    probe.readText('/proc/self/status'),
    probe.readText('/proc/self/cgroup'),
  ]);
  const [memory, quota] = await Promise.all([
    readMemoryGroups(probe, membership ?? ''),
    readCpuQuota(probe, membership ?? ''),
  ]);
  const allowed = countCpus(/^Cpus_allowed_list:\s*(\S+)/m.exec(status ?? '')?.[1] ?? '') || probe.cpu.count;
  const affinity = Math.min(allowed, probe.cpu.count);
  const cores = Math.min(affinity, quota ?? Infinity);
  const memoryBytes = memory.limitBytes !== null && memory.limitBytes < probe.totalBytes ? memory.limitBytes : null;
  const cpus = cores < probe.cpu.count ? cores : null;
  return {
    totalBytes: memoryBytes ?? probe.totalBytes,
    freeBytes: Math.min(free, memory.roomBytes ?? Infinity),
    cores,
    limits: memoryBytes === null && cpus === null ? null : { memoryBytes, cpus },
  };
}

/** Names the kind of container that this process runs in; null outside of one. */
export async function readContainer(probe: Probe): Promise<string | null> {
  if (probe.platform !== 'linux') return null;
  const [docker, podman, membership, mounts] = await Promise.all([
    probe.list('/').then((names) => names.includes('.dockerenv')),
    probe.readText('/run/.containerenv'),
    probe.readText('/proc/1/cgroup'),
    probe.readText('/proc/self/mountinfo'),
  ]);
  if (/kubepods/.test(membership ?? '') || probe.env['KUBERNETES_SERVICE_HOST'] !== undefined) return 'Kubernetes';
  if (docker) return 'Docker';
  if (podman !== null) return 'Podman';
  if (/docker|containerd|lxc/.test(membership ?? '')) return 'container';
  // The root of a container is an overlay; that of an installed system hardly ever.
  return /^\S+ \S+ \S+ \/ \/ [^\n]* - overlay /m.test(mounts ?? '') ? 'container' : null;
}

async function readFreeBytes(probe: Probe): Promise<number> {
  if (probe.platform === 'linux')
    return parseMemAvailable((await probe.readText('/proc/meminfo')) ?? '') ?? probe.freeBytes;
  if (probe.platform === 'darwin') return parseVmStat((await outputOf(probe, 'vm_stat', [])) ?? '') ?? probe.freeBytes;
  return probe.freeBytes;
}

interface MemoryGroups {
  /** The narrowest limit; null without any. */
  readonly limitBytes: number | null;
  /** The least that a limited group leaves. */
  readonly roomBytes: number | null;
}

async function readMemoryGroups(probe: Probe, membership: string): Promise<MemoryGroups> {
  const paths = parseCgroupPaths(membership);
  const folders = [
    ...ancestors(paths.v1).map((path) => ({
      folder: `/sys/fs/cgroup/memory${path}`,
      limit: 'memory.limit_in_bytes',
      usage: 'memory.usage_in_bytes',
    })),
    ...ancestors(paths.v2).map((path) => ({
      folder: `/sys/fs/cgroup${path}`,
      limit: 'memory.max',
      usage: 'memory.current',
    })),
  ];
  const groups = await Promise.all(
    folders.map(async ({ folder, limit, usage }) => {
      const [most = null, used = null, stat = null] = await Promise.all(
        [limit, usage, 'memory.stat'].map((name) => probe.readText(`${folder}/${name}`)),
      );
      if (most === null || used === null) return [];
      const room = roomInCgroup(most, used, parseCgroupReclaimable(stat ?? ''));
      return room === null ? [] : [{ limit: Number(most), room }];
    }),
  );
  const limited = groups.flat();
  if (limited.length === 0) return { limitBytes: null, roomBytes: null };
  return {
    limitBytes: Math.min(...limited.map((group) => group.limit)),
    roomBytes: Math.min(...limited.map((group) => group.room)),
  };
}

/** Processors' worth of time that the narrowest quota allows; null without one. */
async function readCpuQuota(probe: Probe, membership: string): Promise<number | null> {
  const quotas = await Promise.all([
    ...ancestors(cpuPathV1(membership)).map(async (path) => {
      const folder = `/sys/fs/cgroup/cpu${path}`;
      const [quota, period] = await Promise.all([
        probe.readText(`${folder}/cpu.cfs_quota_us`),
        probe.readText(`${folder}/cpu.cfs_period_us`),
      ]);
      return share(quota?.trim(), period?.trim());
    }),
    ...ancestors(parseCgroupPaths(membership).v2).map(async (path) => {
      const [quota, period] = ((await probe.readText(`/sys/fs/cgroup${path}/cpu.max`)) ?? '').trim().split(' ');
      return share(quota, period);
    }),
  ]);
  const found = quotas.filter((quota) => quota !== null);
  return found.length === 0 ? null : Math.min(...found);
}

/** Version 2 writes `max` for no quota, version 1 writes -1. */
function share(quota: string | undefined, period: string | undefined): number | null {
  const [microseconds, per] = [Number(quota), Number(period)];
  return microseconds > 0 && per > 0 ? microseconds / per : null;
}

function cpuPathV1(membership: string): string | null {
  for (const line of membership.split('\n')) {
    const [, controllers, ...path] = line.split(':');
    if (controllers?.split(',').includes('cpu') === true) return path.join(':');
  }
  return null;
}

/** The path and all above it, the root included: inside a container only the root may be there, and is then ours. */
function ancestors(path: string | null): string[] {
  if (path === null) return [];
  const parts = path.split('/').filter((part) => part !== '');
  return parts
    .reduceRight<string[]>((found, _, index) => [...found, `/${parts.slice(0, index + 1).join('/')}`], [])
    .concat('');
}

/** How many processors a kernel list names: `0-3,8` is five. */
export function countCpus(list: string): number {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return 0;
  return list.split(',').reduce((sum, part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return sum + last - first + 1;
  }, 0);
}
