import { z } from 'zod';
import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent, ChatRequest } from '../engine.ts';
import { CallsReader, WireCall } from './read-calls.ts';
import { readLogprobs, WireLogprobs } from './read-logprobs.ts';
import { errorInStream } from './upstream-error.ts';

const count = z.number().nullish();

/** What is read of a `chat.completion.chunk` or a piece of a `text_completion`. */
const Chunk = z.object({
  choices: z
    .array(
      z.object({
        text: z.string().nullish(),
        delta: z
          .object({
            content: z.string().nullish(),
            reasoning: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            tool_calls: z.array(WireCall).nullish(),
          })
          .nullish(),
        logprobs: WireLogprobs.nullish(),
        finish_reason: z.string().nullish(),
        /** The string that ended the answer: vLLM and TensorRT-LLM, and SGLang. Numbers are tokens. */
        stop_reason: z.union([z.string(), z.number()]).nullish(),
        matched_stop: z.union([z.string(), z.number()]).nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: z.number(),
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: count }).nullish(),
      reasoning_tokens: count,
    })
    .nullish(),
});
type Choice = NonNullable<z.infer<typeof Chunk>['choices']>[number];

/** What of a request says how its answer is to be read. */
export type Asked = Pick<ChatRequest, 'logprobs' | 'stop' | 'tools'>;

/**
 * The events of a streamed answer, from the data of its Server-Sent Events. An answer is whole only with a reason to end and
 * `[DONE]`: whatever else ends the stream is thrown, as is an error inside it. The tokens are told once, just before `finish`.
 */
export class ChatEvents {
  readonly #modelId: string;
  readonly #asked: Asked;
  readonly #calls: CallsReader;
  #reason: 'stop' | 'length' | null = null;
  #stopped: string | null = null;
  #usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
  #done = false;

  constructor(modelId: string, asked: Asked) {
    this.#modelId = modelId;
    this.#asked = asked;
    const { tools } = asked;
    this.#calls = new CallsReader(tools?.parallel === true && typeof tools.choice === 'string' ? Infinity : 1);
  }

  /** Whether the answer is whole. */
  get done(): boolean {
    return this.#done;
  }

  /** The events that one piece of data stands for. Throws GatewayError for what is not part of a whole answer. */
  read(data: string): ChatEvent[] {
    if (this.#done) return [];
    if (data.trim() === '[DONE]') return this.#finish();
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch (cause) {
      throw this.#broken('sent something else than JSON', cause);
    }
    const error = errorInStream(this.#modelId, value);
    if (error !== null) throw error;
    const parsed = Chunk.safeParse(value);
    if (!parsed.success) throw this.#broken('sent something else than a piece of a chat', parsed.error);
    return this.#take(parsed.data);
  }

  /** The error of a stream that ended before the answer was whole. */
  cutOff(cause?: unknown): GatewayError {
    return this.#broken('ended the answer before it was complete', cause);
  }

  #take({ choices, usage }: z.infer<typeof Chunk>): ChatEvent[] {
    if (usage !== null && usage !== undefined) {
      this.#usage = {
        promptTokens: usage.prompt_tokens,
        cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
        completionTokens: usage.completion_tokens ?? this.#usage.completionTokens,
        reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? usage.reasoning_tokens ?? 0,
      };
    }
    const [choice] = choices ?? [];
    return choice === undefined ? [] : this.#choose(choice);
  }

  #choose({ text: continued, delta, ...choice }: Choice): ChatEvent[] {
    const events: ChatEvent[] = [];
    const reasoning = delta?.reasoning_content ?? delta?.reasoning ?? '';
    if (reasoning !== '') events.push({ kind: 'reasoning-delta', text: reasoning });
    const text = delta?.content ?? continued ?? '';
    const calls = delta?.tool_calls ?? [];
    const { logprobs: most } = this.#asked;
    // Those of thoughts and calls belong to no text.
    const silent = text === '' && (reasoning !== '' || calls.length > 0);
    const logprobs = most === undefined || silent ? [] : readLogprobs(choice.logprobs, most);
    if (logprobs.length > 0) events.push({ kind: 'text-delta', text, logprobs });
    else if (text !== '') events.push({ kind: 'text-delta', text });
    if (this.#asked.tools !== undefined) events.push(...this.#calls.read(calls));
    const reason = choice.finish_reason ?? null;
    if (reason !== null) {
      this.#reason = this.#reasonOf(reason);
      const stopped = [choice.stop_reason, choice.matched_stop].find((one) => typeof one === 'string');
      this.#stopped = this.#asked.stop.find((one) => one === stopped) ?? null;
    }
    return events;
  }

  #reasonOf(reason: string): 'stop' | 'length' {
    // Engines that are stopped from inside say so as if it were a reason to be done.
    if (reason === 'abort' || reason === 'error' || reason === 'cancelled') {
      throw this.#broken(`gave up the answer (${reason})`);
    }
    return reason === 'length' ? 'length' : 'stop';
  }

  #finish(): ChatEvent[] {
    if (this.#reason === null) throw this.cutOff();
    this.#done = true;
    const { promptTokens, cachedTokens, completionTokens, reasoningTokens } = this.#usage;
    const called = this.#calls.any && this.#reason === 'stop';
    return [
      ...this.#calls.finish(),
      { kind: 'prompt', promptTokens, cachedTokens },
      {
        kind: 'finish',
        reason: called ? 'tool-calls' : this.#reason,
        completionTokens,
        ...(reasoningTokens > 0 && { reasoningTokens }),
        ...(this.#stopped !== null && { stopped: this.#stopped }),
      },
    ];
  }

  #broken(what: string, cause?: unknown): GatewayError {
    return new GatewayError('model_crashed', `the engine of the model ${this.#modelId} ${what}; try again`, { cause });
  }
}
