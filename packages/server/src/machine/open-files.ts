import type { Probe } from './probe.ts';

/** Files that this process may hold open, Infinity where it is not limited; null where the system does not tell. */
export async function readOpenFilesLimit(probe: Probe): Promise<number | null> {
  const limits = await probe.readText('/proc/self/limits');
  const soft = /^Max open files\s+(\S+)/m.exec(limits ?? '')?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Infinity : Number(soft);
}
