import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where an engine listens: never anywhere that another machine can reach. */
export interface EngineAddress {
  readonly origin: string;
  /** A Unix socket in a folder that only this user may enter; null where the engine has a port of 127.0.0.1. */
  readonly socketPath: string | null;
  /** 0 where the engine has a socket. */
  readonly port: number;
}

/** A folder that only this user may enter, removed with all in it when it is disposed of. */
export interface PrivateFolder extends Disposable {
  readonly path: string;
  /** Writes a file into it that only this user may read; gives its path. */
  write(name: string, text: string): string;
}

/** In the system's temporary folder, because the path of a socket may have 107 bytes at most; mkdtemp gives it mode 0700. */
export function createPrivateFolder(): PrivateFolder {
  const path = mkdtempSync(join(tmpdir(), 'concert-'));
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/**
 * Hands out an address for an engine that is about to start. A port is free when it is handed out, but the system may give it away
 * before the engine takes it: then the engine cannot bind, and is to be started again with another.
 */
export async function handOutAddress(kind: 'socket' | 'port', folder: PrivateFolder): Promise<EngineAddress> {
  if (kind === 'socket') return { origin: 'http://localhost', socketPath: join(folder.path, 'engine.sock'), port: 0 };
  const port = await freePort();
  return { origin: `http://127.0.0.1:${port}`, socketPath: null, port };
}

/** An engine binds its port only seconds after it was handed out; so long it is given to no other. */
const PORT_HELD_MS = 120_000;
const held = new Set<number>();

async function freePort(): Promise<number> {
  for (;;) {
    const port = await askSystem();
    if (held.has(port)) continue;
    held.add(port);
    setTimeout(() => held.delete(port), PORT_HELD_MS).unref();
    return port;
  }
}

function askSystem(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
