import { open } from 'node:fs/promises';
import { type FilePart, totalLength } from './graph-builder.ts';

/**
 * Writes the parts one after the other to a new file and flushes it to disk. `onProgress` gets the part that is done,
 * from 0 to 1; an aborted signal makes it throw the signal's reason and leaves an unfinished file.
 */
export async function writeParts(
  path: string,
  parts: readonly FilePart[],
  job: { readonly signal: AbortSignal; onProgress(doneFraction: number): void },
): Promise<void> {
  const total = totalLength(parts);
  let done = 0;
  await using file = await open(path, 'w');
  for (const part of parts) {
    job.signal.throwIfAborted();
    const bytes = part instanceof Uint8Array ? part : await part.produce();
    await file.writeFile(bytes);
    done += bytes.length;
    job.onProgress(done / total);
  }
  await file.sync();
}
