import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Clock } from '../shared/clock.ts';
import type { GatewayError } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import { recordOutcome } from './outcome.ts';
import { asGatewayError, errorBody, logFailure } from './render-error.ts';

/**
 * Proxies and clients cut answers that are silent for 30 or 60 s, some after 15. A failure before this has its proper status. Time-outs
 * over the whole answer, such as the 30 s of Open-AutoGLM's first check, are not helped by it: for them the model is preloaded.
 */
const SILENT_MS = 10_000;

/**
 * Gives the answer to return from a handler. One that takes long is begun with white space, which JSON allows before a value, and kept alive
 * so until it is there; its status is 200 by then, and a failure is told by the body alone. Throws what `answer` threw before that.
 */
export async function answerWhenReady<T extends object>(
  reply: FastifyReply,
  answer: Promise<T>,
  {
    clock,
    log,
    failure = errorBody,
  }: { readonly clock: Clock; readonly log: Log; readonly failure?: (error: GatewayError) => object },
): Promise<T | FastifyReply> {
  const { raw } = reply;
  let opened = false;
  const beat = (): (() => void) =>
    clock.after(SILENT_MS, () => {
      if (raw.destroyed) return;
      if (!opened) open();
      raw.write('\n');
      stop = beat();
    });
  const open = (): void => {
    opened = true;
    reply.hijack();
    raw.writeHead(200, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would hold the white space back otherwise.
      'x-accel-buffering': 'no',
    });
  };
  let stop = beat();
  try {
    const value = await answer;
    if (!opened) return value;
    raw.end(JSON.stringify(value));
  } catch (error) {
    if (!opened) throw error;
    const shown = asGatewayError(error);
    logFailure(log, shown);
    recordOutcome(raw, shown.status);
    if (!raw.destroyed) raw.end(JSON.stringify(failure(shown)));
  } finally {
    stop();
  }
  return reply;
}
