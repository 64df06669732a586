import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const GONE = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENOTDIR']);

/** The text of a file under `/proc` or `/sys`; null when it is not there, may not be read, or its process ended meanwhile. */
export async function readProcText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return nullIfGone(error);
  }
}

/** The same, at once: for small files that the kernel makes up. */
export function readProcTextNow(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return nullIfGone(error);
  }
}

function nullIfGone(error: unknown): null {
  if (GONE.has(String((error as { code?: unknown }).code))) return null;
  throw error;
}
