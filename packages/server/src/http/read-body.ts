import type { Readable } from 'node:stream';
import { GatewayError } from '../shared/errors.ts';

/** Of a body that is too large, so much is still read and dropped, so that the client gets to read the answer. */
const MAX_DRAINED_BYTES = 512 * 1024 * 1024;

/**
 * Reads a request's body. One above `limit` bytes is drained before `too_large` is thrown: a client that still uploads would
 * otherwise see a reset instead of the answer. Throws `client_closed` when the body breaks off.
 */
export function readBody(stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    const tooLarge = (): GatewayError =>
      new GatewayError('too_large', `the body is larger than ${limit} bytes; send less, for example a smaller picture`);
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks = [];
      if (length > MAX_DRAINED_BYTES) {
        stream.pause();
        reject(tooLarge());
      }
    });
    stream.once('end', () => (length > limit ? reject(tooLarge()) : resolve(Buffer.concat(chunks, length))));
    stream.once('close', () =>
      reject(new GatewayError('client_closed', 'the connection closed before the body had arrived')),
    );
    stream.once('error', (cause) =>
      reject(new GatewayError('client_closed', 'the body could not be read to its end', { cause })),
    );
  });
}
