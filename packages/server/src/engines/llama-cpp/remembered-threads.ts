import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ThreadChoice } from './context.ts';

const FILE = 'threads.json';

const Remembered = z.object({
  /** What it was measured on: processor, processors allowed, llama.cpp and the model. */
  key: z.string(),
  threads: z.int().min(1),
  batchThreads: z.int().min(1),
  poll: z.int().min(0).max(100),
});

/** The threads that were found best for the same key; null when there are none or the file can't be read as such. */
export async function readThreads(folder: string, key: string): Promise<ThreadChoice | null> {
  let text: string;
  try {
    text = await readFile(join(folder, FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = Remembered.safeParse(jsonOf(text));
  if (!parsed.success || parsed.data.key !== key) return null;
  const { threads, batchThreads, poll } = parsed.data;
  return { threads, batchThreads, poll };
}

/** Remembers the threads in place of what was there. */
export async function writeThreads(folder: string, key: string, choice: ThreadChoice): Promise<void> {
  const path = join(folder, FILE);
  await writeFile(`${path}.new`, JSON.stringify({ key, ...choice }), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
