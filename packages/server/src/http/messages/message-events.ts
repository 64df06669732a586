import type { MessageAnswer, MessageStopReason, MessageStreamEvent, MessageUsage } from '@concert/protocol';
import type { FastifyReply } from 'fastify';
import type { AnswerEvent, ChatInput, StepTrace } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { modelHeader, noticeHeader, serverTiming } from '../answer-headers.ts';
import { planReport } from '../chat-wire.ts';
import { EventStream, type EventStreamOptions, sendEvents } from '../event-stream.ts';
import type { Flight } from '../flight.ts';
import { CollectedBlocks, MessageBlocks } from './message-blocks.ts';
import { messageError } from './message-error.ts';

type ChoiceFinished = Extract<AnswerEvent, { kind: 'choice-finished' }>;
type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

/** What an answer in Anthropic's form is made with. */
export interface MessageOptions {
  readonly input: ChatInput;
  readonly flight: Flight;
  /** Blocks of thinking come without their text. */
  readonly hidesThinking: boolean;
}

/** Answers as Anthropic's events; settles when the stream has ended. */
export async function streamMessage(
  reply: FastifyReply,
  events: AsyncIterable<AnswerEvent>,
  options: MessageOptions & Pick<EventStreamOptions, 'clock' | 'log'>,
): Promise<void> {
  const { input, flight, clock, log } = options;
  const done: StepTrace[] = [];
  let model: string | null = null;
  let reasoned = false;
  const stream = new EventStream(reply, {
    clock,
    log,
    headers: () => ({ ...modelHeader(model), ...serverTiming(done), ...(!reasoned && noticeHeader(input, model)) }),
    failure: (error) => frame(messageError(error, flight.id)),
  });
  const translate = createTranslator(options);
  await sendEvents(stream, events, (event) => {
    flight.note(event);
    if (event.kind === 'start') model = event.model;
    else if (event.kind === 'step-finished') done.push(event.trace);
    else if (event.kind === 'reasoning-delta') reasoned = true;
    for (const sent of translate(event)) stream.sendRaw(frame(sent));
  });
}

/** Answers in one piece, once the answer is complete. */
export async function collectMessage(
  reply: FastifyReply,
  events: AsyncIterable<AnswerEvent>,
  options: MessageOptions,
): Promise<MessageAnswer> {
  const { input, flight } = options;
  const translate = createTranslator(options);
  const blocks = new CollectedBlocks();
  let model: string | null = null;
  let reasoned = false;
  let answer: MessageAnswer = emptyAnswer(input);
  for await (const event of events) {
    flight.note(event);
    if (event.kind === 'start') void reply.headers(modelHeader((model = event.model)));
    else if (event.kind === 'reasoning-delta') reasoned = true;
    else if (event.kind === 'finish') void reply.headers(serverTiming(event.plan.steps));
    for (const sent of translate(event)) {
      if (sent.type === 'message_delta') {
        const { type: _, delta, ...rest } = sent;
        answer = { ...answer, ...delta, ...rest };
      } else if ('index' in sent) blocks.add(sent);
    }
  }
  if (answer.stop_reason === null)
    throw new GatewayError('internal_error', 'the answer ended before it was complete; try again');
  if (!reasoned) void reply.headers(noticeHeader(input, model));
  return { ...answer, content: blocks.finish() };
}

/** Turns each event of an answer into Anthropic's events, in Anthropic's order. */
export function createTranslator(
  options: Pick<MessageOptions, 'input' | 'hidesThinking'>,
): (event: AnswerEvent) => MessageStreamEvent[] {
  const { input } = options;
  const blocks = new MessageBlocks(options);
  let begun = false;
  let pinged = false;
  let ended: ChoiceFinished | null = null;
  const begin = (): MessageStreamEvent[] => {
    if (begun) return [];
    begun = true;
    return [{ type: 'message_start', message: emptyAnswer(input) }];
  };
  return (event) => {
    if (event.kind === 'choice-finished') ended = event;
    if (event.kind === 'finish') {
      const concert = input.trace && { concert: { plan: planReport(event.plan) } };
      const delta = {
        stop_reason: stopReason(ended, event, input.maxTokens),
        stop_sequence: ended?.stopped ?? null,
        stop_details: null,
        container: null,
      };
      return [
        ...begin(),
        ...blocks.end(),
        { type: 'message_delta', delta, usage: usageOf(event), ...concert },
        { type: 'message_stop' },
      ];
    }
    const changes: MessageStreamEvent[] = blocks.push(event);
    if (changes.length === 0) return [];
    const sent = [...begin(), ...changes];
    if (pinged) return sent;
    pinged = true;
    // As at Anthropic's: behind the event that begins the first block.
    return [...sent.slice(0, 2), { type: 'ping' }, ...sent.slice(2)];
  };
}

function frame(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function emptyAnswer(input: ChatInput): MessageAnswer {
  return {
    id: input.id,
    type: 'message',
    role: 'assistant',
    model: input.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage: usageOf({ promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 }),
  };
}

function stopReason(ended: ChoiceFinished | null, finish: Finish, maxTokens: number | null): MessageStopReason {
  switch (ended?.reason) {
    case 'tool-calls':
      return 'tool_use';
    case 'length':
      // Fewer than were asked for: the context was full before.
      return finish.completionTokens < (maxTokens ?? Infinity) ? 'model_context_window_exceeded' : 'max_tokens';
    case 'stop':
    case undefined:
      return ended?.stopped === undefined ? 'end_turn' : 'stop_sequence';
  }
}

/** Anthropic counts apart what was read from the cache. */
function usageOf(
  counts: Pick<Finish, 'promptTokens' | 'cachedTokens' | 'completionTokens' | 'reasoningTokens'>,
): MessageUsage {
  return {
    input_tokens: counts.promptTokens - counts.cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: counts.cachedTokens,
    output_tokens: counts.completionTokens,
    output_tokens_details: { thinking_tokens: counts.reasoningTokens },
    service_tier: 'standard',
  };
}
