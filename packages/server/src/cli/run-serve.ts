import type { ServeFlags } from '../config.ts';
import { serve, type ServeHooks } from '../main.ts';

/**
 * Serves until SIGINT or SIGTERM, then finishes what was begun and resolves. A second signal ends the process at once; its models
 * end with it.
 */
export async function runServe(flags: ServeFlags, hooks: Pick<ServeHooks, 'onPull'> = {}): Promise<void> {
  const starting = new AbortController();
  let askedToStop: () => void = () => undefined;
  const stopAsked = new Promise<void>((resolve) => {
    askedToStop = resolve;
  });
  let signals = 0;
  const onSignal = (): void => {
    signals += 1;
    if (signals > 1) process.exit(130);
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
