import {
  type DeletedResponse,
  InputItemsQuery,
  type InputTokensAnswer,
  InputTokensRequest,
  type ResponseItemList,
  type ResponseListedItem,
  type ResponseObject,
  ResponsesRequest,
  type ResponseStreamEvent,
  RetrieveResponseQuery,
} from '@concert/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ChatInput } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { AppDeps } from '../app-deps.ts';
import { toDemand } from '../demand.ts';
import type { Flight, Flights } from '../flight.ts';
import { parse } from '../parse.ts';
import { countedTokens } from '../responses/counted-tokens.ts';
import { jsonOf } from '../request-body.ts';
import { type BackgroundRun, BackgroundRuns } from '../responses/background-runs.ts';
import { beginResponse } from '../responses/begin-response.ts';
import { KeptResponses } from '../responses/kept-responses.ts';
import { toListedItems } from '../responses/listed-items.ts';
import { replayResponse } from '../responses/replay-response.ts';
import { collectResponse, type Responding, sendResponseEvents, streamResponse } from '../responses/respond.ts';
import { ResponseFold } from '../responses/response-fold.ts';
import { createResponseId } from '../responses/response-ids.ts';
import { refuseUnsupported, toCountInput, toResponseInput } from '../responses/response-input.ts';
import { answerWhenReady } from '../slow-answer.ts';

interface OneResponse {
  readonly Params: { readonly id: string };
}

/** A response that is about to be written, with what is kept of its request. */
interface Prepared {
  readonly input: ChatInput;
  readonly items: readonly ResponseListedItem[];
  readonly responding: Responding;
}

