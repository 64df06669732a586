import { type CountTokensAnswer, CountTokensRequest, MessagesRequest } from '@concert/protocol';
import type { FastifyInstance } from 'fastify';
import type { AnswerEvent } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { AppDeps } from '../app-deps.ts';
import { toDemand } from '../demand.ts';
import type { Flights } from '../flight.ts';
import { collectMessage, streamMessage } from '../messages/message-events.ts';
import { messageError } from '../messages/message-error.ts';
import { toCountInput, toMessageInput } from '../messages/message-input.ts';
import { parse } from '../parse.ts';
import { jsonOf } from '../request-body.ts';
import { answerWhenReady } from '../slow-answer.ts';

/** Anthropic's Messages, and how many tokens one would read. */
export function mountMessages(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  const { limits, fetchMedia, clock } = deps;

  app.post('/v1/messages', async (request, reply) => {
    const wanted = parse(MessagesRequest, jsonOf(request));
    const { model, stream, thinking } = wanted;
    const demand = toDemand({ ...wanted.concert, keep_alive: wanted.keep_alive });
    const flight = flights.begin(request, reply, { model, stream: stream === true, demand });
    const { signal } = flight;
    const input = await toMessageInput(wanted, { limits, fetchMedia, signal });
    const hidesThinking = thinking?.type !== 'disabled' && thinking?.display === 'omitted';
    const events = deps.answer(input, signal, flight);
    const log = deps.log.child({ requestId: request.id });
    const options = { input, flight, hidesThinking, clock, log };
    if (stream === true) {
      await streamMessage(reply, events, options);
      return reply;
    }
    return answerWhenReady(reply, collectMessage(reply, events, options), {
      clock,
      log,
      failure: failureFor(request.id),
    });
  });

  app.post('/v1/messages/count_tokens', async (request, reply) => {
    const wanted = parse(CountTokensRequest, jsonOf(request));
    const flight = flights.begin(request, reply, { model: wanted.model, stream: false });
    const { signal } = flight;
    const input = await toCountInput(wanted, { limits, fetchMedia, signal });
    const log = deps.log.child({ requestId: request.id });
    const counted = countTokens(deps.answer(input, signal, flight));
    return answerWhenReady(reply, counted, { clock, log, failure: failureFor(request.id) });
  });
}

function failureFor(requestId: string): (error: GatewayError) => object {
  return (error) => messageError(error, requestId);
}

async function countTokens(events: AsyncIterable<AnswerEvent>): Promise<CountTokensAnswer> {
  for await (const event of events) if (event.kind === 'finish') return { input_tokens: event.promptTokens };
  throw new GatewayError('internal_error', 'the tokens could not be counted; try again');
}
