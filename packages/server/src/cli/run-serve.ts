import type { ServeFlags } from '../config.ts';
import { serve, type ServeHooks } from '../main.ts';

const SAME_KEYSTROKE_MS = 500;

/**
 * Serves until SIGINT or SIGTERM, then finishes what was begun and resolves. A second signal ends the process at once; its models
 * end with it.
 */
export async function runServe(flags: ServeFlags, hooks: Pick<ServeHooks, 'onPull' | 'output'> = {}): Promise<void> {
  const starting = new AbortController();
  let askedToStop: () => void = () => undefined;
  const stopAsked = new Promise<void>((resolve) => {
    askedToStop = resolve;
  });
  let firstMs: number | null = null;
  const onSignal = (): void => {
    // npm passes a Ctrl+C on that the terminal has sent too: one keystroke must not count twice.
    if (firstMs !== null && Date.now() - firstMs > SAME_KEYSTROKE_MS) process.exit(130);
    if (firstMs !== null) return;
    firstMs = Date.now();
    starting.abort(new Error('stopped before the server was ready'));
    askedToStop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const server = await serve(flags, { ...hooks, signal: starting.signal });
    await stopAsked;
    await server.stop();
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
