import { z } from 'zod';
import { GatewayError } from '../../shared/errors.ts';
import type { ChatEvent } from '../engine.ts';
import { errorInStream } from './upstream-error.ts';

/** What is read of a `chat.completion.chunk`. */
const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            reasoning: z.string().nullish(),
            reasoning_content: z.string().nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: z.number(),
      completion_tokens: z.number().nullish(),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
});

/**
 * The events of a streamed answer, from the data of its Server-Sent Events. An answer is whole only with a reason to end and
 * `[DONE]`: whatever else ends the stream is thrown, as is an error inside it. The tokens are told once, just before `finish`.
 */
export class ChatEvents {
  readonly #modelId: string;
  #reason: 'stop' | 'length' | null = null;
  #usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  #done = false;

  constructor(modelId: string) {
    this.#modelId = modelId;
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
      };
    }
    const [choice] = choices ?? [];
    if (choice === undefined) return [];
    const events: ChatEvent[] = [];
    const reasoning = choice.delta?.reasoning_content ?? choice.delta?.reasoning ?? '';
    if (reasoning !== '') events.push({ kind: 'reasoning-delta', text: reasoning });
    const text = choice.delta?.content ?? '';
    if (text !== '') events.push({ kind: 'text-delta', text });
    const reason = choice.finish_reason ?? null;
    if (reason !== null) this.#reason = this.#reasonOf(reason);
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
    const { promptTokens, cachedTokens, completionTokens } = this.#usage;
    return [
      { kind: 'prompt', promptTokens, cachedTokens },
      { kind: 'finish', reason: this.#reason, completionTokens },
    ];
  }

  #broken(what: string, cause?: unknown): GatewayError {
    return new GatewayError('model_crashed', `the engine of the model ${this.#modelId} ${what}; try again`, { cause });
  }
}
