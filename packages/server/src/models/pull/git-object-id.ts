import { createHash } from 'node:crypto';

/** The id that git gives a file: SHA-1 over a header and the content (see "Git Internals - Git Objects"). */
export function gitObjectId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
