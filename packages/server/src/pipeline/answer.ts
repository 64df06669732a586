import type { ChatRequest, Sampling } from '../engines/engine.ts';
import type { Lease, LeaseModels, ModelSpec, Plan } from '../models/model-manager.ts';
import type { Clock } from '../shared/clock.ts';
import { chatStep, type ChatStep } from './chat-step.ts';
import { composeMessages } from './compose-messages.ts';
import { readMedia } from './media-step.ts';
import type { Persona } from './persona.ts';
import { asksForActions, asScreens, heldToActions } from './phone-agent/phone-agent.ts';
import { screenText } from './phone-agent/screen-text.ts';
import type { AnswerEvent, ChatInput, StepTrace } from './request.ts';
import type { FoundMedia, Templates } from './templates.ts';

/** The plan of an answer: which model does which step, and why. */
export interface AnswerPlan {
  readonly route: string;
  readonly reason: string;
  /** 0 to 1; rules are certain. */
  readonly confidence: number;
  readonly chatModel: ModelSpec;
  /** Reads pictures to the chat model; null when no picture needs it. */
  readonly ocrModel: string | null;
  /** Writes down recordings for the chat model; null when none needs it. */
  readonly asrModel: string | null;
  /** Whether the chat model speaks as the configured persona. */
  readonly persona: boolean;
}

export interface AnswerDeps {
  readonly models: LeaseModels;
  readonly clock: Clock;
  readonly templates: Templates;
  readonly persona: Persona;
}

/** How tokens are chosen where neither the caller nor the model says otherwise. */
const DEFAULT_SAMPLING: Sampling = {
  temperature: 0.7,
  topP: 0.9,
  topK: 40,
  minP: 0,
  frequencyPenalty: 0,
  presencePenalty: 0,
  repeatPenalty: 1,
  seed: null,
};

/**
 * Runs a chat plan and streams it: the specialists read the media while the chat model is loaded, then the chat model
 * answers. Ending the iteration or aborting the signal stops whatever runs and releases every model.
 */
export async function* answer(
  deps: AnswerDeps,
  plan: AnswerPlan,
  input: ChatInput,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const startedMs = deps.clock.now();
  const steps: StepTrace[] = [];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  // Announced as a whole, so that later models load while earlier ones work, and none makes room for another.
  using announced = deps.models.plan(modelsOf(plan));
  // A phone agent's screens, told to a model that cannot see them.
  const screens = plan.ocrModel !== null && asksForActions(input.messages);
  let coming: Promise<Lease<'chat'>> | null = null;
  const acquireChat = (): Promise<Lease<'chat'>> => {
    coming ??= deps.models.acquire(plan.chatModel.id, 'chat', either, { plan: announced });
    // Awaited below; until then a failure must not count as unhandled.
    coming.catch(() => undefined);
    return coming;
  };
  try {
    yield { kind: 'start', model: plan.chatModel.id };
    const found = yield* collectSteps(
      readMediaOf(deps, plan, { input, screens, startedMs, announced, onSpecialistsReady: acquireChat }, either),
      steps,
    );
    const { route, reason, confidence, chatModel } = plan;
    const step: ChatStep = {
      model: chatModel,
      acquire: acquireChat,
      request: screens
        ? chatRequest(deps, plan, heldToActions(input), asScreens(found))
        : chatRequest(deps, plan, input, found),
      input,
      plan: { route, reason, confidence, steps },
      startedMs,
    };
    yield* chatStep(deps, step, either);
  } finally {
    stop.abort();
    // The lease may still be on its way when a specialist fails or the caller leaves.
    releaseWhenGranted(coming);
  }
}

/** What the chat model is asked. Text that it continues as it is gets neither persona nor template. */
function chatRequest(deps: AnswerDeps, plan: AnswerPlan, input: ChatInput, found: readonly FoundMedia[]): ChatRequest {
  const { prompt, suffix, prefill, tools, format, logprobs, templateOptions, fitsContext, countOnly } = input;
  const asked =
    prompt === null
      ? {
          messages: composeMessages(input.messages, found, {
            templates: deps.templates,
            persona: plan.persona ? deps.persona : null,
            tools: tools !== null,
            seesPictures: plan.ocrModel === null && plan.chatModel.input.includes('image'),
          }),
        }
      : { messages: [], prompt, ...(suffix !== undefined && { suffix }) };
  return {
    ...asked,
    ...(prefill !== '' && { prefill }),
    ...(tools !== null && { tools }),
    ...(format.kind !== 'text' && { format }),
    ...(logprobs !== null && { logprobs }),
    ...(templateOptions !== undefined && Object.keys(templateOptions).length > 0 && { templateOptions }),
    sampling: { ...DEFAULT_SAMPLING, ...modelSampling(plan.chatModel), ...input.sampling },
    maxTokens: input.maxTokens,
    ...(fitsContext === true && { fitsContext }),
    ...(countOnly === true && { countOnly }),
    stop: input.stop,
  };
}

/** In the order of the steps. */
function modelsOf({ asrModel, ocrModel, chatModel }: AnswerPlan): string[] {
  return [asrModel, ocrModel, chatModel.id].filter((id) => id !== null);
}

function releaseWhenGranted(coming: Promise<Disposable> | null): void {
  coming?.then(
    (lease) => lease[Symbol.dispose](),
    () => undefined,
  );
}

async function* readMediaOf(
  deps: AnswerDeps,
  plan: AnswerPlan,
  request: {
    readonly input: ChatInput;
    readonly screens: boolean;
    readonly startedMs: number;
    readonly announced: Plan;
    readonly onSpecialistsReady: () => void;
  },
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, readonly FoundMedia[]> {
  if (plan.ocrModel === null && plan.asrModel === null) return [];
  const { ocrModel, asrModel } = plan;
  const { messages } = request.input;
  const words = request.screens ? { pictureWords: screenText } : {};
  return yield* readMedia(deps, { ...request, ...words, messages, ocrModel, asrModel }, signal);
}

/** Passes events on and keeps the traces among them. */
async function* collectSteps<R>(
  events: AsyncGenerator<AnswerEvent, R>,
  steps: StepTrace[],
): AsyncGenerator<AnswerEvent, R> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    if (next.value.kind === 'step-finished') steps.push(next.value.trace);
    yield next.value;
  }
}

/** The sampling that the model's card recommends, from its settings. */
function modelSampling(model: ModelSpec): Partial<Sampling> {
  const recommended = model.settings['sampling'];
  return typeof recommended === 'object' && recommended !== null ? (recommended as Partial<Sampling>) : {};
}
