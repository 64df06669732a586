import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Lets `app.close()` end as soon as the last answer has: Node waits for connections that never sent a request (browsers and
 * SDKs open them ahead), and keeps those whose answer ended while it was closing for the whole keep-alive time.
 */
export function closeConnectionsOnClose(app: FastifyInstance): void {
  const requestsBySocket = new Map<Socket, number>();
  let closing = false;
  const add = (socket: Socket, change: number): void => {
    const requests = requestsBySocket.get(socket);
    if (requests === undefined) return;
    requestsBySocket.set(socket, requests + change);
    if (closing && requests + change === 0) socket.destroySoon();
  };
  app.server.on('connection', (socket: Socket) => {
    if (closing) {
      socket.destroy();
      return;
    }
    requestsBySocket.set(socket, 0);
    socket.once('close', () => requestsBySocket.delete(socket));
  });
  app.server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    add(socket, 1);
    response.once('close', () => add(socket, -1));
  });
  // Whoever takes a socket over ends it too; one that is served as HTTP after all connects anew.
  app.server.on('upgrade', ({ socket }: IncomingMessage) => requestsBySocket.delete(socket));
  app.addHook('preClose', (done) => {
    closing = true;
    for (const [socket, requests] of requestsBySocket) if (requests === 0) socket.destroy();
    done();
  });
}
