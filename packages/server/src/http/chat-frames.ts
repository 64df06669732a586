import type { AnswerAudio } from '@concert/protocol';
import type { AnswerEvent, PlanTrace, TokenLogprob } from '../pipeline/request.ts';
import { type finishReason, logprobsOf, planReport, usageOf } from './chat-wire.ts';

export interface ChatFramesOptions {
  readonly id: string;
  /** As the caller named it. */
  readonly model: string;
  readonly createdMs: number;
  readonly fingerprint: string;
  readonly includeUsage: boolean;
  /** Whether calls are told in the form before tools. */
  readonly functions: boolean;
}

/** The `chat.completion.chunk` events of one answer, framed. All but what changes with each is serialised once. */
export class ChatFrames {
  readonly #options: ChatFramesOptions;
  readonly #head: string;
  /** Where usage is asked for, every chunk but the last has it as null. */
  readonly #usage: string;
  /** What comes before the delta, by choice. */
  readonly #opens: string[] = [];

  constructor(options: ChatFramesOptions) {
    const { id, model, createdMs, fingerprint, includeUsage } = options;
    const created = Math.floor(createdMs / 1000);
    const head = { id, object: 'chat.completion.chunk', created, model, system_fingerprint: fingerprint };
    this.#options = options;
    this.#head = `data: ${JSON.stringify(head).slice(0, -1)}`;
    this.#usage = includeUsage ? ',"usage":null' : '';
  }

  role(choice: number): string {
    return this.#delta(choice, '{"role":"assistant","content":""}');
  }

  text(choice: number, text: string, logprobs: readonly TokenLogprob[] | undefined): string {
    return this.#delta(choice, `{"content":${JSON.stringify(text)}}`, logprobs);
  }

  reasoning(choice: number, text: string): string {
    const json = JSON.stringify(text);
    return this.#delta(choice, `{"reasoning_content":${json},"reasoning":${json}}`);
  }

  /** A call begins. */
  call(
    choice: number,
    { index, id, name }: { readonly index: number; readonly id: string; readonly name: string },
  ): string {
    const begun = { name, arguments: '' };
    if (this.#options.functions) return this.#delta(choice, JSON.stringify({ function_call: begun }));
    return this.#delta(choice, JSON.stringify({ tool_calls: [{ index, id, type: 'function', function: begun }] }));
  }

  /** More of a call's arguments. */
  callArguments(choice: number, index: number, text: string): string {
    const json = JSON.stringify(text);
    return this.#delta(
      choice,
      this.#options.functions
        ? `{"function_call":{"arguments":${json}}}`
        : `{"tool_calls":[{"index":${index},"function":{"arguments":${json}}}]}`,
    );
  }

  audio(choice: number, audio: Partial<AnswerAudio>, logprobs?: readonly TokenLogprob[]): string {
    return this.#delta(choice, JSON.stringify({ audio }), logprobs);
  }

  /** The end of a choice; `plan`: what was run, where it is to be told. */
  finish(choice: number, reason: ReturnType<typeof finishReason>, plan: PlanTrace | null): string {
    const told = plan === null ? '' : `,"concert":${JSON.stringify({ plan: planReport(plan) })}`;
    return `${this.#open(choice)}{},"logprobs":null,"finish_reason":"${reason}"}]${this.#usage}${told}}\n\n`;
  }

  /** What follows the last choice. */
  end(event: Extract<AnswerEvent, { kind: 'finish' }>): string {
    const total = this.#options.includeUsage
      ? `${this.#head},"choices":[],"usage":${JSON.stringify(usageOf(event))}}\n\n`
      : '';
    return `${total}data: [DONE]\n\n`;
  }

  #delta(choice: number, delta: string, logprobs?: readonly TokenLogprob[]): string {
    const told = logprobs === undefined ? 'null' : JSON.stringify(logprobsOf(logprobs));
    return `${this.#open(choice)}${delta},"logprobs":${told},"finish_reason":null}]${this.#usage}}\n\n`;
  }

  #open(choice: number): string {
    return (this.#opens[choice] ??= `${this.#head},"choices":[{"index":${choice},"delta":`);
  }
}
