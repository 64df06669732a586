import type { ChatEvent, ChatRequest } from '../engines/engine.ts';
import type { Lease, ModelSpec } from '../models/model-manager.ts';
import type { Clock } from '../shared/clock.ts';
import { GatewayError } from '../shared/errors.ts';
import { mergeChoices } from './merge-choices.ts';
import { reasoningProfile } from './reasoning/profile.ts';
import { runChat } from './reasoning/run-chat.ts';
import type { AnswerEvent, ChatInput, PlanTrace, StepTrace } from './request.ts';

/** The last step of a plan: the chat model answers. */
export interface ChatStep {
  readonly model: ModelSpec;
  /** Waits for the chat model; the caller releases it. */
  readonly acquire: () => Promise<Lease<'chat'>>;
  readonly request: ChatRequest;
  readonly input: Pick<ChatInput, 'choices' | 'thinking' | 'returnReasoning'>;
  /** The plan without this step. */
  readonly plan: PlanTrace;
  readonly startedMs: number;
}

/**
 * Answers as often as asked, all at once under one lease: the engine evaluates the prompt that they share but once. As in the other
 * steps, what is left of the model's load counts as the step's time.
 */
export async function* chatStep(
  { clock }: { readonly clock: Clock },
  step: ChatStep,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const model = step.model.id;
  const startMs = clock.now() - step.startedMs;
  yield { kind: 'step-started', step: 'chat', model };
  const lease = await step.acquire();
  const totals = new Totals();
  for await (const { choice, event } of chosen(lease, step, signal)) {
    switch (event.kind) {
      case 'prompt':
        totals.prompt(event);
        break;
      case 'finish':
        totals.finish(event);
        yield {
          kind: 'choice-finished',
          choice,
          reason: event.reason,
          ...(event.stopped !== undefined && { stopped: event.stopped }),
        };
        break;
      case 'reasoning-delta':
      case 'text-delta':
      case 'tool-call':
      case 'tool-call-delta':
        yield { ...event, choice };
        break;
      default:
        event satisfies never;
    }
  }
  const { choices } = step.input;
  if (totals.finished < choices) {
    throw new GatewayError('model_crashed', `the model ${model} ended before its answer was complete; try again`);
  }
  const durationMs = clock.now() - step.startedMs - startMs;
  const detail = `${totals.completionTokens} tokens${choices > 1 ? ` in ${choices} answers` : ''}`;
  const trace: StepTrace = { step: 'chat', model, startMs, durationMs, detail };
  yield { kind: 'step-finished', trace };
  yield totals.event({ ...step.plan, steps: [...step.plan.steps, trace] });
}

async function* chosen(
  lease: Lease<'chat'>,
  { model, request, input }: ChatStep,
  signal: AbortSignal,
): AsyncGenerator<{ readonly choice: number; readonly event: ChatEvent }> {
  const { choices, thinking, returnReasoning } = input;
  const options = { profile: reasoningProfile(model.id, model.settings), thinking, returnReasoning };
  if (choices > 1) {
    const begin = (choice: number, either: AbortSignal): AsyncGenerator<ChatEvent> =>
      runChat(lease.engine, seeded(request, choice), options, either);
    return yield* mergeChoices(choices, begin, signal);
  }
  for await (const event of runChat(lease.engine, request, options, signal)) yield { choice: 0, event };
}

/** With one seed for all, the answers would be the same. */
function seeded(request: ChatRequest, choice: number): ChatRequest {
  const { sampling } = request;
  if (sampling.seed === null || choice === 0) return request;
  return { ...request, sampling: { ...sampling, seed: sampling.seed + choice } };
}

/** Tokens of all choices together. */
class Totals {
  finished = 0;
  completionTokens = 0;
  #promptTokens = 0;
  #cachedTokens = Infinity;
  #reasoningTokens = 0;

  /** Of a prompt that the choices share, each but the first finds what the first left. */
  prompt({ promptTokens, cachedTokens }: Extract<ChatEvent, { kind: 'prompt' }>): void {
    this.#promptTokens = promptTokens;
    this.#cachedTokens = Math.min(this.#cachedTokens, cachedTokens);
  }

  finish({ completionTokens, reasoningTokens }: Extract<ChatEvent, { kind: 'finish' }>): void {
    this.finished += 1;
    this.completionTokens += completionTokens;
    this.#reasoningTokens += reasoningTokens ?? 0;
  }

  event(plan: PlanTrace): AnswerEvent {
    return {
      kind: 'finish',
      promptTokens: this.#promptTokens,
      completionTokens: this.completionTokens,
      reasoningTokens: this.#reasoningTokens,
      cachedTokens: Number.isFinite(this.#cachedTokens) ? this.#cachedTokens : 0,
      plan,
    };
  }
}
