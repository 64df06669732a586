import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const Holder = z.object({ token: z.string(), pid: z.number(), host: z.string() });
type Holder = z.infer<typeof Holder>;

/** A held lock. */
export interface StoreLock {
  /** Aborts when another process took the lock over, because this one seemed dead. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export interface LockOptions {
  readonly signal: AbortSignal;
  /** Called once when another process holds the lock, with its process id. */
  readonly onWait: (pid: number) => void;
  readonly heartbeatMs?: number;
  /** A lock whose heartbeat is older belongs to nobody. */
  readonly staleMs?: number;
}

/**
 * Waits for a lock file that one process on any machine sharing the folder can hold. It is taken over at once when its
 * holder's process is gone from this machine, else when its heartbeat has stopped for `staleMs`.
 */
export async function lockStore(path: string, options: LockOptions): Promise<StoreLock> {
  const { signal, onWait, heartbeatMs = 2_000, staleMs = 20_000 } = options;
  const mine: Holder = { token: randomUUID(), pid: process.pid, host: hostname() };
  await mkdir(dirname(path), { recursive: true });
  for (let told = false; !(await create(path, mine));) {
    signal.throwIfAborted();
    const found = await read(path);
    if (found === null) continue;
    if (isDead(found, staleMs)) {
      await takeAway(path, found, staleMs);
      continue;
    }
    if (!told) onWait(found.holder?.pid ?? 0);
    told = true;
    await sleep(Math.min(500, heartbeatMs), undefined, { signal });
  }
  return hold(path, mine, heartbeatMs);
}

function hold(path: string, mine: Holder, heartbeatMs: number): StoreLock {
  const lost = new AbortController();
  let beating: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    const found = await read(path);
    if (found?.holder?.token === mine.token) await utimes(path, new Date(), new Date());
    else
      lost.abort(new Error('another process took over the pull, because this one had not been heard of for some time'));
  };
  const timer = setInterval(() => {
    beating = beat().catch((error: unknown) => lost.abort(error));
  }, heartbeatMs);
  timer.unref();
  return {
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      await beating;
      const found = await read(path);
      if (found?.holder?.token === mine.token) await rm(path, { force: true });
    },
  };
}

/** Creates the file if there is none. */
async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

interface Found {
  /** Null while its holder is still writing it. */
  readonly holder: Holder | null;
  readonly ageMs: number;
}

async function read(path: string): Promise<Found | null> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const parsed = Holder.safeParse(text === '' ? null : parseJson(text));
    return { holder: parsed.success ? parsed.data : null, ageMs: Date.now() - mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half-written: judged by its age alone.
    return null;
  }
}

function isDead(found: Found, staleMs: number): boolean {
  if (found.ageMs > staleMs) return true;
  const { holder } = found;
  return holder !== null && holder.host === hostname() && !isRunning(holder.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Deletes a dead holder's lock; a second lock keeps two waiters from deleting each other's new one. */
async function takeAway(path: string, dead: Found, staleMs: number): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await create(guard, { token: randomUUID(), pid: process.pid, host: hostname() }))) {
    const other = await read(guard);
    if (other !== null && isDead(other, staleMs)) await rm(guard, { force: true });
    await sleep(20);
    return;
  }
  try {
    const now = await read(path);
    if (now?.holder?.token === dead.holder?.token && now !== null && isDead(now, staleMs))
      await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
