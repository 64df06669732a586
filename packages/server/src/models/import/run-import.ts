import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What an import's process is told. */
export interface ToImport {
  readonly importer: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What it answers; `done` or `failed` is the last word. */
export type FromImport =
  | { readonly kind: 'progress'; readonly doneFraction: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string };

export interface RunImportOptions extends ToImport {
  readonly signal: AbortSignal;
  onProgress(doneFraction: number): void;
}

/** Runs one import; replaced in tests. */
export type RunImport = (options: RunImportOptions) => Promise<void>;

/** Runs an importer in a process of its own; an abort kills it. Throws an Error with the importer's message. */
export const runImport: RunImport = ({ signal, onProgress, ...job }) => {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = fork(entryPath(), [], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let outcome: FromImport | null = null;
    let lastWords = '';
    const giveUp = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', giveUp, { once: true });
    child.stderr?.on('data', (chunk: Buffer) => (lastWords = `${lastWords}${chunk.toString('utf8')}`.slice(-500)));
    child.on('message', (message) => {
      const answer = message as FromImport;
      if (answer.kind === 'progress') onProgress(answer.doneFraction);
      else outcome = answer;
    });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', giveUp);
      if (signal.aborted) reject(signal.reason as Error);
      else if (outcome?.kind === 'done') resolve();
      else if (outcome?.kind === 'failed') reject(new Error(outcome.message));
      else reject(new Error(`the conversion’s process ended with ${killedBy ?? `code ${code}`}: ${lastWords.trim()}`));
    });
    child.send(job satisfies ToImport);
  });
};

/** The built entry file; the sources cannot run in a plain Node process, so tests use the build too. */
function entryPath(): string {
  return fileURLToPath(new URL('./entry.js', import.meta.url).href.replace('/server/src/', '/server/dist/'));
}
