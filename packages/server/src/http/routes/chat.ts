import { ChatCompletionRequest, type RouteAnswer } from '@concert/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AppDeps } from '../app-deps.ts';
import { ChatAudio, withTranscripts } from '../chat-audio.ts';
import { collectChat } from '../chat-collect.ts';
import { toChatInput } from '../chat-input.ts';
import { streamChat } from '../chat-stream.ts';
import { usesFunctions } from '../chat-tools.ts';
import { toDemand } from '../demand.ts';
import type { Flights } from '../flight.ts';
import { parse } from '../parse.ts';
import { jsonOf } from '../request-body.ts';
import { signalOf } from '../signal-of.ts';
import { answerWhenReady } from '../slow-answer.ts';
import { SpokenAnswers } from '../spoken-answers.ts';

/** Chat completions, and the plan they would run. */
export function mountChat(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  const { limits, fetchMedia, clock, version, createAudioEncoder } = deps;
  const kept = new SpokenAnswers(clock);
  const read = (request: FastifyRequest): ChatCompletionRequest => {
    const wanted = parse(ChatCompletionRequest, jsonOf(request));
    return { ...wanted, messages: withTranscripts(wanted.messages, kept) };
  };

  app.post('/v1/chat/completions', async (request, reply) => {
    const wanted = read(request);
    const { model, stream, concert } = wanted;
    const demand = toDemand({ ...concert, keep_alive: wanted.keep_alive });
    const flight = flights.begin(request, reply, { model, stream: stream === true, demand });
    const { signal } = flight;
    const input = await toChatInput(wanted, { limits, fetchMedia, signal });
    const streaming = stream === true;
    const audio =
      input.speech === null || typeof wanted.audio !== 'object' || wanted.audio === null
        ? null
        : await ChatAudio.open({
            format: wanted.audio.format,
            choices: input.choices,
            streaming,
            createAudioEncoder,
            kept,
          });
    const events = deps.answer(input, signal, flight);
    const log = deps.log.child({ requestId: request.id });
    const options = { input, functions: usesFunctions(wanted), version, flight, audio };
    if (!streaming) {
      return answerWhenReady(reply, collectChat(reply, events, { ...options, nowMs: clock.now() }), { clock, log });
    }
    const includeUsage = wanted.stream_options?.include_usage === true;
    await streamChat(reply, events, { ...options, includeUsage, clock, log });
    return reply;
  });

  app.post('/v1/route', async (request, reply): Promise<RouteAnswer> => {
    const wanted = read(request);
    const input = await toChatInput(wanted, { limits, fetchMedia, signal: signalOf(reply) });
    const { route, reason, confidence, steps } = await deps.decide(input);
    return { object: 'concert.route', route, reason, confidence, steps: [...steps] };
  });
}
