import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Clock } from '../shared/clock.ts';
import type { Log } from '../shared/log.ts';
import { drained } from './drained.ts';
import { asGatewayError, logFailure } from './render-error.ts';

/**
 * Sends bytes as they come. The headers go with the first of them, so that an early failure has its proper status; a later
 * one is logged and cuts the connection, since bytes have no other way to say so. Throws what `chunks` threw before the first.
 */
export async function sendBytes(
  reply: FastifyReply,
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly headers: () => Readonly<Record<string, string>>; readonly log: Log; readonly clock: Clock },
): Promise<void> {
  const { raw } = reply;
  const open = (): void => {
    if (raw.headersSent) return;
    reply.hijack();
    raw.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...options.headers() });
  };
  try {
    for await (const chunk of chunks) {
      if (raw.destroyed) return;
      if (chunk.length === 0) continue;
      open();
      if (!raw.write(chunk)) await drained(raw, options.clock);
    }
    open();
    raw.end();
  } catch (error) {
    if (!raw.headersSent) throw error;
    const shown = asGatewayError(error);
    logFailure(options.log, shown);
    // Too late for the client; the request's line in the log reads it.
    raw.statusCode = shown.status;
    raw.destroy(shown);
  }
}
