import { StringDecoder } from 'node:string_decoder';

const KEPT_LINES = 20;
const LONGEST_LINE = 500;

/**
 * Follows a process's output and keeps its last lines. A line is cut at 500 characters, so that output without line
 * ends, however much, takes no memory.
 */
export class LastWords {
  readonly #lines: string[] = [];
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** The last lines, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Adds a line that the process did not write itself. */
  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    this.#onLine(line);
  }

  follow(stream: NodeJS.ReadableStream | null): void {
    if (stream === null) return;
    const decoder = new StringDecoder('utf8');
    let line = '';
    const take = (text: string): void => {
      const parts = text.split(/\r?\n|\r/);
      for (const [at, part] of parts.entries()) {
        if (at > 0) {
          if (line !== '') this.add(line);
          line = '';
        }
        if (line.length < LONGEST_LINE) line += part.slice(0, LONGEST_LINE - line.length);
      }
    };
    stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
    stream.on('end', () => take(`${decoder.end()}\n`));
    // A pipe that breaks says no more than that the process is gone, which 'exit' tells better.
    stream.on('error', (error) => this.add(error.message));
  }
}
