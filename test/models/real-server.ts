import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readProcessTreeBytes } from '../../packages/server/src/shared/process-memory.ts';

const CLI = fileURLToPath(new URL('../../packages/server/dist/cli/cli.js', import.meta.url));

/** A server of its own process, as a user starts it. */
export interface RealServer {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  readonly pid: number;
  /** What the server logged so far, one JSON line each. */
  readonly lines: readonly string[];
  /** Bytes that the server and all its models hold. */
  treeBytes(): Promise<number>;
  /** Ends it as a service manager does and waits; resolves with its exit code. */
  stop(): Promise<number | null>;
}

export interface RealServerOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The state folder that `npm test` filled with weights; null when there is none. */
export function testHome(): string | null {
  return process.env['CONCERT_TEST_HOME'] ?? null;
}

/** Starts the built server on a free port of the loopback and waits until it is ready. Throws what it logged when it ends before. */
export async function startRealServer(options: RealServerOptions = {}): Promise<RealServer> {
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--profile', 'laptop', ...(options.flags ?? [])], {
    env: {
      ...process.env,
      CONCERT_HOME: testHome() ?? '',
      CONCERT_LOG_FILE: '/dev/null',
      CONCERT_WEIGHT_SOURCES: 'registry',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const url = await readyUrl(child, lines);
  return {
    url,
    pid: child.pid ?? -1,
    lines,
    treeBytes: () => readProcessTreeBytes(child.pid ?? -1),
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

function readyUrl(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let url = '';
    const follow = (stream: NodeJS.ReadableStream | null): void => {
      if (stream === null) return;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        url = /Server listening on (http:[^"\s]+)/.exec(line)?.[1] ?? url;
        if (line.includes('Ready to serve requests')) resolve(url);
      });
    };
    follow(child.stdout);
    follow(child.stderr);
    child.on('close', (code) => reject(new Error(`the server ended with code ${code}:\n${lines.join('\n')}`)));
  });
}
