import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';

/**
 * Sends bytes as they come. The headers go with the first of them, so that an early failure has its proper status; a later
 * one cuts the connection, since bytes have no other way to say so. Throws what `chunks` threw.
 */
export async function sendBytes(
  reply: FastifyReply,
  chunks: AsyncIterable<Uint8Array>,
  headers: () => Readonly<Record<string, string>>,
): Promise<void> {
  const { raw } = reply;
  const left = new AbortController();
  raw.once('close', () => left.abort());
  const open = (): void => {
    if (raw.headersSent) return;
    reply.hijack();
    raw.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers() });
  };
  try {
    for await (const chunk of chunks) {
      if (raw.destroyed) return;
      if (chunk.length === 0) continue;
      open();
      if (!raw.write(chunk)) await once(raw, 'drain', { signal: left.signal });
    }
    open();
    raw.end();
  } catch (error) {
    if (raw.headersSent) raw.destroy();
    throw error;
  }
}
