import type { PullEvent } from '../models/pull/pull-event.ts';
import type { Log } from '../shared/log.ts';
import { applyEvent, NOTHING_YET, progressLines, type ProgressState, totalLine } from './progress-state.ts';

/** Where progress is shown: a terminal, or a file that wants plain lines. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const TERMINAL_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5_000;

/** Shows a pull: bars that redraw themselves on a terminal, else a line every few seconds. Its owner calls `end()`. */
export class ProgressView {
  readonly #stream: ProgressStream;
  readonly #timer: NodeJS.Timeout;
  #state: ProgressState = NOTHING_YET;
  #drawnLines = 0;
  #saidWaiting = false;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
    this.#timer = setInterval(() => this.#draw(), stream.isTTY === true ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS);
    this.#timer.unref();
  }

  /** Takes what `pullModels` reports. */
  readonly onProgress = (event: PullEvent): void => {
    this.#state = applyEvent(this.#state, event, Date.now());
    if (event.kind === 'end') this.clear();
    if (event.kind !== 'waiting' || this.#saidWaiting || this.#stream.isTTY === true) return;
    this.#saidWaiting = true;
    this.#stream.write(`${totalLine(this.#state, Date.now())}\n`);
  };

  /** Wipes the bars, so that other output starts on a clean line; they come back with the next redraw. */
  clear(): void {
    if (this.#drawnLines === 0) return;
    this.#stream.write(`\x1b[${this.#drawnLines}A\x1b[J`);
    this.#drawnLines = 0;
  }

  /** A logger that wipes the bars before each line. */
  wrap(log: Log): Log {
    const cleanly =
      (level: 'debug' | 'info' | 'warn' | 'error') =>
      (fields: object, message: string): void => {
        this.clear();
        log[level](fields, message);
      };
    return {
      debug: cleanly('debug'),
      info: cleanly('info'),
      warn: cleanly('warn'),
      error: cleanly('error'),
      child: (bindings) => this.wrap(log.child(bindings)),
    };
  }

  /** An output that wipes the bars before each write. */
  wrapOutput(output: { write(text: string): unknown }): { write(text: string): unknown } {
    return {
      write: (text) => {
        this.clear();
        return output.write(text);
      },
    };
  }

  /** Stops redrawing. */
  end(): void {
    clearInterval(this.#timer);
    this.clear();
  }

  #draw(): void {
    if (this.#state.plannedFiles === 0 && this.#state.waitingFor === null) return;
    if (this.#stream.isTTY !== true) {
      this.#stream.write(`${totalLine(this.#state, Date.now())}\n`);
      return;
    }
    const lines = progressLines(this.#state, Date.now(), this.#stream.columns ?? 80);
    this.clear();
    this.#stream.write(`${lines.join('\n')}\n`);
    this.#drawnLines = lines.length;
  }
}
