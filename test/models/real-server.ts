import { type StartedServer, startServer, type StartServerOptions } from '../started-server.ts';

/** A server of its own process on real weights. */
export type RealServer = StartedServer;

/** The state folder that `npm test` filled with weights; null when there is none. */
export function testHome(): string | null {
  return process.env['CONCERT_TEST_HOME'] ?? null;
}

/** Starts the built server on the test weights and waits until it is ready. Throws what it logged when it ends before. */
export function startRealServer(options: Pick<StartServerOptions, 'flags' | 'env'> = {}): Promise<RealServer> {
  return startServer({
    flags: ['--profile', 'laptop', ...(options.flags ?? [])],
    env: { CONCERT_HOME: testHome() ?? '', CONCERT_WEIGHT_SOURCES: 'registry', ...options.env },
  });
}
