import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readProcessTreeBytes } from '../packages/server/src/shared/process-memory.ts';

const CLI = fileURLToPath(new URL('../packages/server/dist/cli/cli.js', import.meta.url));

/** A server of its own process, as a user starts it. */
export interface StartedServer {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  readonly pid: number;
  /** What it logged so far, one JSON line each. */
  readonly lines: readonly string[];
  /** Milliseconds from the start of the process until it said that it listens. */
  readonly listeningMs: number;
  /** Bytes that the process and all that it started hold. */
  treeBytes(): Promise<number>;
  /** Ends it as a service manager does and waits; resolves with its exit code. */
  stop(): Promise<number | null>;
}

export interface StartServerOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Another program that takes the flags of `serve`, such as npm; it gets a process group, so that its children are stopped too. */
  readonly launcher?: readonly [program: string, ...args: string[]];
}

/**
 * Starts the built server on a free port of the loopback and waits until it is ready; its log goes nowhere but to `lines`. It
 * ends with this process. Throws what it logged when it ends before it is ready.
 */
export async function startServer(options: StartServerOptions = {}): Promise<StartedServer> {
  const [program, ...first] = options.launcher ?? [process.execPath, CLI, 'serve'];
  const ownGroup = options.launcher !== undefined;
  const startedMs = performance.now();
  const child = spawn(program, [...first, '--port', '0', ...(options.flags ?? [])], {
    env: { ...process.env, CONCERT_LOG_FILE: '/dev/null', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
  });
  const end = (signal: NodeJS.Signals): void => endProcess(child, ownGroup, signal);
  const endWithUs = (): void => end('SIGKILL');
  process.once('exit', endWithUs);
  const exited = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      process.off('exit', endWithUs);
      resolve(code);
    });
  });
  const lines: string[] = [];
  const { url, listeningMs } = await ready(child, lines, startedMs);
  const pid = child.pid ?? -1;
  return {
    url,
    pid,
    lines,
    listeningMs,
    treeBytes: () => readProcessTreeBytes(pid),
    stop: () => {
      end('SIGTERM');
      return exited;
    },
  };
}

function endProcess(child: ChildProcess, group: boolean, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (group) process.kill(-child.pid, signal);
  else child.kill(signal);
}

function ready(
  child: ChildProcess,
  lines: string[],
  startedMs: number,
): Promise<Pick<StartedServer, 'url' | 'listeningMs'>> {
  return new Promise((resolve, reject) => {
    let listening = { url: '', listeningMs: Number.NaN };
    const follow = (stream: NodeJS.ReadableStream | null): void => {
      if (stream === null) return;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const url = /Server listening on (http:[^"\s]+)/.exec(line)?.[1];
        if (url !== undefined) listening = { url, listeningMs: performance.now() - startedMs };
        if (line.includes('Ready to serve requests')) resolve(listening);
      });
    };
    follow(child.stdout);
    follow(child.stderr);
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`the server ended with code ${code}:\n${lines.join('\n')}`)));
  });
}
