import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Feeds the first `bytes` bytes of a file to `hash`. Throws what reading throws, or the signal's reason. */
export async function hashInto(hash: Hash, path: string, bytes: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (bytes === 0) return;
  for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: 1024 * 1024, signal }))
    hash.update(chunk as Buffer);
}

/** SHA-256 of a file in lower-case hex. Throws what reading throws, or the signal's reason. */
export async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await hashInto(hash, path, Number.MAX_SAFE_INTEGER, signal);
  return hash.digest('hex');
}
