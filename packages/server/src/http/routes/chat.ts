import { ChatCompletionRequest, type RouteAnswer } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../app-deps.ts';
import { collectChat, streamChat } from '../chat-events.ts';
import { toChatInput } from '../chat-input.ts';
import { parse } from '../parse.ts';
import { refuseUnbuilt } from '../refuse-unbuilt.ts';
import { jsonOf } from '../request-body.ts';
import { signalOf } from '../signal-of.ts';

/** Chat completions, and the plan they would run. */
export function mountChat(app: FastifyInstance, deps: AppDeps): void {
  const { limits, fetchMedia, clock, log } = deps;

  app.post('/v1/chat/completions', async (request, reply) => {
    const wanted = parse(ChatCompletionRequest, jsonOf(request));
    refuseUnbuilt(wanted);
    const signal = signalOf(reply);
    const input = await toChatInput(wanted, { limits, fetchMedia, signal });
    const events = deps.answer(input, signal);
    if (wanted.stream !== true) return collectChat(reply, events, { input, nowMs: clock.now() });
    const includeUsage = wanted.stream_options?.include_usage === true;
    await streamChat(reply, events, { input, includeUsage, clock, log: log.child({ requestId: request.id }) });
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
