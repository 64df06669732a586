import type { ResponseObject, ResponseStreamEvent } from '@concert/protocol';
import type { FastifyReply } from 'fastify';
import type { AnswerEvent, ChatInput, StepTrace } from '../../pipeline/request.ts';
import type { Clock } from '../../shared/clock.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { modelHeader, noticeHeader, serverTiming } from '../answer-headers.ts';
import { EventStream, sendEvents } from '../event-stream.ts';
import type { Flight } from '../flight.ts';
import { asGatewayError } from '../render-error.ts';
import type { ResponseFold } from './response-fold.ts';

/** Clients are told of a response after so long, though nothing is written of it yet. */
const TOLD_AFTER_MS = 2_000;

/** A response on its way. */
export interface Responding {
  readonly events: AsyncIterable<AnswerEvent>;
  readonly fold: ResponseFold;
  readonly flight: Flight;
  /** Keeps the response as it is, where it is to be kept. */
  readonly keep: () => void;
}

/**
 * The events of a response. It is kept before its last event is told, so that whoever reads that can go on with it; a failed one is kept
 * where its caller knows of it. Failures are thrown.
 */
export async function* respond({ events, fold, flight, keep }: Responding): AsyncGenerator<ResponseStreamEvent> {
  let isComplete = false;
  try {
    for await (const event of events) {
      flight.note(event);
      if (event.kind !== 'finish') {
        yield* fold.push(event);
        continue;
      }
      isComplete = true;
      yield* fold.finish(event);
      keep();
      yield fold.end();
    }
    if (!isComplete) throw new GatewayError('internal_error', 'the answer ended before it was complete; try again');
  } catch (error) {
    const { signal } = flight;
    const shown = asGatewayError(signal.aborted ? signal.reason : error);
    fold.fail(shown);
    if (fold.begun && (fold.response.background || !signal.aborted)) keep();
    throw shown;
  }
}

/** Answers in one piece, once the response is complete. */
export async function collectResponse(
  reply: FastifyReply,
  responding: Responding,
  input: ChatInput,
): Promise<ResponseObject> {
  const told = new AnswerFacts(input);
  for await (const _ of respond({ ...responding, events: told.watch(responding.events) })) {
    void reply.headers(modelHeader(told.model));
  }
  void reply.headers(told.headers());
  return responding.fold.response;
}

/** Answers as events; settles when the stream has ended. */
export async function streamResponse(
  reply: FastifyReply,
  responding: Responding,
  { input, clock, log }: { readonly input: ChatInput; readonly clock: Clock; readonly log: Log },
): Promise<void> {
  const { fold } = responding;
  const told = new AnswerFacts(input);
  const stream = new EventStream(reply, {
    clock,
    log,
    headers: () => told.headers(),
    failure: (error) => fold.failure(error).map(frame).join(''),
  });
  const stopTimer = clock.after(TOLD_AFTER_MS, () => {
    for (const event of fold.begin()) stream.sendRaw(frame(event));
  });
  try {
    await sendEvents(stream, respond({ ...responding, events: told.watch(responding.events) }), (event) =>
      stream.sendRaw(frame(event)),
    );
  } finally {
    stopTimer();
  }
}

/** Sends events that are there already, or come from elsewhere; settles when they have ended. */
export async function sendResponseEvents(
  reply: FastifyReply,
  events: AsyncIterable<ResponseStreamEvent> | Iterable<ResponseStreamEvent>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<void> {
  const stream = new EventStream(reply, { clock, log, headers: () => ({}) });
  // Nothing can fail any more, and the next event may be long in coming.
  stream.sendRaw(': following\n\n');
  await sendEvents(stream, asAsync(events), (event) => stream.sendRaw(frame(event)));
}

async function* asAsync<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

function frame(event: ResponseStreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** What headers tell of an answer, as far as it has come. */
class AnswerFacts {
  model: string | null = null;
  readonly #input: ChatInput;
  readonly #done: StepTrace[] = [];
  #reasoned = false;

  constructor(input: ChatInput) {
    this.#input = input;
  }

  /** Passes events on and remembers what they tell. */
  async *watch(events: AsyncIterable<AnswerEvent>): AsyncGenerator<AnswerEvent> {
    for await (const event of events) {
      if (event.kind === 'start') this.model = event.model;
      else if (event.kind === 'step-finished') this.#done.push(event.trace);
      else if (event.kind === 'reasoning-delta') this.#reasoned = true;
      yield event;
    }
  }

  headers(): Record<string, string> {
    // Thoughts have their place in every response; only whoever asked for them misses them.
    const asked = { ...this.#input, returnReasoning: false };
    return {
      ...modelHeader(this.model),
      ...serverTiming(this.#done),
      ...(!this.#reasoned && noticeHeader(asked, this.model)),
    };
  }
}
