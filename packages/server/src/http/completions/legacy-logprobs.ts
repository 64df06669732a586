import type { CompletionLogprobs } from '@concert/protocol';
import type { TokenLogprob } from '../../pipeline/request.ts';

/** JSON has no infinity: this stands for the impossible, as at OpenAI's. */
const IMPOSSIBLE = -9999;

/** Tells the probabilities of one text's tokens in the older form, piece by piece; it knows where each piece begins. */
export class LegacyLogprobs {
  // A token may hold part of a character: positions count what is whole before it.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #offset = 0;

  push(tokens: readonly TokenLogprob[]): CompletionLogprobs {
    return {
      tokens: tokens.map((token) => token.text),
      token_logprobs: tokens.map((token) => finite(token.logprob)),
      top_logprobs: tokens.map((token) =>
        Object.fromEntries([...token.top, token].map(({ text, logprob }) => [text, finite(logprob)])),
      ),
      text_offset: tokens.map((token) => {
        const at = this.#offset;
        this.#offset += Array.from(this.#decoder.decode(token.bytes, { stream: true })).length;
        return at;
      }),
    };
  }
}

/** Both, one after the other. */
export function joinLogprobs(first: CompletionLogprobs | null, second: CompletionLogprobs): CompletionLogprobs {
  if (first === null) return second;
  return {
    tokens: [...first.tokens, ...second.tokens],
    token_logprobs: [...first.token_logprobs, ...second.token_logprobs],
    top_logprobs: [...first.top_logprobs, ...second.top_logprobs],
    text_offset: [...first.text_offset, ...second.text_offset],
  };
}

function finite(logprob: number): number {
  return Number.isFinite(logprob) ? logprob : IMPOSSIBLE;
}
