import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import { BenchError } from '../options.ts';

const PROGRAM = fileURLToPath(new URL('./generate.py', import.meta.url));
const LAST_WORDS = 5;

/** What one run of `generate` took. */
export interface GenerateRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Written by all sequences of the batch. */
  readonly tokens: number;
  readonly promptTokens: number;
  /** The most that the process held since the model was loaded; null where the system does not tell. */
  readonly peakBytes: number | null;
}

/** PyTorch's names of number formats. */
export type Dtype = 'float32' | 'bfloat16';

/** Transformers in a process of its own, with a GGUF file's weights dequantised. */
export class TransformersSide {
  readonly #child: ChildProcess;
  readonly #lastWords: string[] = [];
  readonly #answers: AsyncIterator<string>;

  private constructor(python: string) {
    this.#child = spawn(python, [PROGRAM], { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('the process has no pipes');
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
    createInterface({ input: stderr }).on('line', (line) => {
      this.#lastWords.push(line);
      if (this.#lastWords.length > LAST_WORDS) this.#lastWords.shift();
    });
    // What was written to a process that ended shows as the end of its answers.
    this.#child.stdin?.on('error', () => {});
    this.#child.on('error', (error) => this.#lastWords.push(error.message));
  }

  /** Starts the process and loads the model; the caller closes it. Throws BenchError with its last words when that fails. */
  static async open(
    python: string,
    model: { readonly path: string; readonly dtype: Dtype; readonly threads: number },
  ): Promise<TransformersSide> {
    const side = new TransformersSide(python);
    try {
      await side.#ask({ kind: 'load', ...model });
      return side;
    } catch (error) {
      side.close();
      throw error;
    }
  }

  /** Writes as many new tokens for each of the conversations, as one batch. */
  async generate(conversations: readonly (readonly ChatMessage[])[], newTokens: number): Promise<GenerateRun> {
    return (await this.#ask({ kind: 'run', conversations, newTokens })) as GenerateRun;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  async #ask(question: object): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new BenchError(`Transformers ended: ${this.#lastWords.join(' / ')}`);
    return JSON.parse(answer.value);
  }
}
