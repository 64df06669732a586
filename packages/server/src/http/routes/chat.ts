import { ChatCompletionRequest, type RouteAnswer } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../app-deps.ts';
import { collectChat, streamChat } from '../chat-events.ts';
import { toChatInput } from '../chat-input.ts';
import { toDemand } from '../demand.ts';
import type { Flights } from '../flight.ts';
import { parse } from '../parse.ts';
import { refuseUnbuilt } from '../refuse-unbuilt.ts';
import { jsonOf } from '../request-body.ts';
import { signalOf } from '../signal-of.ts';
import { answerWhenReady } from '../slow-answer.ts';

/** Chat completions, and the plan they would run. */
export function mountChat(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  const { limits, fetchMedia, clock } = deps;

  app.post('/v1/chat/completions', async (request, reply) => {
    const wanted = parse(ChatCompletionRequest, jsonOf(request));
    refuseUnbuilt(wanted);
    const { model, stream, concert } = wanted;
    const demand = toDemand({ ...concert, keep_alive: wanted.keep_alive });
    const flight = flights.begin(request, reply, { model, stream: stream === true, demand });
    const { signal } = flight;
    const input = await toChatInput(wanted, { limits, fetchMedia, signal });
    const events = deps.answer(input, signal, flight);
    const log = deps.log.child({ requestId: request.id });
    if (stream !== true) {
      return answerWhenReady(reply, collectChat(reply, events, { input, nowMs: clock.now(), flight }), { clock, log });
    }
    const includeUsage = wanted.stream_options?.include_usage === true;
    await streamChat(reply, events, { input, includeUsage, clock, log, flight });
    return reply;
  });

  app.post('/v1/route', async (request, reply): Promise<RouteAnswer> => {
    const wanted = parse(ChatCompletionRequest, jsonOf(request));
    refuseUnbuilt(wanted);
    const input = await toChatInput(wanted, { limits, fetchMedia, signal: signalOf(reply) });
    const { route, reason, confidence, steps } = await deps.decide(input);
    return { object: 'concert.route', route, reason, confidence, steps: [...steps] };
  });
}
