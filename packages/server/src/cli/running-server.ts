import { ErrorBody } from '@concert/protocol';
import type { z } from 'zod';
import { ConfigError } from '../config-values.ts';

/** The commands that speak to a running server. */
export interface RunningServerDeps {
  readonly server: RunningServer;
  readonly signal: AbortSignal;
  /** Where answers go, line by line. */
  print(line: string): void;
}

/** Where a server is looked for: an address, or the one it was configured to bind. */
export interface ServerAddress {
  readonly url?: string | undefined;
  readonly host: string;
  readonly port: number;
}

/** The address of a server as this machine's programs reach it. Throws ConfigError when `url` is none. */
export function serverUrl({ url, host, port }: ServerAddress): string {
  if (url !== undefined) {
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw new ConfigError(`--url must be an address such as http://127.0.0.1:8000, not ${url}`);
    return new URL(url).origin;
  }
  // A server that binds every address is reached by the machine's own.
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${own.includes(':') ? `[${own}]` : own}:${port}`;
}

/** A running server's addresses for operators. Each call throws an Error with the sentence to show. */
export class RunningServer {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  get<T extends z.ZodType>(path: string, schema: T, signal: AbortSignal): Promise<z.infer<T>> {
    return this.#ask(path, { signal }, schema);
  }

  post<T extends z.ZodType>(path: string, schema: T, signal: AbortSignal): Promise<z.infer<T>> {
    return this.#ask(path, { method: 'POST', signal }, schema);
  }

  async #ask<T extends z.ZodType>(path: string, init: RequestInit, schema: T): Promise<z.infer<T>> {
    let body: unknown;
    try {
      const response = await fetch(this.url + path, init);
      body = await response.json();
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw new Error(
        `no server answers at ${this.url}; start one with: npx concert serve (or say where it is: --url http://127.0.0.1:8000)`,
        { cause },
      );
    }
    // A long wait is answered with status 200 before its end is known, so the body alone tells.
    const failed = ErrorBody.safeParse(body);
    if (failed.success) throw new Error(failed.data.error.message);
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    throw new Error(
      `what answers at ${this.url} is not this version of Concert; say where it is: --url http://127.0.0.1:8000`,
    );
  }
}
