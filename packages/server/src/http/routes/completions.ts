import { CompletionRequest } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import { collectCompletion, streamCompletion } from '../completions/completion-events.ts';
import { toCompletionInputs } from '../completions/completion-input.ts';
import { runPrompts } from '../completions/run-prompts.ts';
import type { AppDeps } from '../app-deps.ts';
import { toDemand } from '../demand.ts';
import type { Flights } from '../flight.ts';
import { parse } from '../parse.ts';
import { jsonOf } from '../request-body.ts';
import { answerWhenReady } from '../slow-answer.ts';

/** OpenAI's older completions: text is continued without a template. */
export function mountCompletions(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  const { clock } = deps;

  app.post('/v1/completions', async (request, reply) => {
    const wanted = parse(CompletionRequest, jsonOf(request));
    const { model, stream } = wanted;
    const inputs = toCompletionInputs(wanted);
    const demand = toDemand({ ...wanted.concert, keep_alive: wanted.keep_alive });
    const flight = flights.begin(request, reply, { model, stream: stream === true, demand });
    const events = runPrompts(inputs, (input) => deps.answer(input, flight.signal, flight));
    const log = deps.log.child({ requestId: request.id });
    const options = { inputs, echo: wanted.echo === true, flight, nowMs: clock.now() };
    if (stream !== true) return answerWhenReady(reply, collectCompletion(reply, events, options), { clock, log });
    const includeUsage = wanted.stream_options?.include_usage === true;
    await streamCompletion(reply, events, { ...options, includeUsage, clock, log });
    return reply;
  });
}
