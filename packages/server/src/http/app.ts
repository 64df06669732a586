import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { ERRORS, GatewayError } from '../shared/errors.ts';
import type { AppDeps } from './app-deps.ts';
import { closeConnectionsOnClose } from './close-connections.ts';
import { asGatewayError, errorBody, errorHeaders, logFailure } from './render-error.ts';
import { acceptBodies } from './request-body.ts';
import { trackMethods } from './route-methods.ts';
import { guardAdmin } from './admin-guard.ts';
import { Flights } from './flight.ts';
import { messageError, speaksAnthropic } from './messages/message-error.ts';
import { refuseNotBuilt } from './not-built.ts';
import { modelOf, outcomeOf } from './outcome.ts';
import { mountRealtime } from './realtime/mount-realtime.ts';
import { mountAdmin } from './routes/admin.ts';
import { mountChat } from './routes/chat.ts';
import { mountEmbeddings } from './routes/embeddings.ts';
import { mountCompletions } from './routes/completions.ts';
import { mountEvents } from './routes/events.ts';
import { mountHealth } from './routes/health.ts';
import { mountMessages } from './routes/messages.ts';
import { mountMetrics } from './routes/metrics.ts';
import { mountModels } from './routes/models.ts';
import { mountOcr } from './routes/ocr.ts';
import { mountOpenApi } from './routes/openapi.ts';
import { mountResponses } from './routes/responses.ts';
import { mountSpeech } from './routes/speech.ts';
import { mountTranscriptions } from './routes/transcriptions.ts';
import { mountVoices } from './routes/voices.ts';

/** How long a client may take to send; slower ones get 408. */
export interface ClientTimeouts {
  readonly headersMs: number;
  /** The whole request with its body: 32 MB over a phone's uplink take minutes. */
  readonly requestMs: number;
  readonly checkMs: number;
}

const TIMEOUTS: ClientTimeouts = { headersMs: 20_000, requestMs: 300_000, checkMs: 5_000 };
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The HTTP application; the caller listens and closes. Failures of every kind leave it in OpenAI's form. */
export function createApp(deps: AppDeps, timeouts: ClientTimeouts = TIMEOUTS): FastifyInstance {
  const app: FastifyInstance = Fastify({
    logger: false,
    genReqId: requestId,
    http: { headersTimeout: timeouts.headersMs, connectionsCheckingInterval: timeouts.checkMs },
    requestTimeout: timeouts.requestMs,
    routerOptions: { ignoreTrailingSlash: true },
    return503OnClosing: false,
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => sendError(deps, error, request, reply),
  });
  closeConnectionsOnClose(app);
  acceptBodies(app, deps.limits.bodyBytes);
  const methodsOf = trackMethods(app);

  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(idHeaders(request));
    recordWhenDone(deps, request, reply);
    // Fastify would ask a QUERY for its content type before it asks whether the address takes one.
    if (request.method === 'QUERY') refuseAddress(request, reply);
    done();
  });
  guardAdmin(app, deps.adminFrom);
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(deps, error, request, reply));
  const refuseAddress = (request: FastifyRequest, reply: FastifyReply): never => {
    refuseNotBuilt(pathOf(request));
    const methods = methodsOf(pathOf(request));
    if (methods.length === 0)
      throw new GatewayError('not_found', 'there is nothing at this address; GET /openapi.json lists what there is');
    const allowed = methods.join(', ');
    void reply.header('allow', allowed);
    throw new GatewayError('method_not_allowed', `this address does not take ${request.method}; it takes ${allowed}`);
  };
  app.setNotFoundHandler(refuseAddress);

  const flights = new Flights(deps);
  mountChat(app, deps, flights);
  mountCompletions(app, deps, flights);
  mountMessages(app, deps, flights);
  mountResponses(app, deps, flights);
  mountTranscriptions(app, deps, flights);
  mountSpeech(app, deps, flights);
  mountVoices(app, deps);
  mountOcr(app, deps, flights);
  mountEmbeddings(app, deps, flights);
  mountRealtime(app, deps, flights);
  mountModels(app, deps);
  mountHealth(app, deps);
  mountAdmin(app, deps, flights);
  mountEvents(app, deps);
  mountMetrics(app, deps);
  mountOpenApi(app, deps);
  return app;
}

/** The client's own id, when it is harmless in headers and logs. */
function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : `req_${randomUUID().replaceAll('-', '')}`;
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function sendError(deps: AppDeps, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const shown = asGatewayError(error);
  logFailure(deps.log.child({ requestId: request.id }), shown);
  void reply
    .code(shown.status)
    .headers({ ...idHeaders(request), ...errorHeaders(shown) })
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(speaksAnthropic(pathOf(request)) ? messageError(shown, request.id) : errorBody(shown)));
}

/** The request's id, under Anthropic's name too where its clients ask. */
function idHeaders(request: FastifyRequest): Record<string, string> {
  return { 'x-request-id': request.id, ...(speaksAnthropic(pathOf(request)) && { 'request-id': request.id }) };
}

/** One line for each request, and its place in the metrics; 499 when the client left before the answer was complete. */
function recordWhenDone(deps: AppDeps, request: FastifyRequest, reply: FastifyReply): void {
  const { clock, metrics } = deps;
  const startedMs = clock.now();
  const { raw } = reply;
  metrics.requestBegan();
  raw.once('close', () => {
    const leftByClient = !raw.writableFinished && !(raw.errored instanceof Error);
    const status = outcomeOf(raw, leftByClient ? ERRORS.client_closed.status : raw.statusCode);
    const path = pathOf(request);
    const { method } = request;
    const ms = clock.now() - startedMs;
    const route = request.routeOptions.url ?? 'none';
    metrics.requestEnded({ path: route, method, status, model: modelOf(raw), ms });
    const fields = { requestId: request.id, method, path, status, ms };
    const sentence = `${method} ${path} ${status}`;
    // Those who watch the server ask every few seconds for as long as it lives.
    const isWatching = method === 'GET' && /^\/(health|metrics|admin)/.test(route);
    if (isWatching && status < 400) deps.log.debug(fields, sentence);
    else deps.log.info(fields, sentence);
  });
}

/** Answers what never became a request: malformed or too slow HTTP. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const shown =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new GatewayError('request_timeout', 'the request took too long to arrive; send it faster or in smaller pieces')
      : new GatewayError('invalid_request', 'this is not valid HTTP, or its headers are too large');
  const body = JSON.stringify(errorBody(shown));
  const reason = shown.status === 408 ? 'Request Timeout' : 'Bad Request';
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${shown.status} ${reason}\r\nx-request-id: ${requestId({ headers: {} })}\r\nconnection: close\r\n` +
        `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
  socket.destroy();
}
