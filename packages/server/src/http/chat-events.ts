import type { ChatCompletion, PlanReport, Usage } from '@concert/protocol';
import type { FastifyReply } from 'fastify';
import type { AnswerEvent, ChatInput, PlanTrace, StepTrace } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { modelHeader, noticeHeader, serverTiming } from './answer-headers.ts';
import { EventStream, type EventStreamOptions, sendEvents } from './event-stream.ts';
import type { Flight } from './flight.ts';

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

/** Answers as `chat.completion.chunk` events; settles when the stream has ended. */
export async function streamChat(
  reply: FastifyReply,
  events: AsyncIterable<AnswerEvent>,
  options: Omit<EventStreamOptions, 'headers'> & {
    readonly input: ChatInput;
    readonly includeUsage: boolean;
    readonly flight: Flight;
  },
): Promise<void> {
  const { input, includeUsage, clock, flight } = options;
  const done: StepTrace[] = [];
  let model: string | null = null;
  let reasoned = false;
  const stream = new EventStream(reply, {
    ...options,
    headers: () => ({ ...modelHeader(model), ...serverTiming(done), ...(!reasoned && noticeHeader(input, model)) }),
  });
  const frames = createFrames(input, { createdMs: clock.now(), includeUsage });
  let begun = false;
  const begin = (): void => {
    if (!begun) stream.sendRaw(frames.role);
    begun = true;
  };
  await sendEvents(stream, events, (event) => {
    flight.note(event);
    switch (event.kind) {
      case 'start':
        model = event.model;
        break;
      case 'step-started':
        break;
      case 'step-finished':
        done.push(event.trace);
        break;
      case 'text-delta':
        begin();
        stream.sendRaw(frames.text(event.text));
        break;
      case 'reasoning-delta':
        reasoned = true;
        if (!input.returnReasoning) break;
        begin();
        stream.sendRaw(frames.reasoning(event.text));
        break;
      case 'finish':
        begin();
        stream.sendRaw(frames.finish(event));
        break;
      default:
        event satisfies never;
    }
  });
}

/** The frames of one answer. All but the text of a delta is serialised once. */
function createFrames(input: ChatInput, options: { readonly createdMs: number; readonly includeUsage: boolean }) {
  const head = JSON.stringify({
    id: input.id,
    object: 'chat.completion.chunk',
    created: Math.floor(options.createdMs / 1000),
    model: input.model,
  }).slice(0, -1);
  const usage = options.includeUsage ? ',"usage":null' : '';
  const open = `data: ${head},"choices":[{"index":0,"delta":`;
  const close = `,"logprobs":null,"finish_reason":null}]${usage}}\n\n`;
  return {
    role: `${open}{"role":"assistant","content":""}${close}`,
    text: (text: string) => `${open}{"content":${JSON.stringify(text)}}${close}`,
    reasoning(text: string) {
      const json = JSON.stringify(text);
      return `${open}{"reasoning_content":${json},"reasoning":${json}}${close}`;
    },
    finish(event: Finish) {
      const plan = input.trace ? `,"concert":${JSON.stringify({ plan: planReport(event.plan) })}` : '';
      const last = `${open}{},"logprobs":null,"finish_reason":"${event.reason}"}]${usage}${plan}}\n\n`;
      const total = options.includeUsage
        ? `data: ${head},"choices":[],"usage":${JSON.stringify(usageOf(event))}}\n\n`
        : '';
      return `${last}${total}data: [DONE]\n\n`;
    },
  };
}

/** Answers in one piece, once the answer is complete. */
export async function collectChat(
  reply: FastifyReply,
  events: AsyncIterable<AnswerEvent>,
  options: { readonly input: ChatInput; readonly nowMs: number; readonly flight: Flight },
): Promise<ChatCompletion> {
  const { input, nowMs, flight } = options;
  let text = '';
  let reasoning = '';
  let model: string | null = null;
  let finish: Finish | null = null;
  for await (const event of events) {
    flight.note(event);
    if (event.kind === 'start') void reply.headers(modelHeader((model = event.model)));
    else if (event.kind === 'text-delta') text += event.text;
    else if (event.kind === 'reasoning-delta') reasoning += event.text;
    else if (event.kind === 'finish') finish = event;
  }
  if (finish === null) throw new GatewayError('internal_error', 'the answer ended before it was complete; try again');
  void reply.headers({ ...serverTiming(finish.plan.steps), ...(reasoning === '' && noticeHeader(input, model)) });
  return {
    id: input.id,
    object: 'chat.completion',
    created: Math.floor(nowMs / 1000),
    model: input.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text,
          refusal: null,
          ...(input.returnReasoning && reasoning !== '' && { reasoning_content: reasoning, reasoning }),
        },
        logprobs: null,
        finish_reason: finish.reason,
      },
    ],
    usage: usageOf(finish),
    ...(input.trace && { concert: { plan: planReport(finish.plan) } }),
  };
}

function usageOf(event: Finish): Usage {
  return {
    prompt_tokens: event.promptTokens,
    completion_tokens: event.completionTokens,
    total_tokens: event.promptTokens + event.completionTokens,
    prompt_tokens_details: { cached_tokens: event.cachedTokens },
  };
}

function planReport(plan: PlanTrace): PlanReport {
  return {
    route: plan.route,
    reason: plan.reason,
    confidence: plan.confidence,
    steps: plan.steps.map(({ step, model, startMs, durationMs, detail }) => ({
      step,
      model,
      start_ms: startMs,
      duration_ms: durationMs,
      ...(detail !== undefined && { detail }),
    })),
  };
}
