import type { FastifyReply } from 'fastify';

/** A signal that aborts when the client leaves before its answer was complete. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const { raw } = reply;
  const leave = (): void => {
    if (!raw.writableFinished) controller.abort();
  };
  if (raw.closed) leave();
  else raw.once('close', leave);
  return controller.signal;
}
