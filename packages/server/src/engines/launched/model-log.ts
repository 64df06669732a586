import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '../../shared/log.ts';

const MOST_BYTES = 32 * 1024 * 1024;

/**
 * A file that keeps an engine's own output. At 32 MiB it is renamed to `….1`, so that there are never more than twice that. A file
 * that cannot be written is told of once and left: an engine is not stopped for its log.
 */
export class ModelLog {
  readonly #path: string;
  readonly #log: Log;
  #file: number | null = null;
  #bytes = 0;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
    this.#attempt(() => this.#open());
  }

  write(bytes: Uint8Array | string): void {
    this.#attempt(() => {
      if (this.#file === null) return;
      this.#bytes += writeSync(this.#file, Buffer.from(bytes as Uint8Array));
      if (this.#bytes < MOST_BYTES) return;
      closeSync(this.#file);
      renameSync(this.#path, `${this.#path}.1`);
      this.#open();
    });
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #open(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    this.#file = openSync(this.#path, 'a', 0o600);
    this.#bytes = statSync(this.#path).size;
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#log.warn({ err: error }, `the engine's output is not kept: ${this.#path} cannot be written`);
      this.#file = null;
    }
  }
}
