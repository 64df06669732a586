const LOG_WARN = 3;
const LOG_ERROR = 4;
const LOG_CONTINUE = 5;

/** Keeps warnings and errors of llama.cpp's log, which otherwise writes hundreds of lines for every load. */
export class NativeLog {
  readonly #write: (line: string) => void;
  #keeping = false;
  #errors: string[] = [];

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  receive(level: number, text: string): void {
    if (level !== LOG_CONTINUE) this.#keeping = level === LOG_WARN || level === LOG_ERROR;
    if (!this.#keeping) return;
    if (level === LOG_ERROR) this.#errors.push(text.trim());
    this.#write(text);
  }

  /** The errors since the last call. */
  takeErrors(): readonly string[] {
    const errors = this.#errors;
    this.#errors = [];
    return errors;
  }
}
