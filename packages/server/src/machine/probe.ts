import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { arch, cpus, freemem, platform, totalmem } from 'node:os';

/** How an outside command ended. */
export type CommandResult =
  | { readonly kind: 'done'; readonly code: number; readonly stdout: string; readonly stderr: string }
  /** There is no such program, or it may not be run. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'timed-out' };

/** All that the machine is asked; recorded answers of another machine can stand in for it. */
export interface Probe {
  /** Node's `process.platform`. */
  readonly platform: string;
  /** Node's `process.arch`. */
  readonly arch: string;
  /** What the operating system tells of the processors; on Linux `/proc` and `/sys` know better. */
  readonly cpu: { readonly model: string; readonly count: number };
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file's text; null when it is not there or may not be read. */
  readText(path: string): Promise<string | null>;
  /** The names in a folder, sorted; none when it is not there or may not be read. */
  list(path: string): Promise<readonly string[]>;
  /** Runs a program without a shell, for a few seconds at most; never throws. */
  run(command: string, args: readonly string[]): Promise<CommandResult>;
}

/** Long enough for nvidia-smi to wake eight cards that no driver daemon keeps awake. */
const COMMAND_MS = 5000;
const OUTPUT_BYTES = 16 * 2 ** 20;

/** The machine that this process runs on. `env` is what it may know of the environment; a command is ended after `commandMs`. */
export function systemProbe(env: Probe['env'] = {}, commandMs: number = COMMAND_MS): Probe {
  const processors = cpus();
  return {
    platform: platform(),
    arch: arch(),
    cpu: { model: processors[0]?.model.trim() ?? '', count: processors.length },
    totalBytes: totalmem(),
    freeBytes: freemem(),
    env,
    readText: (path) => readFile(path, 'utf8').catch(() => null),
    list: (path) =>
      readdir(path).then(
        (names) => names.sort(),
        () => [],
      ),
    run: (command, args) => runCommand(command, args, commandMs),
  };
}

function runCommand(command: string, args: readonly string[], timeout: number): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { timeout, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES } as const;
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ kind: 'done', code: 0, stdout, stderr });
      else if (error.killed === true) resolve({ kind: 'timed-out' });
      else if (typeof error.code === 'number') resolve({ kind: 'done', code: error.code, stdout, stderr });
      else if (error.signal !== undefined)
        resolve({ kind: 'done', code: -1, stdout, stderr: stderr || `ended by ${error.signal}` });
      else resolve({ kind: 'missing' });
    });
    child.stdin?.end();
  });
}

/** What a command wrote, when it ended well; null otherwise. */
export async function outputOf(probe: Probe, command: string, args: readonly string[]): Promise<string | null> {
  const result = await probe.run(command, args);
  return result.kind === 'done' && result.code === 0 ? result.stdout : null;
}
