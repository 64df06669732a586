import { readProcText } from '../../shared/read-proc-text.ts';

/** How many processes the kernel has killed for want of memory since the machine started; 0 where it does not tell. */
export async function countOomKills(read: (path: string) => Promise<string | null> = readProcText): Promise<number> {
  if (process.platform !== 'linux') return 0;
  return Number(/^oom_kill (\d+)$/m.exec((await read('/proc/vmstat')) ?? '')?.[1] ?? 0);
}
