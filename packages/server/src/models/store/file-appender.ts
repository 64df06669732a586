import type { FileHandle } from 'node:fs/promises';

const FLUSH_BYTES = 1024 * 1024;

/** Gathers small chunks and appends them to an open file in large writes. What was added is on disk only after `flush`. */
export class FileAppender {
  readonly #file: FileHandle;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Takes a chunk, which must not change afterwards; writes when enough have gathered. */
  async add(chunk: Buffer): Promise<void> {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= FLUSH_BYTES) await this.flush();
  }

  /** Writes everything that was added. */
  async flush(): Promise<void> {
    if (this.#waitingBytes === 0) return;
    const bytes = Buffer.concat(this.#waiting, this.#waitingBytes);
    this.discard();
    for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at)).bytesWritten;
  }

  /** Forgets what was not written yet. */
  discard(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
