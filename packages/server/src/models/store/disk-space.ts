import { mkdir, statfs } from 'node:fs/promises';
import { GatewayError } from '../../shared/errors.ts';
import { formatBytes } from '../pull/format-bytes.ts';

/** Bytes that this user may still write to the file system of a folder. */
export type FreeBytes = (folder: string) => Promise<number>;

/** Asks the operating system; the folder is made if it is not there. */
export const freeBytesOf: FreeBytes = async (folder) => {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Throws a sentence naming both figures when fewer than `neededBytes` are free. */
export async function requireFreeBytes(folder: string, neededBytes: number, freeBytes: FreeBytes): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= neededBytes) return;
  throw new GatewayError(
    'model_missing',
    `the disk is too full: the weights need ${formatBytes(neededBytes)} (${neededBytes} bytes) and ${formatBytes(free)} (${free} bytes) are free; ` +
      'make room, or set CONCERT_HOME to a folder on a larger disk',
  );
}
