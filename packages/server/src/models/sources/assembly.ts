import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { hashInto } from '../store/hash-file.ts';

const Note = z.object({ joined: z.int(), bytes: z.int() });

/** A file that is being joined from members of packages; how far it came is noted beside it, so a later run goes on. */
export class Assembly {
  readonly file: FileHandle;
  readonly hash: Hash;
  readonly #path: string;
  /** Parts that stand in the file. */
  joined: number;
  bytes: number;
  readonly resumed: boolean;

  static async open(path: string, signal: AbortSignal): Promise<Assembly> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    try {
      const note = await readNote(path);
      const { size } = await file.stat();
      const usable = note !== null && size >= note.bytes ? note : { joined: 0, bytes: 0 };
      await file.truncate(usable.bytes);
      const hash = createHash('sha256');
      await hashInto(hash, path, usable.bytes, signal);
      return new Assembly({ path, file, hash, ...usable });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(start: { path: string; file: FileHandle; hash: Hash; joined: number; bytes: number }) {
    this.#path = start.path;
    this.file = start.file;
    this.hash = start.hash;
    this.joined = start.joined;
    this.bytes = start.bytes;
    this.resumed = start.bytes > 0;
  }

  /** Notes that one more part, of so many bytes, stands in the file. */
  async partJoined(bytes: number): Promise<void> {
    this.joined += 1;
    this.bytes += bytes;
    await this.file.datasync();
    await writeFile(notePath(this.#path), JSON.stringify({ joined: this.joined, bytes: this.bytes }));
  }
}

/** Where an assembly of this partial file notes how far it came. */
export function notePath(partialPath: string): string {
  return `${partialPath}.parts.json`;
}

async function readNote(partialPath: string): Promise<z.infer<typeof Note> | null> {
  try {
    const parsed = Note.safeParse(JSON.parse(await readFile(notePath(partialPath), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // Without the note nobody knows which parts are in the file: it is begun anew.
    return null;
  }
}
