import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChatMessage } from '../../packages/server/src/engines/engine.ts';
import type { BareLoopOptions, BareLoopResult } from '../../packages/server/src/engines/llama-cpp/bare-loop.ts';
import { BenchError } from '../options.ts';
import type { SideRun } from './run-figures.ts';

const PROGRAM = fileURLToPath(new URL('./bare-process.mjs', import.meta.url));
const LOOP = fileURLToPath(new URL('../../packages/server/dist/engines/llama-cpp/bare-loop.js', import.meta.url));

type Question =
  | { readonly kind: 'open'; readonly options: BareLoopOptions }
  | { readonly kind: 'run'; readonly conversations: readonly (readonly ChatMessage[])[]; readonly maxTokens: number };
type Reply = { readonly result: BareLoopResult | null } | { readonly error: string };

/** What the server is compared with: the same loop over llama.cpp in a process of its own, with nothing around it. */
export class BareSide {
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid ?? -1;
  }

  /** Starts the process and loads the model; the caller closes it. Throws BenchError when that fails. */
  static async open(options: BareLoopOptions): Promise<BareSide> {
    // llama.cpp writes pages about every model it loads.
    const child = fork(PROGRAM, [LOOP], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const side = new BareSide(child);
    try {
      await side.#ask({ kind: 'open', options });
      return side;
    } catch (error) {
      side.close();
      throw error;
    }
  }

  async run(conversations: readonly (readonly ChatMessage[])[], maxTokens: number): Promise<SideRun> {
    const result = await this.#ask({ kind: 'run', conversations, maxTokens });
    if (result === null) throw new BenchError('the bare loop answered nothing');
    const missing = conversations.length * maxTokens - result.completionTokens;
    return {
      seconds: (result.promptMs + result.decodeMs) / 1000,
      tokens: result.completionTokens,
      ended: missing > 0 ? Math.ceil(missing / maxTokens) : 0,
      engineCpu: result.cpuSeconds,
      serverCpu: 0,
      firstTextMs: [],
      promptTokens: result.promptTokens,
      cachedTokens: 0,
    };
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  #ask(question: Question): Promise<BareLoopResult | null> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        child.off('message', onMessage);
        child.off('exit', onExit);
      };
      const onMessage = (message: unknown): void => {
        settle();
        const reply = message as Reply;
        if ('error' in reply) reject(new BenchError(`the bare loop failed: ${reply.error}`));
        else resolve(reply.result);
      };
      const onExit = (code: number | null, signal: string | null): void => {
        settle();
        reject(new BenchError(`the process of the bare loop ended (${signal ?? `code ${code}`})`));
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.send(question);
    });
  }
}
