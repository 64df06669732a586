import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import websocket, { type WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../shared/errors.ts';
import type { AppDeps } from '../app-deps.ts';
import type { Flights } from '../flight.ts';
import { isOtherSite } from '../other-site.ts';
import { recordOutcome } from '../outcome.ts';
import { Connection, type SessionTimes } from './connection.ts';
import { voiceWanted } from './realtime-names.ts';
import type { ApiShape } from './render-session.ts';
import { ignoreUpgrade } from './ignore-upgrade.ts';
import { defaultSettings, type SessionSettings } from './session-settings.ts';

const PATH = '/v1/realtime';

/** Bounds of sessions. */
export interface RealtimeLimits extends SessionTimes {
  readonly sessions: number;
  /** Of one message. */
  readonly messageBytes: number;
}

const LIMITS: RealtimeLimits = {
  sessions: 64,
  idleMs: 15 * 60_000,
  pingMs: 30_000,
  // 15 MiB of sound, OpenAI's bound, in base64.
  messageBytes: 21 * 1024 * 1024,
};

/** Conversations by voice, over WebSockets. */
export function mountRealtime(
  app: FastifyInstance,
  deps: AppDeps,
  flights: Flights,
  limits: RealtimeLimits = LIMITS,
): void {
  const open = new Set<Connection>();
  let closing = false;
  // Never listens: it only passes on what the app's own server would.
  const upgrades = createServer();
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') upgrades.emit('upgrade', request, socket, head);
    else ignoreUpgrade(app.server, request, socket, head);
  });

  void app.register(websocket, {
    options: {
      server: upgrades,
      maxPayload: Math.min(limits.messageBytes, deps.limits.bodyBytes),
      handleProtocols: (offered: Set<string>) => (offered.has('realtime') ? 'realtime' : false),
    },
    errorHandler: (_error, socket) => socket.terminate(),
    preClose(done) {
      closing = true;
      // Not waited for here, where ten seconds are the most: the server closes only after the last connection has.
      for (const connection of open) connection.drain();
      done();
    },
  });

  void app.register((scope, _options, done) => {
    const options = {
      websocket: true,
      preValidation: (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
        if (!request.ws) throw upgradeRequired();
        refuseOtherSites(request, deps.origins);
        if (closing) throw new GatewayError('shutting_down', 'the server is stopping; connect again later');
        if (open.size >= limits.sessions)
          throw new GatewayError('queue_full', `${limits.sessions} sessions are open already; try again later`, {
            retryAfterSeconds: 10,
          });
        deps.planVoice(voiceWanted(wantedSettings(request), deps));
        recordOutcome(reply.raw, 101);
        next();
      },
    } as const;
    scope.get(PATH, options, (socket, request) => {
      const log = deps.log.child({ requestId: request.id });
      const settings = wantedSettings(request);
      const shape = shapeOf(request);
      const connection = new Connection({ socket, deps, flights, log, settings, shape, times: limits, path: PATH });
      open.add(connection);
      follow(socket, connection, () => open.delete(connection));
    });
    done();
  });
}

/** Unlike with other requests, a browser lets any page read what comes over a WebSocket. Throws `origin_refused`. */
function refuseOtherSites(request: FastifyRequest, origins: readonly string[]): void {
  const { origin } = request.headers;
  if (!isOtherSite(request) || (origin !== undefined && origins.includes(origin))) return;
  throw new GatewayError(
    'origin_refused',
    `a page of ${origin ?? 'another site'} asked for this; name its origin in server.origins to allow it`,
  );
}

function follow(socket: WebSocket, connection: Connection, ended: () => void): void {
  socket.on('message', (data, isBinary) => {
    // Fragments are joined by default, so this is one buffer.
    connection.receive(data as Buffer, isBinary);
  });
  socket.on('pong', () => connection.answeredPing());
  socket.once('close', () => {
    connection.closed();
    ended();
  });
}

function upgradeRequired(): GatewayError {
  return new GatewayError(
    'invalid_request',
    'this address speaks WebSocket: connect to it with ws:// or wss:// and ?model=, as the Realtime clients do',
  );
}

function wantedSettings(request: FastifyRequest): SessionSettings {
  const query = request.query as Readonly<Record<string, string | string[] | undefined>>;
  const first = (name: string): string | undefined => [query[name]].flat()[0];
  const purpose = first('intent') === 'transcription' ? 'transcription' : 'realtime';
  return defaultSettings(first('model') ?? first('deployment') ?? 'auto', purpose);
}

/** Clients of the API's first version say so in a header or, in browsers, among the protocols. */
function shapeOf(request: FastifyRequest): ApiShape {
  const protocols = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  const header = [request.headers['openai-beta']].flat().join(',');
  return header.includes('realtime=v1') || protocols.includes('openai-beta.realtime-v1') ? 'beta' : 'ga';
}
