import type { Completion, CompletionChunk, CompletionLogprobs } from '@concert/protocol';
import type { FastifyReply } from 'fastify';
import type { AnswerEvent, ChatInput } from '../../pipeline/request.ts';
import { GatewayError } from '../../shared/errors.ts';
import { modelHeader, serverTiming } from '../answer-headers.ts';
import { planReport, usageOf } from '../chat-wire.ts';
import { EventStream, type EventStreamOptions, sendEvents } from '../event-stream.ts';
import type { Flight } from '../flight.ts';
import { joinLogprobs, LegacyLogprobs } from './legacy-logprobs.ts';
import type { PromptEvent } from './run-prompts.ts';

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;
type Choice = CompletionChunk['choices'][number];

/** What completions are made with. */
export interface CompletionOptions {
  /** One for each prompt. At least one. */
  readonly inputs: readonly [ChatInput, ...ChatInput[]];
  /** Whether each text begins with its prompt. */
  readonly echo: boolean;
  readonly flight: Flight;
  readonly nowMs: number;
}

/** Answers as chunks; settles when the stream has ended. */
export async function streamCompletion(
  reply: FastifyReply,
  events: AsyncIterable<PromptEvent>,
  options: CompletionOptions & Pick<EventStreamOptions, 'clock' | 'log'> & { readonly includeUsage: boolean },
): Promise<void> {
  const { inputs, flight, clock, log, includeUsage } = options;
  let model: string | null = null;
  const stream = new EventStream(reply, { clock, log, headers: () => modelHeader(model) });
  const choices = createChoices(options);
  const finishes: Finish[] = [];
  const head = headOf(options);
  const send = (chunk: Pick<CompletionChunk, 'choices' | 'usage' | 'concert'>): void =>
    stream.send(JSON.stringify({ ...head, ...chunk } satisfies CompletionChunk));
  await sendEvents(stream, events, ({ prompt, event }) => {
    flight.note(event);
    if (event.kind === 'start') model ??= event.model;
    for (const choice of choices(prompt, event)) send({ choices: [choice], ...(includeUsage && { usage: null }) });
    if (event.kind !== 'finish') return;
    finishes.push(event);
    if (finishes.length < inputs.length) return;
    const { usage, ...rest } = summary(options, finishes);
    const last = { ...(includeUsage && { usage }), ...rest };
    if (Object.keys(last).length > 0) send({ choices: [], ...last });
    stream.send('[DONE]');
  });
}

/** Answers in one piece, once all texts are complete. */
export async function collectCompletion(
  reply: FastifyReply,
  events: AsyncIterable<PromptEvent>,
  options: CompletionOptions,
): Promise<Completion> {
  const { inputs, flight } = options;
  const choices = createChoices(options);
  const finishes: Finish[] = [];
  const found = new Map<number, Choice>();
  for await (const { prompt, event } of events) {
    flight.note(event);
    if (event.kind === 'start') void reply.headers(modelHeader(event.model));
    if (event.kind === 'finish') finishes.push(event);
    for (const choice of choices(prompt, event)) found.set(choice.index, joinChoice(found.get(choice.index), choice));
  }
  if (finishes.length < inputs.length) throw incomplete();
  void reply.headers(serverTiming(finishes[0]?.plan.steps ?? []));
  return {
    ...headOf(options),
    choices: [...found.values()]
      .sort((a, b) => a.index - b.index)
      .map((choice) => ({ ...choice, finish_reason: choice.finish_reason ?? 'stop' })),
    ...summary(options, finishes),
  };
}

function joinChoice(first: Choice | undefined, second: Choice): Choice {
  if (first === undefined) return second;
  return {
    ...second,
    text: first.text + second.text,
    logprobs: second.logprobs === null ? first.logprobs : joinLogprobs(first.logprobs, second.logprobs),
  };
}

/** Turns events into pieces of choices; the first of each is the prompt where it is to be echoed. */
function createChoices({ inputs, echo }: CompletionOptions): (prompt: number, event: AnswerEvent) => Choice[] {
  const perPrompt = inputs[0].choices;
  const begun = new Set<number>();
  const logprobs = new Map<number, LegacyLogprobs>();
  const echoOf = (prompt: number, index: number): Choice[] => {
    if (!echo || begun.has(index)) return [];
    begun.add(index);
    return [piece(index, String(inputs[prompt]?.prompt ?? ''))];
  };
  return (prompt, event) => {
    if (event.kind !== 'text-delta' && event.kind !== 'choice-finished') return [];
    const index = prompt * perPrompt + event.choice;
    const echoed = echoOf(prompt, index);
    if (event.kind === 'choice-finished') {
      const reason = event.reason === 'length' ? 'length' : 'stop';
      return [...echoed, { ...piece(index, ''), finish_reason: reason }];
    }
    const tokens = event.logprobs ?? [];
    if (tokens.length === 0) return event.text === '' ? echoed : [...echoed, piece(index, event.text)];
    const told = logprobs.get(index) ?? new LegacyLogprobs();
    logprobs.set(index, told);
    return [...echoed, piece(index, event.text, told.push(tokens))];
  };
}

function piece(index: number, text: string, logprobs: CompletionLogprobs | null = null): Choice {
  return { text, index, logprobs, finish_reason: null };
}

function headOf({ inputs: [first], nowMs }: CompletionOptions) {
  return { id: first.id, object: 'text_completion' as const, created: Math.floor(nowMs / 1000), model: first.model };
}

/** What is told of all prompts together, once the last is answered. */
function summary({ inputs: [input] }: CompletionOptions, finishes: readonly Finish[]) {
  const [first] = finishes;
  if (first === undefined) throw incomplete();
  const sum = (count: (finish: Finish) => number): number => finishes.reduce((all, each) => all + count(each), 0);
  const usage = usageOf({
    ...first,
    promptTokens: sum((finish) => finish.promptTokens),
    completionTokens: sum((finish) => finish.completionTokens),
    cachedTokens: sum((finish) => finish.cachedTokens),
    reasoningTokens: sum((finish) => finish.reasoningTokens),
  });
  return { usage, ...(input.trace && { concert: { plan: planReport(first.plan) } }) };
}

function incomplete(): GatewayError {
  return new GatewayError('internal_error', 'the answer ended before it was complete; try again');
}