/** OpenAI's Responses: answers that can be retrieved, gone on with, and written in the background. */
export function mountResponses(app: FastifyInstance, deps: AppDeps, flights: Flights): void {
  const { limits, fetchMedia, clock } = deps;
  const kept = new KeptResponses(deps.responses, limits.bodyBytes);
  const runs = new BackgroundRuns(clock);
  // Those that run go on while a stop waits for answers that have begun.
  app.addHook('onClose', () => runs.settled());

  const prepare = async (wanted: ResponsesRequest, request: FastifyRequest, flight: Flight): Promise<Prepared> => {
    const id = createResponseId();
    const log = deps.log.child({ requestId: request.id });
    const store = kept.decide(wanted.store);
    const items = toListedItems(wanted, id, (itemId) => kept.findItem(itemId));
    const conversation = [
      ...kept.conversation(wanted.previous_response_id),
      ...items.map((item, at) => ({ item, param: `input.${at}` })),
    ];
    const { signal } = flight;
    const input = await toResponseInput(wanted, id, conversation, { limits, fetchMedia, signal });
    const fold = new ResponseFold(beginResponse(wanted, { id, createdMs: clock.now(), store }), {
      trace: input.trace,
      nowMs: () => clock.now(),
    });
    const keep = (): void => kept.keep(fold, items, log);
    return { input, items, responding: { events: deps.answer(input, signal, flight), fold, flight, keep } };
  };

  const runInBackground = async (
    wanted: ResponsesRequest,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<ResponseObject | FastifyReply> => {
    if (wanted.store === false || deps.responses === null) {
      throw new GatewayError(
        'unsupported_value',
        'background: such responses are found by their id, so they must be kept',
        {
          param: wanted.store === false ? 'store' : 'background',
        },
      );
    }
    runs.refuseMore();
    const log = deps.log.child({ requestId: request.id });
    const origin = { id: request.id, path: request.routeOptions.url ?? '' };
    const opened = flights.open(origin, flightOptions(wanted));
    const end = (): void => opened[Symbol.dispose]();
    let run: BackgroundRun;
    try {
      const { items, responding } = await prepare(wanted, request, opened.flight);
      const { id } = responding.fold.response;
      kept.begin(responding.fold.response, items);
      run = runs.start(id, responding, { log, ended: end });
    } catch (error) {
      end();
      throw error;
    }
    if (wanted.stream !== true) return run.response;
    await sendResponseEvents(reply, run.follow(-1), { clock, log });
    return reply;
  };

  app.post('/v1/responses', async (request, reply) => {
    const wanted = parse(ResponsesRequest, jsonOf(request));
    refuseUnsupported(wanted);
    if (wanted.background === true) return runInBackground(wanted, request, reply);
    const flight = flights.begin(request, reply, flightOptions(wanted));
    const { input, responding } = await prepare(wanted, request, flight);
    const log = deps.log.child({ requestId: request.id });
    if (wanted.stream !== true)
      return answerWhenReady(reply, collectResponse(reply, responding, input), { clock, log });
    await streamResponse(reply, responding, { input, clock, log });
    return reply;
  });

  app.post('/v1/responses/input_tokens', async (request, reply): Promise<InputTokensAnswer> => {
    const wanted = parse(InputTokensRequest, jsonOf(request));
    refuseUnsupported(wanted);
    const flight = flights.begin(request, reply, { model: wanted.model, stream: false });
    const { signal } = flight;
    const id = createResponseId();
    const items = toListedItems(wanted, id, (itemId) => kept.findItem(itemId));
    const conversation = [
      ...kept.conversation(wanted.previous_response_id),
      ...items.map((item, at) => ({ item, param: `input.${at}` })),
    ];
    const input = await toCountInput(wanted, id, conversation, { limits, fetchMedia, signal });
    const tokens = await countedTokens(deps.answer(input, signal, flight));
    return { object: 'response.input_tokens', input_tokens: tokens };
  });

  app.get<OneResponse>('/v1/responses/:id', async (request, reply) => {
    const { id } = request.params;
    const query = parse(RetrieveResponseQuery, request.query);
    const run = runs.get(id);
    const found = run?.response ?? kept.find(id)?.response ?? null;
    if (found === null) throw notFound(id);
    if (query.stream !== true) return found;
    const after = query.starting_after ?? -1;
    const events = run?.follow(after) ?? replayed(found, after);
    await sendResponseEvents(reply, events, { clock, log: deps.log.child({ requestId: request.id }) });
    return reply;
  });

  app.delete<OneResponse>('/v1/responses/:id', async (request): Promise<DeletedResponse> => {
    const { id } = request.params;
    await runs.get(id)?.cancel();
    runs.forget(id);
    if (!kept.delete(id)) throw notFound(id);
    return { id, object: 'response', deleted: true };
  });

  app.get<OneResponse>('/v1/responses/:id/input_items', (request): ResponseItemList => {
    const query = parse(InputItemsQuery, request.query);
    const found = kept.find(request.params.id);
    if (found === null) throw notFound(request.params.id);
    return pageOf(found.input, query);
  });

  app.post<OneResponse>('/v1/responses/:id/cancel', async (request): Promise<ResponseObject> => {
    const { id } = request.params;
    const run = runs.get(id);
    if (run !== null) {
      await run.cancel();
      return run.response;
    }
    const found = kept.find(id);
    if (found === null) throw notFound(id);
    if (found.response.background) return found.response;
    throw new GatewayError(
      'invalid_request',
      'only responses that were created with background: true can be cancelled; to stop another, close its connection',
    );
  });
}

function flightOptions(wanted: ResponsesRequest): Parameters<Flights['begin']>[2] {
  const { model, stream, concert, keep_alive } = wanted;
  return { model, stream: stream === true, demand: toDemand({ ...concert, keep_alive }) };
}

/** The events of a response that is over. Throws `invalid_request` where only some are wanted: their numbers are not those of the first time. */
function replayed(response: ResponseObject, after: number): ResponseStreamEvent[] {
  if (after >= 0) {
    throw new GatewayError(
      'invalid_request',
      'starting_after: the events of this response are over and were not kept; leave starting_after out',
      { param: 'starting_after' },
    );
  }
  return replayResponse(response);
}

/** A page as OpenAI cuts them. Throws `invalid_request` for an `after` that is no item of the list. */
function pageOf(items: readonly ResponseListedItem[], { limit, order, after }: InputItemsQuery): ResponseItemList {
  const ordered = order === 'asc' ? items : items.toReversed();
  const before = after === undefined ? -1 : ordered.findIndex(({ id }) => id === after);
  if (after !== undefined && before < 0) {
    throw new GatewayError('invalid_request', 'after is no id of this list; begin without it', { param: 'after' });
  }
  const data = ordered.slice(before + 1, before + 1 + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: before + 1 + limit < ordered.length,
  };
}

function notFound(id: string): GatewayError {
  return new GatewayError('not_found', `no response with the id "${id.slice(0, 100)}" is kept`);
}
