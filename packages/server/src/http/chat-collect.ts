import type { ChatCompletion } from '@concert/protocol';
import type { FastifyReply } from 'fastify';
import type { AnswerEvent, ChatInput, FinishReason, TokenLogprob } from '../pipeline/request.ts';
import { GatewayError } from '../shared/errors.ts';
import { modelHeader, noticeHeader, serverTiming } from './answer-headers.ts';
import { type AudioDelta, type ChatAudio, joinAudio } from './chat-audio.ts';
import { fingerprintOf, finishReason, logprobsOf, planReport, usageOf } from './chat-wire.ts';
import type { Flight } from './flight.ts';

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;
type Choice = ChatCompletion['choices'][number];

export interface CollectChatOptions {
  readonly input: ChatInput;
  readonly nowMs: number;
  /** Whether calls are told in the form before tools. */
  readonly functions: boolean;
  readonly version: string;
  readonly flight: Flight;
  /** The answer's sound, disposed of at the end; null: it is not spoken. */
  readonly audio: ChatAudio | null;
}

/** Answers in one piece, once the answer is complete. */
export async function collectChat(
  reply: FastifyReply,
  events: AsyncIterable<AnswerEvent>,
  options: CollectChatOptions,
): Promise<ChatCompletion> {
  const { input, nowMs, flight, version } = options;
  using audio = options.audio;
  const choices = Array.from({ length: input.choices }, () => new CollectedChoice(audio));
  let model: string | null = null;
  let finish: Finish | null = null;
  for await (const event of events) {
    flight.note(event);
    if (event.kind === 'start') void reply.headers(modelHeader((model = event.model)));
    else if (event.kind === 'finish') finish = event;
    else if ('choice' in event) choices[event.choice]?.add(event);
  }
  if (finish === null) throw new GatewayError('internal_error', 'the answer ended before it was complete; try again');
  const reasoned = finish.reasoningTokens > 0 || choices.some(({ reasoning }) => reasoning !== '');
  void reply.headers({ ...serverTiming(finish.plan.steps), ...(!reasoned && noticeHeader(input, model)) });
  return {
    id: input.id,
    object: 'chat.completion',
    created: Math.floor(nowMs / 1000),
    model: input.model,
    system_fingerprint: fingerprintOf(version, model),
    choices: choices.map((choice, index) => choice.toChoice(index, options)),
    usage: usageOf(finish),
    ...(input.trace && { concert: { plan: planReport(finish.plan) } }),
  };
}

/** One choice of an answer, put together from its events. */
class CollectedChoice {
  reasoning = '';
  #text = '';
  readonly #logprobs: TokenLogprob[] = [];
  readonly #calls: { id: string; name: string; arguments: string }[] = [];
  readonly #audio: ChatAudio | null;
  readonly #sounds: AudioDelta[] = [];
  #reason: FinishReason = 'stop';

  constructor(audio: ChatAudio | null) {
    this.#audio = audio;
  }

  add(event: Extract<AnswerEvent, { choice: number }>): void {
    switch (event.kind) {
      case 'text-delta':
        this.#text += event.text;
        if (this.#audio !== null) this.#sounds.push(this.#audio.text(event.choice, event.text));
        if (event.logprobs !== undefined) this.#logprobs.push(...event.logprobs);
        break;
      case 'reasoning-delta':
        this.reasoning += event.text;
        break;
      case 'tool-call':
        this.#calls[event.index] = { id: event.id, name: event.name, arguments: '' };
        break;
      case 'tool-call-delta': {
        const call = this.#calls[event.index];
        if (call !== undefined) call.arguments += event.text;
        break;
      }
      case 'choice-finished':
        this.#reason = event.reason;
        this.#sounds.push(...(this.#audio?.end(event.choice) ?? []));
        break;
      case 'speech-delta': {
        const sound = this.#audio?.sound(event) ?? null;
        if (sound !== null) this.#sounds.push(sound);
        break;
      }
      default:
        event satisfies never;
    }
  }

  toChoice(index: number, { input, functions }: { readonly input: ChatInput; readonly functions: boolean }): Choice {
    const { reasoning } = this;
    const audio = joinAudio(this.#sounds);
    const silent = this.#text === '' && this.#calls.length > 0;
    return {
      index,
      message: {
        role: 'assistant',
        // The words of a spoken answer are its transcript.
        content: audio !== null || silent ? null : this.#text,
        refusal: null,
        ...(input.returnReasoning && reasoning !== '' && { reasoning_content: reasoning, reasoning }),
        ...this.#callFields(functions),
        ...(audio !== null && { audio }),
      },
      logprobs: input.logprobs === null ? null : logprobsOf(this.#logprobs),
      finish_reason: finishReason(this.#reason, { functions }),
    };
  }

  #callFields(functions: boolean): Pick<Choice['message'], 'tool_calls' | 'function_call'> {
    const [first] = this.#calls;
    if (first === undefined) return {};
    if (functions) return { function_call: { name: first.name, arguments: first.arguments } };
    const calls = this.#calls.map((call) => ({
      id: call.id,
      type: 'function' as const,
      function: { name: call.name, arguments: call.arguments },
    }));
    return { tool_calls: calls };
  }
}
